using KernelForge.Compiler.Ir;

namespace KernelForge.Compiler.BackEnds.Cpu;

/// <summary>Prints an expression over rows as C# on vectors.</summary>
/// <inheritdoc/>
internal sealed class VectorExpression(CpuArguments arguments, Func<Expression, string> leaf, Func<Expression, string?>? shared = null)
    : RowExpression(leaf, shared)
{
    protected override string Number(Scalar value) => $"TVector.Broadcast({arguments.Host(value, "float")})";

    protected override string Truth(Scalar value) => arguments.Host(value, "bool");

    protected override string Activation(Scalar activation) => $"VectorActivation.Apply({arguments.Activation(activation)}, ";

    protected override string Function(Expression.Call call, IReadOnlyList<string> arguments) => FunctionOf(call, arguments);

    /// <summary>A primitive of the language on vectors, here and in lambdas.</summary>
    public static string FunctionOf(Expression.Call call, IReadOnlyList<string> arguments)
    {
        string list = string.Join(", ", arguments);
        return call.Function switch
        {
            Primitive.Max or Primitive.Min or Primitive.Abs or Primitive.Sqrt or Primitive.Floor => $"TVector.{call.Function}({list})",
            // Powers that models write are small integers; the general one goes lane by lane.
            Primitive.Pow when IsNumber(call.Arguments[1], 2) => $"VectorMath.Square({arguments[0]})",
            Primitive.Pow when IsNumber(call.Arguments[1], 3) => $"VectorMath.Cube({arguments[0]})",
            _ => $"VectorMath.{call.Function}({list})",
        };
    }
}
