using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.BackEnds;

/// <summary>Prints a score or mask as C#.</summary>
internal abstract class HostPairExpression : PairExpression
{
    protected override string Converted(string type, Expression argument, string real) => $"({type})" + Print(argument, 9, real);

    protected override string Function(Expression.Call call, IReadOnlyList<string> arguments, string real)
    {
        string list = string.Join(", ", arguments);
        if (call.Function == Primitive.Erf) return real == "float" ? $"(float)Ops.Erf({list})" : $"Ops.Erf({list})";
        return $"{(call.Kind == ValueKind.Integer || real == "double" ? "Math" : "MathF")}.{call.Function}({list})";
    }
}
