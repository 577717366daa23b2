using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Kernels;

/// <summary>
/// The step of a scan that is affine in its state, h ← <paramref name="Factor"/> · h + <paramref name="Input"/>: neither reads the state, and both are real. Rows of
/// such a scan can be gone through in parts that are put together afterwards, since h behind a part is (product of its factors) · h in front of it + what
/// the part makes of 0.
/// </summary>
public sealed record LinearStep(Expression Factor, Expression Input)
{
    private static readonly Expression zero = Expression.Of(0), one = Expression.Of(1);

    /// <summary>The step's two parts, or null where it is not affine in the state, as far as its expression shows.</summary>
    public static LinearStep? Of(Expression step)
    {
        if (!ReadsState(step)) return new(zero, Real(step));
        switch (step)
        {
            case Expression.StateValue:
                return new(one, zero);
            case Expression.Unary { Op: UnaryOp.Negate } u:
                return Of(u.Argument) is { } negated ? new(Negative(negated.Factor), Negative(negated.Input)) : null;
            case Expression.Convert { To: ValueKind.Real } c:
                return Of(c.Argument);
            case Expression.Binary { Op: BinaryOp.Add or BinaryOp.Subtract } b:
                if (Of(b.Left) is not { } left || Of(b.Right) is not { } right) return null;
                return b.Op == BinaryOp.Add
                    ? new(Sum(left.Factor, right.Factor), Sum(left.Input, right.Input))
                    : new(Sum(left.Factor, Negative(right.Factor)), Sum(left.Input, Negative(right.Input)));
            case Expression.Binary { Op: BinaryOp.Multiply } b when !ReadsState(b.Left):
                return Of(b.Right) is { } scaled ? new(Product(Real(b.Left), scaled.Factor), Product(Real(b.Left), scaled.Input)) : null;
            case Expression.Binary { Op: BinaryOp.Multiply } b when !ReadsState(b.Right):
                return Of(b.Left) is { } times ? new(Product(times.Factor, Real(b.Right)), Product(times.Input, Real(b.Right))) : null;
            case Expression.Binary { Op: BinaryOp.Divide } b when !ReadsState(b.Right):
                return Of(b.Left) is { } divided ? new(Quotient(divided.Factor, Real(b.Right)), Quotient(divided.Input, Real(b.Right))) : null;
            case Expression.Select s when !ReadsState(s.Condition):
                return Of(s.WhenTrue) is { } then && Of(s.WhenFalse) is { } otherwise
                    ? new(Chosen(s.Condition, then.Factor, otherwise.Factor), Chosen(s.Condition, then.Input, otherwise.Input))
                    : null;
            default:
                return null;
        }
    }

    private static bool ReadsState(Expression e) => e.All().Any(x => x is Expression.StateValue);

    private static Expression Real(Expression e) => e.Kind == ValueKind.Real ? e : new Expression.Convert(ValueKind.Real, e);

    private static Expression Negative(Expression e) => e.Equals(zero) ? e : new Expression.Unary(UnaryOp.Negate, e);

    private static Expression Sum(Expression a, Expression b) =>
        a.Equals(zero) ? b : b.Equals(zero) ? a : new Expression.Binary(BinaryOp.Add, a, b);

    private static Expression Product(Expression a, Expression b) =>
        a.Equals(zero) || b.Equals(zero) ? zero : a.Equals(one) ? b : b.Equals(one) ? a : new Expression.Binary(BinaryOp.Multiply, a, b);

    private static Expression Quotient(Expression a, Expression b) => a.Equals(zero) ? a : new Expression.Binary(BinaryOp.Divide, a, b);

    private static Expression Chosen(Expression condition, Expression a, Expression b) => a.Equals(b) ? a : new Expression.Select(condition, a, b);
}
