using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.BackEnds.Cpu;

/// <summary>Writes a lambda's expression for the CPU, a vector of lanes at a time; what is the same in all lanes is computed as one number.</summary>
/// <inheritdoc/>
internal sealed class CpuLaneCode(
    KernelPlan plan, CpuArguments arguments, EquatableArray<ElementOperand> operands, CpuRowNames rows, CpuLanes lanes, CpuRanges ranges,
    CpuKeptRows kept, Func<Expression, string?>? special = null)
    : CpuElementCode(plan, arguments, operands, rows, ranges, kept, special)
{
    public const string Vector = "TVector";

    private readonly CpuArguments arguments = arguments;
    private readonly EquatableArray<ElementOperand> operands = operands;

    protected override string RealIn(Expression part, string real) =>
        real == Vector && part.Kind != ValueKind.Real && !lanes.IsMask(part) ? Float : real;

    protected override string TypeOf(Expression e, string real) => real == Vector && lanes.IsMask(e) ? Vector : base.TypeOf(e, real);

    protected override string? Special(Expression expression, string real)
    {
        if (base.Special(expression, real) is { } text) return text;
        if (real != Vector || expression.Kind != ValueKind.Real || lanes.Varies(expression)) return null;
        return $"TVector.Broadcast({Print(expression, 0, Float)})";
    }

    protected override string Converted(string type, Expression argument, string real) =>
        type == Vector ? Promoted(argument, Print(argument, 0, real), real) : base.Converted(type, argument, real);

    protected override string Promoted(Expression integer, string text, string real) => real != Vector ? base.Promoted(integer, text, real)
        : lanes.Slope(integer) == 0 ? $"TVector.Broadcast({text})"
        : $"(TVector.Broadcast({text}) + TVector.Iota)";

    protected override string Function(Expression.Call call, IReadOnlyList<string> arguments, string real) =>
        real == Vector ? VectorExpression.FunctionOf(call, arguments) : base.Function(call, arguments, real);

    protected override string Infinity(bool isNegative, string real) =>
        real == Vector ? $"TVector.Broadcast({base.Infinity(isNegative, Float)})" : base.Infinity(isNegative, real);

    protected override string Zero(string real) => real == Vector ? "TVector.Zero" : base.Zero(real);

    protected override bool IsLazy(Expression condition) => !lanes.IsMask(condition);

    protected override string Chosen(Expression condition, string whenTrue, string whenFalse, string real) => lanes.IsMask(condition)
        ? $"TVector.Select({Print(condition, 0, Vector)}, {whenTrue}, {whenFalse})"
        : base.Chosen(condition, whenTrue, whenFalse, real);

    protected override string Combined(Expression.Binary b, string left, string right, bool isInner, string real) => real != Vector
        ? base.Combined(b, left, right, isInner, real)
        : b.Op switch
        {
            BinaryOp.Less => $"TVector.Less({left}, {right})",
            BinaryOp.Greater => $"TVector.Less({right}, {left})",
            BinaryOp.LessOrEqual => $"TVector.LessOrEqual({left}, {right})",
            BinaryOp.GreaterOrEqual => $"TVector.LessOrEqual({right}, {left})",
            BinaryOp.And => $"TVector.Select({left}, {right}, TVector.Zero)",
            _ => base.Combined(b, left, right, isInner, real),
        };

    protected override string TokenElement(Expression.TokenElement element, string? position, string column, string real)
    {
        if (real != Vector) return base.TokenElement(element, position, column, real);
        if (lanes.Slope(element.Column) == 0) return $"TVector.Broadcast({base.TokenElement(element, position, column, Float)})";
        return TokenElement(element, position, column, IsWithin(element) ? "Load" : "LoadAt", "LoadWithin");
    }

    protected override string Element(Expression.Element element, IReadOnlyList<string> indices, string real)
    {
        if (real != Vector) return base.Element(element, indices, real);
        if (element.Indices.All(i => lanes.Slope(i) == 0)) return $"TVector.Broadcast({base.Element(element, indices, Float)})";
        string load = IsWithin(element) ? "Load" : "LoadNearest";
        if (indices.Count == 1 || lanes.Slope(element.Indices[0]) == 0) return $"{Table(element)}.{load}({Indices(indices)})";
        return $"{arguments.Transposed(((ElementOperand.Parameter)operands[element.Number]).Number)}.{load}({indices[1]}, {indices[0]})";
    }

    /// <summary>How far lanes that begin at <paramref name="at"/> reach, below an end.</summary>
    public string Stop(string at, string end, CodeBlock block) => lanes.Breaks.Aggregate(end, (stop, b) => b.Slope is { } slope
        ? $"Stretch.Crossing({stop}, {at}, {Print(b.Left, block)}, {Print(b.Right, block)}, {(slope > 0 ? "1" : "-1")})"
        : $"Stretch.Period({stop}, {at}, {Print(b.Left, block)}, {Print(b.Right, block)})");
}
