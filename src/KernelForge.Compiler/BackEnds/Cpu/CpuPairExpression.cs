using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.BackEnds.Cpu;

/// <summary>Prints a score or mask of the CPU's attention.</summary>
/// <param name="special">The text of what is computed in another way, or null.</param>
internal sealed class CpuPairExpression(
    CpuArguments arguments, EquatableArray<ElementOperand> operands, Func<View, string> nameOf, Func<Expression, string?> special)
    : HostPairExpression
{
    protected override string? Special(Expression expression) => special(expression);

    protected override string Host(Scalar value, string type) => arguments.Host(value, type);

    protected override string Position(bool ofKey) => ofKey ? "j.Position" : "i.Position";

    protected override string Element(int operand, IReadOnlyList<string> indices)
    {
        string table = arguments.Parameter(((ElementOperand.Parameter)operands[operand]).Number);
        return $"{table}.At({(indices.Count == 1 ? "0, " : "")}{string.Join(", ", indices)})";
    }

    protected override string TokenElement(int operand, bool ofKey, string column)
    {
        View view = ((ElementOperand.Rows)operands[operand]).View;
        return $"{arguments.View(view, nameOf(view))}.At({(ofKey ? "j" : "i")}.Row, {column})";
    }
}
