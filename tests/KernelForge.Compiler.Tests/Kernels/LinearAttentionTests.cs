using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Ir.Incremental;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Tests.Kernels;

/// <summary>Which scans are seen to be linear attention, in whatever words, and which are only nearly so.</summary>
public sealed class LinearAttentionTests
{
    private static readonly Expression h = new Expression.StateValue(), n = new Expression.StateIndex();
    private static readonly Expression t = new Expression.RowPosition(), f = new Expression.Feature();
    private static readonly Size width = Size.From(new Scalar.Hyper("width", ValueKind.Integer, false)), states = Size.Of(16);
    private static readonly Expression head = Head(width), pair = Head(width * Size.Of(2));

    // Rows of the scan: what heads have, what heads have for each state, what each feature has.
    private static readonly Expression a = Row(0, head), k = Row(1, Of(head)), q = Row(2, Of(head)), v = Row(3, f);
    private static readonly Expression shared = Row(1, n), grouped = Row(1, Of(pair));

    public static TheoryData<string, string> Recognised => new()
    {
        { "retention", "a | k | v | q | width" },
        { "one head", "0.5 | shared | v | shared | 3 * width" },
        { "the key behind, divided and negative", "a | k | v * -1.0 / 2 / a | q | width" },
        { "decayed together", "a | k | a * v | -q | width" },
        { "keys of two heads", "a | grouped | v | q | width" },
        { "begun anew", "(t < 3 ? 0.0 : a) | k | v | q | width" },
        { "a state as it is", "a | k | v | 1.0 | width" },
    };

    [Theory]
    [MemberData(nameof(Recognised))]
    public void A_matrix_of_states_that_fades_is_linear_attention(string name, string parts)
    {
        LinearAttention? found = LinearAttention.Of(Scans[name]);
        Assert.NotNull(found);
        Expression[] all = [found.Decay, found.Key, found.Value, found.Query];
        Assert.Equal(parts, string.Join(" | ", all.Select(Text)) + " | " + found.HeadWidth);
        Assert.All(all, e => Assert.Equal(ValueKind.Real, e.Kind));
        Assert.DoesNotContain(all.SelectMany(e => e.All()), e => e is Expression.StateValue);
    }

    [Theory]
    [InlineData("a decay of each feature")]
    [InlineData("a decay of each state")]
    [InlineData("a key of each feature")]
    [InlineData("a query of each feature")]
    [InlineData("heads by the remainder")]
    [InlineData("heads of widths that do not divide")]
    [InlineData("two products")]
    [InlineData("no key")]
    [InlineData("a result beside the states")]
    [InlineData("a result that is not linear")]
    [InlineData("a step that is not linear")]
    [InlineData("rows of earlier runs")]
    public void Another_is_not(string name) => Assert.Null(LinearAttention.Of(Scans[name]));

    private static Dictionary<string, ScanKernel> Scans { get; } = new()
    {
        ["retention"] = Scan(Sum(Product(a, h), Product(k, v)), Product(q, h)),
        ["one head"] = Scan(Sum(Product(h, Expression.Of(0.5)), Product(v, shared)), Product(shared, h)),
        ["the key behind, divided and negative"] = Scan(
            Sum(Product(a, h), Quotient(new Expression.Unary(UnaryOp.Negate, Quotient(Product(v, k), new Expression.Host(Scalar.Of(2)))), a)),
            Product(h, q)),
        ["decayed together"] = Scan(Product(a, Sum(h, Product(v, k))), Product(new Expression.Unary(UnaryOp.Negate, q), h)),
        ["keys of two heads"] = Scan(Sum(Product(a, h), Product(grouped, v)), Product(q, h)),
        ["begun anew"] = Scan(
            Sum(Product(new Expression.Select(Binary(BinaryOp.Less, t, new Expression.Host(Scalar.Of(3))), Expression.Of(0), a), h), Product(k, v)),
            Product(q, h)),
        ["a state as it is"] = Scan(Sum(Product(a, h), Product(k, v)), h),
        ["a decay of each feature"] = Scan(Sum(Product(v, h), Product(k, v)), Product(q, h)),
        ["a decay of each state"] = Scan(Sum(Product(k, h), Product(k, v)), Product(q, h)),
        ["a key of each feature"] = Scan(Sum(Product(a, h), Product(Product(k, v), Row(1, Sum(f, n)))), Product(q, h)),
        ["a query of each feature"] = Scan(Sum(Product(a, h), Product(k, v)), Product(Product(q, v), h)),
        ["heads by the remainder"] = Scan(
            Sum(Product(a, h), Product(Row(1, Sum(Binary(BinaryOp.Remainder, f, Host(width)), n)), v)), Product(q, h)),
        ["heads of widths that do not divide"] = Scan(
            Sum(Product(Row(0, Head(Size.Of(6))), h), Product(Row(1, Of(Head(Size.Of(4)))), v)), Product(shared, h)),
        ["two products"] = Scan(Sum(Product(a, h), Sum(Product(k, v), Product(q, v))), Product(q, h)),
        ["no key"] = Scan(Sum(Product(a, h), v), Product(q, h)),
        ["a result beside the states"] = Scan(Sum(Product(a, h), Product(k, v)), Sum(Product(q, h), v)),
        ["a result that is not linear"] = Scan(Sum(Product(a, h), Product(k, v)), Product(h, h)),
        ["a step that is not linear"] = Scan(Sum(Product(a, new Expression.Call(Primitive.Abs, [h])), Product(k, v)), Product(q, h)),
        ["rows of earlier runs"] = Scan(Sum(Product(a, h), Product(k, v)), Product(q, h), new KeptRows(null)),
    };

    private static ScanKernel Scan(Expression step, Expression value, KeptRows? kept = null)
    {
        ElementOperand[] operands =
        [
            .. Enumerable.Range(0, 4).Select(i => new ElementOperand.Rows(new View(i, Size.Zero, Size.Of(64)), 0) { Kept = i == 0 ? kept : null }),
        ];
        View output = new(4, Size.Zero, width * Size.Of(3));
        return new("scan", 0, "", operands.ToEquatableArray(), states, step, value, false, output);
    }

    private static Expression.TokenElement Row(int operand, Expression column) => new(operand, RowOf.Row, null, column);

    /// <summary>The column of a head and a state.</summary>
    private static Expression.Binary Of(Expression head) => Sum(Product(head, Host(states)), n);

    private static Expression.Binary Head(Size width) => Binary(BinaryOp.Divide, f, Host(width));

    private static Expression.Host Host(Size size) => new(size.ToScalar());

    private static Expression.Binary Sum(Expression left, Expression right) => Binary(BinaryOp.Add, left, right);

    private static Expression.Binary Product(Expression left, Expression right) => Binary(BinaryOp.Multiply, left, right);

    private static Expression.Binary Quotient(Expression left, Expression right) => Binary(BinaryOp.Divide, left, right);

    private static Expression.Binary Binary(BinaryOp op, Expression left, Expression right) => new(op, left, right);

    private static string Text(Expression e) => ExpressionText.Of(e, leaf =>
        leaf.Equals(a) ? "a" : leaf.Equals(k) ? "k" : leaf.Equals(q) ? "q" : leaf.Equals(v) ? "v"
        : leaf.Equals(shared) ? "shared" : leaf.Equals(grouped) ? "grouped" : null);
}
