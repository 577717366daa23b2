using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.BackEnds.Cuda;

/// <summary>Prints a score or mask as CUDA C.</summary>
/// <param name="special">The text of what is computed in another way, or null.</param>
internal sealed class CudaPairExpression(
    CudaArguments arguments, EquatableArray<ElementOperand> operands, Func<Expression, string?> special) : PairExpression
{
    protected override string? Special(Expression expression) => special(expression);

    protected override string Host(Scalar value, string type) => arguments.Host(value, type);

    protected override string Position(bool ofKey) => ofKey ? "j.position" : "i.position";

    protected override string Converted(string type, Expression argument, string real) => $"static_cast<{type}>({Print(argument, 0, real)})";

    protected override string Function(Expression.Call call, IReadOnlyList<string> arguments, string real)
    {
        string list = string.Join(", ", arguments), name = call.Function.ToString().ToLowerInvariant();
        if (call.Kind == ValueKind.Integer) return $"{name}({list})";
        if (real == "float") return CudaExpression.FunctionOf(call, arguments);
        return (call.Function is Primitive.Max or Primitive.Min or Primitive.Abs ? "f" + name : name) + $"({list})";
    }

    protected override string Element(int operand, IReadOnlyList<string> indices)
    {
        string table = arguments.Parameter(((ElementOperand.Parameter)operands[operand]).Number);
        return $"{table}.at({(indices.Count == 1 ? "0, " : "")}{string.Join(", ", indices)})";
    }

    protected override string TokenElement(int operand, bool ofKey, string column) =>
        $"{arguments.View(((ElementOperand.Rows)operands[operand]).View)}.at({(ofKey ? "j" : "i")}.row, {column})";
}
