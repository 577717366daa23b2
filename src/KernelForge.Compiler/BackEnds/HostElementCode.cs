using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.BackEnds;

/// <summary>Writes a lambda's expression as C#.</summary>
/// <inheritdoc/>
internal abstract class HostElementCode(Func<string, string> local) : ElementCode(local)
{
    protected override string Converted(string type, Expression argument, string real) => $"({type})" + Print(argument, 9, real);

    protected override string Function(Expression.Call call, IReadOnlyList<string> arguments, string real)
    {
        string list = string.Join(", ", arguments);
        if (call.Function == Primitive.Erf) return real == Float ? $"(float)Ops.Erf({list})" : $"Ops.Erf({list})";
        return $"{(call.Kind == ValueKind.Integer || real == Double ? "Math" : "MathF")}.{call.Function}({list})";
    }

    protected override string HostCall(Expression.HostCall call, IReadOnlyList<string> arguments) => $"{call.Method}({string.Join(", ", arguments)})";

    protected override string Infinity(bool isNegative, string real) => real + (isNegative ? ".NegativeInfinity" : ".PositiveInfinity");
}
