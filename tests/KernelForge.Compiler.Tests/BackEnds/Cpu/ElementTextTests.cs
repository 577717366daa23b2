using KernelForge.Compiler.BackEnds.Cpu;
using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Tests.BackEnds.Cpu;

/// <summary>Lambdas of elements as C#: what is computed once a row, what only where it is asked for, and what a vector at a time.</summary>
public sealed class ElementTextTests
{
    private static readonly Expression T = new Expression.RowPosition(), F = new Expression.Feature();

    [Fact]
    public void A_fold_that_no_feature_changes_is_computed_once_a_row()
    {
        string text = Text(Binary(BinaryOp.Divide, Own(F), Sum(1, Integer(8), Own(N(1)))));
        Assert.Contains("sum += x[row, n2];", text, StringComparison.Ordinal);
        Assert.True(text.IndexOf("sum +=", StringComparison.Ordinal) < text.IndexOf("for (int f = first;", StringComparison.Ordinal), text);
        Assert.Contains("each.Store(row, f, end, x.Load(row, f) / TVector.Broadcast(sum));", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fold_in_a_branch_runs_only_where_the_branch_is_taken()
    {
        string text = Text(new Expression.Select(
            Binary(BinaryOp.Less, T, Integer(3)), Sum(1, T, At(N(1), F)), Own(F)));
        string code = text.Substring(text.IndexOf("if (position < 3)", StringComparison.Ordinal));
        Assert.True(code.IndexOf("for (int", StringComparison.Ordinal) < code.IndexOf("else", StringComparison.Ordinal), text);
    }

    [Fact]
    public void Lanes_end_where_a_remainder_jumps()
    {
        Expression ofHead = Binary(BinaryOp.Remainder, F, Window);
        string text = Text(new Expression.Select(Binary(BinaryOp.Less, ofHead, Integer(2)), Own(ofHead), Own(F)));
        Assert.Contains("stop = Stretch.Crossing(Stretch.Period(end, f, f, window), f, f % window, 2, 1);", text, StringComparison.Ordinal);
        Assert.Contains("(f % window < 2 ? x.LoadAt(row, f % window) : x.Load(row, f))", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Features_that_are_no_neighbours_are_computed_one_by_one()
    {
        string text = Text(Own(Binary(BinaryOp.Multiply, F, Integer(2))));
        Assert.Contains("each[row, f] = x.At(row, f * 2);", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_position_outside_of_the_sequence_reads_zero()
    {
        string text = Text(At(Binary(BinaryOp.Subtract, T, Integer(1)), F));
        Assert.Contains("x.LoadWithin(start, length, position - 1, f)", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_of_the_greatest_is_found_in_one_loop()
    {
        string text = Text(new Expression.Convert(ValueKind.Real, new Expression.Fold(FoldKind.ArgMax, 1, Integer(8), Own(N(1)))));
        Assert.Contains("if (term > greatest)", text, StringComparison.Ordinal);
        Assert.Contains("(float)place2;", text, StringComparison.Ordinal);
    }

    private static Expression Window => new Expression.Host(new Scalar.Hyper("window", ValueKind.Integer, false));

    private static Expression.Host Integer(int value) => new(Scalar.Of(value));

    private static Expression.Index N(int id) => new(id);

    private static Expression.Fold Sum(int id, Expression count, Expression body) => new(FoldKind.Sum, id, count, body);

    private static Expression.TokenElement Own(Expression column) => new(0, RowOf.Row, null, column);

    private static Expression.TokenElement At(Expression position, Expression column) => new(0, RowOf.Row, position, column);

    private static Expression.Binary Binary(BinaryOp op, Expression left, Expression right) => new(op, left, right);

    /// <summary>The program of elements that read the rows of an input of eight features.</summary>
    private static string Text(Expression value)
    {
        Size width = Size.Of(8);
        View x = new(0, Size.Zero, width), each = new(1, Size.Zero, width);
        var kernel = new ElementKernel("each", 0, "each = (t, f) => …", [new ElementOperand.Rows(x, 0)], value, each);
        var hyper = new HyperParameter("window", ValueKind.Integer, "int", IsNullable: false, [], Default: null);
        var plan = new KernelPlan(
            "Layer", [hyper], [new Compiler.Kernels.RowSpace(0, "tokens", null, 0)], [new PlanInput("x", InputKind.Tokens, 0, width, 0)],
            [new PlanOutput("output", 0, width, 1)], [], [new PlanBuffer(0, "x", 0, width, 0), new PlanBuffer(1, "each", 0, width, 1)], [],
            [new Step.Run(kernel)]);
        var layer = new LayerSpec("Demo.Layer", "Demo", "Layer", [], "public sealed partial class Layer", LayerKind.Layer, [hyper], [], [], [], []);
        return new CpuBackEnd().Write(layer, plan).Text;
    }
}
