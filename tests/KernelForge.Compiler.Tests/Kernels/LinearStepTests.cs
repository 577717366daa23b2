using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Tests.Kernels;

/// <summary>Which steps of scans are seen to be linear in the state, and what their two parts are.</summary>
public sealed class LinearStepTests
{
    private static readonly Expression h = new Expression.StateValue(), n = new Expression.StateIndex(), t = new Expression.RowPosition();
    private static readonly Expression x = new Expression.TokenElement(0, RowOf.Row, null, new Expression.Feature());

    public static TheoryData<string, string, string> Linear => new()
    {
        { "h", "1.0", "0.0" },
        { "x", "0.0", "x" },
        { "x * h + n", "x", "(double)n" },
        { "h * n / 2", "(double)n / (double)2", "0.0" },
        { "x - (h + n) / x", "-(1.0 / x)", "x + -((double)n / x)" },
        { "(t < n ? h : x)", "(t < n ? 1.0 : 0.0)", "(t < n ? 0.0 : x)" },
        { "-(h - Exp(x))", "-1.0", "-(-Exp(x))" },
        { "(double)h + h", "1.0 + 1.0", "0.0" },
    };

    [Theory]
    [MemberData(nameof(Linear))]
    public void A_linear_step_is_a_factor_and_an_input(string step, string factor, string input)
    {
        LinearStep? found = LinearStep.Of(Steps[step]);
        Assert.NotNull(found);
        Assert.Equal((factor, input), (Text(found.Factor), Text(found.Input)));
        Assert.Equal((ValueKind.Real, ValueKind.Real), (found.Factor.Kind, found.Input.Kind));
        Assert.DoesNotContain(found.Factor.All().Concat(found.Input.All()), e => e is Expression.StateValue);
    }

    [Theory]
    [InlineData("Max(h, x)")]
    [InlineData("h * h")]
    [InlineData("x / h")]
    [InlineData("(h < x ? h : x)")]
    [InlineData("(double)(int)h")]
    [InlineData("Exp(h)")]
    public void Another_is_not(string step) => Assert.Null(LinearStep.Of(Steps[step]));

    private static Dictionary<string, Expression> Steps { get; } = new Expression[]
    {
        h, x, Binary(BinaryOp.Add, Binary(BinaryOp.Multiply, x, h), n),
        Binary(BinaryOp.Divide, Binary(BinaryOp.Multiply, h, n), new Expression.Host(Scalar.Of(2))),
        Binary(BinaryOp.Subtract, x, Binary(BinaryOp.Divide, Binary(BinaryOp.Add, h, n), x)),
        new Expression.Select(Binary(BinaryOp.Less, t, n), h, x),
        new Expression.Unary(UnaryOp.Negate, Binary(BinaryOp.Subtract, h, Call(Primitive.Exp, x))),
        Binary(BinaryOp.Add, new Expression.Convert(ValueKind.Real, h), h),
        Call(Primitive.Max, h, x), Binary(BinaryOp.Multiply, h, h), Binary(BinaryOp.Divide, x, h),
        new Expression.Select(Binary(BinaryOp.Less, h, x), h, x),
        new Expression.Convert(ValueKind.Real, new Expression.Convert(ValueKind.Integer, h)), Call(Primitive.Exp, h),
    }.ToDictionary(Text);

    private static Expression.Binary Binary(BinaryOp op, Expression left, Expression right) => new(op, left, right);

    private static Expression.Call Call(Primitive function, params Expression[] arguments) => new(function, arguments.ToEquatableArray());

    private static string Text(Expression e) => ExpressionText.Of(e, leaf => leaf is Expression.TokenElement ? "x" : null);
}
