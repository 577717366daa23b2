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
        if (a.Constant is not { } l || b.Constant is not { } r) return new Scalar.Binary(op, a, b);
        bool integer = a.IsInteger && b.IsInteger;
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
