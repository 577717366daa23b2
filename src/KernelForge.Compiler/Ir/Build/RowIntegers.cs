using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Ir.Build;

/// <summary>
/// Arithmetic on integers of rows that the host computes, in the simplest form: lengths that are the same for every batch shall be the same
/// expression, for they are the same rows.
/// </summary>
internal static class RowIntegers
{
    public static RowInteger Binary(BinaryOp op, RowInteger a, RowInteger b)
    {
        if (a is RowInteger.Constant l && b is RowInteger.Constant r) return new RowInteger.Constant(Scalars.Binary(op, l.Value, r.Value));
        if (op == BinaryOp.Add && a is RowInteger.Constant) (a, b) = (b, a);
        if (op == BinaryOp.Multiply && a is RowInteger.Constant) (a, b) = (b, a);
        if (b is not RowInteger.Constant { Value: var n }) return new RowInteger.Binary(op, a, b);
        return op switch
        {
            BinaryOp.Add => Plus(a, Size.From(n)),
            BinaryOp.Subtract => Plus(a, Size.Zero - Size.From(n)),
            BinaryOp.Multiply or BinaryOp.Divide when n.Constant == 1 => a,
            _ => new RowInteger.Binary(op, a, b),
        };
    }

    public static RowInteger Max(RowInteger a, RowInteger b)
    {
        if (a is RowInteger.Constant { Value.Constant: <= 0 } && IsNeverNegative(b)) return b;
        if (b is RowInteger.Constant { Value.Constant: <= 0 } && IsNeverNegative(a)) return a;
        return new RowInteger.Call("global::System.Math.Max", [a, b]);
    }

    private static RowInteger Plus(RowInteger a, Size n)
    {
        if (a is RowInteger.Binary { Op: BinaryOp.Add, Right: RowInteger.Constant c } sum) (a, n) = (sum.Left, n + Size.From(c.Value));
        return n.Constant == 0 ? a : new RowInteger.Binary(BinaryOp.Add, a, new RowInteger.Constant(n.ToScalar()));
    }

    private static bool IsNeverNegative(RowInteger value) => value switch
    {
        RowInteger.Length or RowInteger.Position => true,
        RowInteger.Constant c => c.Value.Constant >= 0,
        RowInteger.Binary { Op: BinaryOp.Add or BinaryOp.Multiply or BinaryOp.Divide } b => IsNeverNegative(b.Left) && IsNeverNegative(b.Right),
        _ => false,
    };
}
