namespace KernelForge.Compiler.Spec;

/// <summary>One layer or model to compile, with every layer and function that it reaches: all that the compiler reads.</summary>
/// <param name="ProgramTypes">
/// Those of <see cref="Pipeline.ProgramTypes"/> that the compilation references: the devices to write code for. Without any, only the
/// description part is generated.
/// </param>
public sealed record CompilationUnit(
    LayerSpec Root, EquatableArray<LayerSpec> Layers, EquatableArray<FunctionSpec> Functions, EquatableArray<string> ProgramTypes);
