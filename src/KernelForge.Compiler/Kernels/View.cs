using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Kernels;

/// <summary>Columns [<paramref name="Start"/>, Start + <paramref name="Columns"/>) of a buffer.</summary>
public sealed record View(int Buffer, Size Start, Size Columns);

/// <summary>Something that a kernel's expression reads, at the row and column where it is evaluated.</summary>
/// <param name="Columns">Its width; a width of one that is not the kernel's is repeated over the columns.</param>
public abstract record KernelOperand(Size Columns)
{
    /// <summary>A buffer's row; the buffer has the kernel's row space.</summary>
    public sealed record Rows(View View) : KernelOperand(View.Columns);

    /// <summary>The row of this row's sequence, in a buffer that has one row a sequence.</summary>
    public sealed record PerSequence(View View) : KernelOperand(View.Columns);

    /// <summary>A parameter of one row, the same for every row.</summary>
    public sealed record Vector(int Parameter, Size OfColumns) : KernelOperand(OfColumns);

    /// <summary>The row of table <paramref name="Parameter"/> that an integer names.</summary>
    public sealed record Gather(int Parameter, RowInteger Index, Size OfColumns) : KernelOperand(OfColumns);
}

/// <summary>An integer that each row has: <c>ids.Positions + 2</c>.</summary>
public abstract record RowInteger
{
    /// <summary>The ids (or plain integers) of input <paramref name="Input"/>.</summary>
    public sealed record Ids(int Input) : RowInteger;

    /// <summary>The token types of input <paramref name="Input"/>; zeros where the batch has none.</summary>
    public sealed record Types(int Input) : RowInteger;

    /// <summary>The row's position within its sequence.</summary>
    public sealed record Position : RowInteger;

    /// <summary><paramref name="Value"/> · <paramref name="Factor"/> + <paramref name="Offset"/>.</summary>
    public sealed record Affine(RowInteger Value, Scalar Factor, Scalar Offset) : RowInteger;

    // What the host alone computes; a kernel reads the result as Host.

    /// <summary>How many rows the row's sequence has in a row space.</summary>
    public sealed record Length(int Space) : RowInteger;

    public sealed record Constant(Scalar Value) : RowInteger;

    /// <summary>Arithmetic, by C#'s rules of integers.</summary>
    public sealed record Binary(BinaryOp Op, RowInteger Left, RowInteger Right) : RowInteger;

    /// <summary>A C# method of integers, by a name that generated code can call.</summary>
    public sealed record Call(string Method, EquatableArray<RowInteger> Arguments) : RowInteger;

    /// <summary>Element of <see cref="KernelPlan.HostIntegers"/>.</summary>
    public sealed record Host(int Number) : RowInteger;

    /// <summary>This and all that it is computed from.</summary>
    public IEnumerable<RowInteger> All() => (this switch
    {
        Affine a => a.Value.All(),
        Binary b => b.Left.All().Concat(b.Right.All()),
        Call c => c.Arguments.SelectMany(a => a.All()),
        _ => [],
    }).Prepend(this);

    /// <summary>Whether kernels compute it themselves from what inputs bring.</summary>
    public bool IsOnDevice => this switch
    {
        Ids or Types or Position or Host => true,
        Affine a => a.Value.IsOnDevice,
        _ => false,
    };
}
