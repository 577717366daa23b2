using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Ir;

/// <summary>
/// What a mask says about a tile of queries and keys of one sequence without reading a row, so that tiles without a pair can be left out: from their
/// positions, and from lengths and integers that the sequence has once. What depends on the values of rows or parameters says nothing.
/// </summary>
/// <param name="operands">What the mask reads.</param>
/// <param name="spaces">Row spaces, by number.</param>
internal sealed class MaskBounds(IReadOnlyList<ElementOperand> operands, IReadOnlyList<RowSpace> spaces)
{
    /// <summary>Whether a mask leaves out any tile.</summary>
    public bool AreKnown(Expression mask) => mask switch
    {
        Expression.Host => true,
        Expression.Unary { Op: UnaryOp.Not } u => AreKnown(u.Argument),
        // One bounded part of a conjunction is enough to leave a tile out.
        Expression.Binary { Op: BinaryOp.And } b => AreKnown(b.Left) || AreKnown(b.Right),
        Expression.Binary { Op: BinaryOp.Or } b => AreKnown(b.Left) && AreKnown(b.Right),
        Expression.Binary b => Compares(b),
        // A condition that is told of a tile chooses the arm that counts.
        Expression.Select s => AreKnown(s.Condition) ? AreKnown(s.WhenTrue) || AreKnown(s.WhenFalse) : AreKnown(s.WhenTrue) && AreKnown(s.WhenFalse),
        _ => false,
    };

    /// <summary>Whether it is a comparison of numbers that lie in known intervals over a tile.</summary>
    public bool Compares(Expression.Binary b) =>
        b.Op is >= BinaryOp.Equal and <= BinaryOp.GreaterOrEqual && HasInterval(b.Left) && HasInterval(b.Right);

    /// <summary>Whether a number, an integer or a real made of integers, lies in a known interval over a tile.</summary>
    private bool HasInterval(Expression e) => e switch
    {
        Expression.Host => e.Kind is ValueKind.Integer or ValueKind.Real,
        Expression.QueryPosition or Expression.KeyPosition or Expression.Length => true,
        Expression.IntegerElement { Position: null } i => spaces[((ElementOperand.Integers)operands[i.Number]).Space].SequencesOf is not null,
        // What is cut off a real leaves it between the same two integers.
        Expression.Convert c => HasInterval(c.Argument),
        Expression.Unary { Op: UnaryOp.Negate } u => HasInterval(u.Argument),
        Expression.Call { Function: Primitive.Abs or Primitive.Max or Primitive.Min } c => c.Arguments.All(HasInterval),
        Expression.Binary { Op: BinaryOp.Add or BinaryOp.Subtract or BinaryOp.Multiply } b => HasInterval(b.Left) && HasInterval(b.Right),
        // Division and remainder of reals are other functions than those of integers.
        Expression.Binary { Op: BinaryOp.Divide or BinaryOp.Remainder, Kind: ValueKind.Integer } b =>
            HasInterval(b.Left) && HasInterval(b.Right),
        Expression.Select s => HasInterval(s.WhenTrue) && HasInterval(s.WhenFalse),
        _ => false,
    };
}
