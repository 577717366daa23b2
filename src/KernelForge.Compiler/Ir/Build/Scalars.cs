using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Ir.Build;

/// <summary>Arithmetic on host values, with what is constant computed at once, by C#'s rules.</summary>
internal static class Scalars
{
    public static Scalar Binary(BinaryOp op, Scalar a, Scalar b)
    {
        if (op == BinaryOp.Coalesce) return a is Scalar.Nothing ? b : a is Scalar.Hyper { IsNullable: true } ? new Scalar.Binary(op, a, b) : a;
        if (op is BinaryOp.Equal or BinaryOp.NotEqual && Same(a, b) is { } same) return new Scalar.Truth(same == (op == BinaryOp.Equal));
        if (op == BinaryOp.And) return a is Scalar.Truth x ? (x.Value ? b : a) : b is Scalar.Truth { Value: true } ? a : new Scalar.Binary(op, a, b);
        if (op == BinaryOp.Or) return a is Scalar.Truth y ? (y.Value ? a : b) : b is Scalar.Truth { Value: false } ? a : new Scalar.Binary(op, a, b);
        bool integer = a.IsInteger && b.IsInteger;
        if (integer && op is BinaryOp.Equal or BinaryOp.NotEqual or BinaryOp.Less or BinaryOp.LessOrEqual or BinaryOp.Greater or BinaryOp.GreaterOrEqual
            && (Size.From(a) - Size.From(b)).Constant is { } difference)
            (a, b) = (Scalar.Of((int)difference), Scalar.Of(0));
        if (a.Constant is not { } l || b.Constant is not { } r) return new Scalar.Binary(op, a, b);
        return op switch
        {
            BinaryOp.Add => new Scalar.Number(l + r, integer),
            BinaryOp.Subtract => new Scalar.Number(l - r, integer),
            BinaryOp.Multiply => new Scalar.Number(l * r, integer),
            BinaryOp.Divide when integer && r == 0 => new Scalar.Binary(op, a, b),
            BinaryOp.Divide => new Scalar.Number(integer ? Math.Truncate(l / r) : l / r, integer),
            BinaryOp.Remainder when r != 0 => new Scalar.Number(l % r, integer),
            BinaryOp.Less => new Scalar.Truth(l < r),
            BinaryOp.LessOrEqual => new Scalar.Truth(l <= r),
            BinaryOp.Greater => new Scalar.Truth(l > r),
            BinaryOp.GreaterOrEqual => new Scalar.Truth(l >= r),
            _ => new Scalar.Binary(op, a, b),
        };
    }

    public static Scalar Unary(UnaryOp op, Scalar a) => (op, a) switch
    {
        (UnaryOp.Negate, Scalar.Number n) => new Scalar.Number(-n.Value, n.IsInteger),
        (UnaryOp.Not, Scalar.Truth t) => new Scalar.Truth(!t.Value),
        _ => new Scalar.Unary(op, a),
    };

    public static Scalar Conditional(Scalar condition, Scalar a, Scalar b) =>
        condition is Scalar.Truth t ? (t.Value ? a : b) : a.Equals(b) ? a : new Scalar.Conditional(condition, a, b);

    public static Scalar Convert(ValueKind to, Scalar a) => a switch
    {
        _ when a.Kind == to => a,
        Scalar.Number n => new Scalar.Number(to == ValueKind.Integer ? Math.Truncate(n.Value) : n.Value, to == ValueKind.Integer),
        _ => new Scalar.Convert(to, a),
    };

    /// <summary>The value with parts of it replaced (null keeps one), in its simplest form.</summary>
    public static Scalar Replace(Scalar value, Func<Scalar, Scalar?> by)
    {
        return by(value) ?? value switch
        {
            Scalar.Binary { Op: BinaryOp.Add or BinaryOp.Subtract or BinaryOp.Multiply, IsInteger: true } b =>
                Size.From(Binary(b.Op, Inner(b.Left), Inner(b.Right))).ToScalar(),
            Scalar.Binary b => Binary(b.Op, Inner(b.Left), Inner(b.Right)),
            Scalar.Unary u => Unary(u.Op, Inner(u.Operand)),
            Scalar.Conditional c => Conditional(Inner(c.Condition), Inner(c.WhenTrue), Inner(c.WhenFalse)),
            Scalar.Call c => c with { Arguments = c.Arguments.Select(Inner).ToEquatableArray() },
            Scalar.HostCall c => c with { Arguments = c.Arguments.Select(Inner).ToEquatableArray() },
            Scalar.Convert c => Convert(c.To, Inner(c.Operand)),
            Scalar.Item i => i with { At = Inner(i.At) },
            Scalar.Fixed f => f with { Function = Inner(f.Function) },
            Scalar.Recurring r => r with { At = Inner(r.At), Outer = r.Outer.Select(Inner).ToEquatableArray() },
            _ => value,
        };

        Scalar Inner(Scalar part) => Replace(part, by);
    }

    /// <summary>The value in another pass of a loop.</summary>
    public static Scalar AtPass(Scalar value, string index, Scalar pass) => Replace(value, s => s is Scalar.Index i && i.Name == index ? pass : null);

    private static bool? Same(Scalar a, Scalar b) => (a, b) switch
    {
        (Scalar.Number x, Scalar.Number y) => x.Value == y.Value,
        (Scalar.Truth x, Scalar.Truth y) => x.Value == y.Value,
        (Scalar.Literal x, Scalar.Literal y) => x.Value == y.Value,
        (Scalar.Nothing, Scalar.Nothing) => true,
        (Scalar.Nothing, Scalar.Hyper { IsNullable: true }) or (Scalar.Hyper { IsNullable: true }, Scalar.Nothing) => null,
        (Scalar.Nothing, _) or (_, Scalar.Nothing) => false,
        _ => null,
    };
}
