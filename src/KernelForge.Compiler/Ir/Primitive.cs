namespace KernelForge.Compiler.Ir;

/// <summary>Elementwise functions that every back end prints itself; all others are written from these in the language.</summary>
public enum Primitive
{
    Exp, Log, Sqrt, Tanh, Erf, Abs, Sin, Cos, Floor, Max, Min, Pow,
}
