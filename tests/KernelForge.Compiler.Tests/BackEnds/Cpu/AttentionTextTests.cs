using KernelForge.Compiler.BackEnds.Cpu;
using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Tests.BackEnds.Cpu;

/// <summary>Scores and masks as C#: what is computed for a pair, what for a tile, and what once a batch.</summary>
public sealed class AttentionTextTests
{
    private static readonly Expression I = new Expression.QueryPosition(), J = new Expression.KeyPosition();

    private static readonly Expression Window = new Expression.Host(new Scalar.Hyper("window", ValueKind.Integer, false));

    [Fact]
    public void A_causal_window_says_by_intervals_what_it_says_by_pairs()
    {
        string text = Text(mask: And(Binary(BinaryOp.LessOrEqual, J, I), Binary(BinaryOp.Less, Binary(BinaryOp.Subtract, I, J), Window)));
        Assert.Contains("=> j.Position <= i.Position && i.Position - j.Position < window;", text, StringComparison.Ordinal);
        Assert.Contains("=> (j <= i) & ((i - j) < (Interval)window);", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mask_in_reals_of_integers_is_bounded_between_whole_numbers()
    {
        Expression distance = new Expression.Call(Primitive.Abs, [new Expression.Convert(ValueKind.Real, Binary(BinaryOp.Subtract, I, J))]);
        string text = Text(mask: Binary(BinaryOp.Less, distance, new Expression.Host(Scalar.Of(2.5))));
        Assert.Contains("=> Interval.Abs((i - j)) < Interval.Around(2.5d);", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Negative_numbers_and_double_signs_are_no_other_operators()
    {
        Expression negative = new Expression.Unary(UnaryOp.Negate, new Expression.Unary(UnaryOp.Negate, J));
        string text = Text(mask: Binary(BinaryOp.Less, negative, new Expression.Host(Scalar.Of(-1))));
        Assert.Contains("Cover(Interval i, Interval j, int sequence) => -(-j) < (Interval)(-1);", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_bounded_is_part_of_a_tile()
    {
        Expression root = new Expression.Call(Primitive.Sqrt, [new Expression.Convert(ValueKind.Real, J)]);
        string text = Text(mask: And(Binary(BinaryOp.LessOrEqual, J, I), Binary(BinaryOp.Less, root, new Expression.Host(Scalar.Of(3.0)))));
        Assert.Contains("=> (j <= i) & Coverage.Part;", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_real_division_of_positions_is_not_taken_for_the_integer_one()
    {
        Expression half = Binary(BinaryOp.Divide, new Expression.Convert(ValueKind.Real, I), new Expression.Host(Scalar.Of(2.0)));
        string text = Text(mask: Binary(BinaryOp.Less, new Expression.Convert(ValueKind.Real, J), half));
        Assert.Contains("Cover(Interval i, Interval j, int sequence) => Coverage.Part;", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bucket_of_the_difference_is_tabulated_in_double_and_one_of_a_position_is_computed_in_double()
    {
        Expression.Convert difference = Bucket(Binary(BinaryOp.Subtract, I, J)), position = Bucket(J);
        string text = Text(score: Binary(BinaryOp.Add, new Expression.Logit(), Binary(BinaryOp.Add, difference, position)));
        Assert.Contains("contextTable[difference + tokens.Longest - 1] = (int)(Math.Log((double)(difference - 0)) * 0.1d);", text, StringComparison.Ordinal);
        Assert.Contains(
            "=> s + (table[i.Position - j.Position + zero] + (int)(Math.Log((double)j.Position) * 0.1d));", text, StringComparison.Ordinal);
    }

    private static Expression.Convert Bucket(Expression of) => new(ValueKind.Integer, Binary(
        BinaryOp.Multiply, new Expression.Call(Primitive.Log, [new Expression.Convert(ValueKind.Real, of)]), new Expression.Host(Scalar.Of(0.1))));

    private static Expression.Binary Binary(BinaryOp op, Expression left, Expression right) => new(op, left, right);

    private static Expression.Binary And(Expression left, Expression right) => Binary(BinaryOp.And, left, right);

    /// <summary>The program of attention over an input with itself.</summary>
    private static string Text(Expression? score = null, Expression? mask = null)
    {
        Size width = Size.Of(8);
        View x = new(0, Size.Zero, width), context = new(1, Size.Zero, width);
        var kernel = new AttentionKernel(
            "context", 0, "context = Attention(x, x, x)", 0, x, x, x, Size.Of(2), Size.Of(2), Scalar.Of(0.5), score, mask, true, [], context);
        var hyper = new HyperParameter("window", ValueKind.Integer, "int", IsNullable: false, [], Default: null);
        var plan = new KernelPlan(
            "Layer", [hyper], [new Compiler.Kernels.RowSpace(0, "tokens", null, 0)], [new PlanInput("x", InputKind.Tokens, 0, width, 0)],
            [new PlanOutput("output", 0, width, 1)], [], [new PlanBuffer(0, "x", 0, width, 0), new PlanBuffer(1, "context", 0, width, 1)], [],
            [new Step.Run(kernel)]);
        var layer = new LayerSpec("Demo.Layer", "Demo", "Layer", [], "public sealed partial class Layer", LayerKind.Layer, [hyper], [], [], [], []);
        return new CpuBackEnd().Write(layer, plan).Text;
    }
}
