using KernelForge.Compiler.BackEnds;
using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Tests.BackEnds;

/// <summary>What is bounded is printed, in both languages; what is not is not, and the rule on masks that prune nothing says the same.</summary>
public sealed class CoverExpressionTests
{
    private static readonly Expression I = new Expression.QueryPosition(), J = new Expression.KeyPosition();

    private static readonly Expression Window = Hyper("window", ValueKind.Integer), Causal = Hyper("causal", ValueKind.Boolean);

    // Integer 0 is one a sequence, integer 1 one a row.
    private static readonly MaskBounds bounds = new(
        [new ElementOperand.Integers(new RowInteger.Host(0), 1), new ElementOperand.Integers(new RowInteger.Ids(0), 0)],
        [new Compiler.Kernels.RowSpace(0, "tokens", null, 0), new Compiler.Kernels.RowSpace(1, "sequences", 0, 0)]);

    public static TheoryData<string, string, string> Bounded => new()
    {
        { "order", "(j <= i) & ((i - j) < (Interval)window)", "(j <= i) & ((i - j) < Interval(window))" },
        { "host", "Coverage.Of(causal, !causal) | (j <= i)", "Coverage::Of(causal, !causal) | (j <= i)" },
        { "same", "!Interval.Same((i / (Interval)4), j)", "!Interval::Same((i / Interval(4)), j)" },
        { "distance", "Interval.Abs((i - j)) < Interval.Around(2.5)", "Interval::Abs((i - j)) < Interval::Around(2.5)" },
        { "greater", "!(Interval.Max(i, -j) > (Interval)(-3))", "!(Interval::Max(i, -j) > Interval(-3))" },
        { "half", "Coverage.Part & (j < i)", "Coverage::Part & (j < i)" },
        { "end", "j >= ((Interval)length0 - (Interval)window)", "j >= (Interval(length0) - Interval(window))" },
        {
            "choice", "Coverage.Choose(Coverage.Of(causal, !causal), Coverage.Of(true, !true), j < Interval.Choose(Coverage.Part, i, (Interval)integer0))",
            "Coverage::Choose(Coverage::Of(causal, !causal), Coverage::Of(true, !true), j < Interval::Choose(Coverage::Part, i, Interval(integer0)))"
        },
        { "cut", "j <= (i * Interval.Around(0.5))", "j <= (i * Interval::Around(0.5))" },
    };

    [Theory]
    [MemberData(nameof(Bounded))]
    public void A_mask_over_intervals_reads_like_the_mask(string mask, string csharp, string cuda)
    {
        Assert.Equal(csharp, CoverExpression.CSharp(bounds, Text, OfSequence).Print(Mask(mask)));
        Assert.Equal(cuda, CoverExpression.Cuda(bounds, Text, OfSequence).Print(Mask(mask)));
        Assert.True(bounds.AreKnown(Mask(mask)));
    }

    [Theory]
    [InlineData("root")]
    [InlineData("real division")]
    [InlineData("flags")]
    [InlineData("rows")]
    [InlineData("integers of rows")]
    public void What_positions_do_not_decide_prunes_nothing(string mask)
    {
        Assert.Equal("Coverage.Part", CoverExpression.CSharp(bounds, Text, OfSequence).Print(Mask(mask)));
        Assert.False(bounds.AreKnown(Mask(mask)));
    }

    [Theory]
    [InlineData("choice", true)]
    [InlineData("choice of nothing", false)]
    [InlineData("choice by nothing", false)]
    public void A_choice_is_bounded_where_an_arm_is_and_the_condition_or_the_other_is_too(string mask, bool known) =>
        Assert.Equal(known, bounds.AreKnown(Mask(mask)));

    private static Expression Mask(string name) => name switch
    {
        "order" => And(Binary(BinaryOp.LessOrEqual, J, I), Binary(BinaryOp.Less, Binary(BinaryOp.Subtract, I, J), Window)),
        "host" => Binary(BinaryOp.Or, Causal, Binary(BinaryOp.LessOrEqual, J, I)),
        "same" => Binary(BinaryOp.NotEqual, Binary(BinaryOp.Divide, I, Host(Scalar.Of(4))), J),
        "distance" => Binary(BinaryOp.Less, Call(Primitive.Abs, Real(Binary(BinaryOp.Subtract, I, J))), Host(Scalar.Of(2.5))),
        "greater" => Not(Binary(
            BinaryOp.Greater, Call(Primitive.Max, I, new Expression.Unary(UnaryOp.Negate, J)), Host(Scalar.Of(-3)))),
        "half" => And(Mask("root"), Binary(BinaryOp.Less, J, I)),
        "root" => Binary(BinaryOp.Less, Call(Primitive.Sqrt, Real(J)), Host(Scalar.Of(3.0))),
        "real division" => Binary(BinaryOp.Less, Real(J), Binary(BinaryOp.Divide, Real(I), Host(Scalar.Of(2.0)))),
        "end" => Binary(BinaryOp.GreaterOrEqual, J, Binary(BinaryOp.Subtract, new Expression.Length(0, RowOf.Query), Window)),
        "choice" => new Expression.Select(Causal, Host(new Scalar.Truth(true)), Binary(
            BinaryOp.Less, J, new Expression.Select(Mask("root"), I, new Expression.IntegerElement(0, RowOf.Query, null)))),
        "choice of nothing" => new Expression.Select(Causal, Mask("root"), Mask("root")),
        "choice by nothing" => new Expression.Select(Mask("root"), Mask("root"), Mask("order")),
        "cut" => Binary(BinaryOp.LessOrEqual, J, new Expression.Convert(
            ValueKind.Integer, Binary(BinaryOp.Multiply, Real(I), Host(Scalar.Of(0.5))))),
        "integers of rows" => Binary(BinaryOp.Less, new Expression.IntegerElement(1, RowOf.Key, null), I),
        "flags" => Binary(BinaryOp.Equal, Causal, Causal),
        "rows" => Binary(BinaryOp.Less, new Expression.TokenElement(0, RowOf.Key, null, Host(Scalar.Of(0))), Host(Scalar.Of(1.0))),
        _ => throw new ArgumentException(name),
    };

    private static string OfSequence(Expression e) => e is Expression.Length l ? "length" + l.Space : "integer" + ((Expression.IntegerElement)e).Number;

    private static string Text(Scalar value, string type) => ScalarText.Of(value);

    private static Expression.Host Host(Scalar value) => new(value);

    private static Expression.Host Hyper(string name, ValueKind kind) => new(new Scalar.Hyper(name, kind, IsNullable: false));

    private static Expression.Convert Real(Expression e) => new(ValueKind.Real, e);

    private static Expression.Unary Not(Expression e) => new(UnaryOp.Not, e);

    private static Expression.Binary And(Expression left, Expression right) => Binary(BinaryOp.And, left, right);

    private static Expression.Binary Binary(BinaryOp op, Expression left, Expression right) => new(op, left, right);

    private static Expression.Call Call(Primitive function, params Expression[] arguments) => new(function, arguments.ToEquatableArray());
}
