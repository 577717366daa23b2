using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.BackEnds.Cuda;

/// <summary>Prints an expression over rows as CUDA C on one element, in float.</summary>
/// <inheritdoc/>
internal sealed class CudaExpression(CudaArguments arguments, Func<Expression, string> leaf, Func<Expression, string?>? shared = null)
    : RowExpression(leaf, shared)
{
    /// <summary>A primitive of the language on floats, here and in scores.</summary>
    public static string FunctionOf(Expression.Call call, IReadOnlyList<string> arguments)
    {
        string list = string.Join(", ", arguments);
        return call.Function switch
        {
            Primitive.Max => $"fmaxf({list})",
            Primitive.Min => $"fminf({list})",
            Primitive.Abs => $"fabsf({list})",
            Primitive.Floor => $"floorf({list})",
            // Powers that models write are small integers.
            Primitive.Pow when IsNumber(call.Arguments[1], 2) => $"square({arguments[0]})",
            Primitive.Pow when IsNumber(call.Arguments[1], 3) => $"cube({arguments[0]})",
            _ => $"{call.Function.ToString().ToLowerInvariant()}_as<Element>({list})",
        };
    }

    protected override string Number(Scalar value) => arguments.Host(value, "float");

    protected override string Truth(Scalar value) => arguments.Host(value, "bool");

    protected override string Activation(Scalar activation) => arguments.Activation(activation) + "<Element>(";

    protected override string Function(Expression.Call call, IReadOnlyList<string> arguments) => FunctionOf(call, arguments);

    // The end of every norm: a division and a root, each exact, would be a hundred instructions.
    protected override string? Idiom(Expression expression) =>
        expression is Expression.Binary { Op: BinaryOp.Divide, Right: Expression.Call { Function: Primitive.Sqrt } root } b && IsNumber(b.Left, 1)
            ? $"rsqrt_as<Element>({Print(root.Arguments[0])})"
            : null;
}
