namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>Rows that belong together: those of an input, one for each of its sequences, sequences with lengths of their own, or a table's.</summary>
/// <remarks>How many there are lies in device memory: as an argument it is <c>const int* rows</c>.</remarks>
public sealed class CudaSpace
{
    internal CudaSpace(int number, SpaceKind kind, int input, int size = 0) => (Number, Kind, Input, Size) = (number, kind, input, size);

    /// <summary>Rows of another space, and before them those of earlier runs that are still read.</summary>
    internal CudaSpace(int number, CudaSpace parent, int reach)
        : this(number, SpaceKind.Kept, parent.Input)
    {
        (Parent, Reach) = (parent, reach);
    }

    /// <summary>By which <see cref="CudaBatch"/> knows it.</summary>
    public int Number { get; }

    /// <summary>How its lengths are computed; null where they are not.</summary>
    internal Computation? Lengths { get; init; }

    internal SpaceKind Kind { get; }

    /// <summary>The input that brings the sequences; -1 for a table.</summary>
    internal int Input { get; }

    /// <summary>Rows of a table; the place in <see cref="BatchKey"/> of rows with lengths of their own.</summary>
    internal int Size { get; }

    /// <summary>The space whose rows are kept.</summary>
    internal CudaSpace? Parent { get; }

    /// <summary>How many earlier rows of a sequence there are at most.</summary>
    internal int Reach { get; }

    /// <summary>The place in <see cref="BatchKey"/> of all its rows, earlier ones included; -1 where nobody asked for it.</summary>
    internal int Total { get; set; } = -1;

    /// <summary>Whether it has one row a sequence.</summary>
    internal bool OfSequences => Kind == SpaceKind.Sequences;

    /// <summary>Rows that a graph has room for.</summary>
    internal int RowCapacity(BatchKey key) => Kind switch
    {
        SpaceKind.Sequences => SequenceCapacity(key),
        SpaceKind.Lengths => key.RowsOfLengths(Size),
        SpaceKind.Kept => KeptCapacity(key),
        SpaceKind.Table => Size,
        _ => key.Rows(Input),
    };

    /// <summary>Sequences that a graph has room for.</summary>
    internal int SequenceCapacity(BatchKey key) => Input < 0 ? 1 : key.Sequences(Input);

    /// <summary>Rows that the sequences of a graph have at most all together, earlier ones included.</summary>
    internal int TotalCapacity(BatchKey key) => Total < 0 ? RowCapacity(key) : key.TotalRows(Total);

    /// <summary>Rows that the longest sequence of a graph has at most, earlier ones included.</summary>
    internal int LongestCapacity(BatchKey key) => OfSequences ? 1 : TotalCapacity(key);

    private int KeptCapacity(BatchKey key)
    {
        long reached = Parent!.RowCapacity(key) + ((long)Reach * SequenceCapacity(key));
        return (int)Math.Min(reached, Parent.Total < 0 ? int.MaxValue : Parent.TotalCapacity(key));
    }

    internal bool IsLike(CudaSpace other) => (Kind, Input, Size) == (other.Kind, other.Input, other.Size);
}

/// <summary>Where the rows of a <see cref="CudaSpace"/> come from.</summary>
internal enum SpaceKind
{
    /// <summary>Those of an input.</summary>
    Input,

    /// <summary>One for each sequence of an input, or one for a table.</summary>
    Sequences,

    /// <summary>The sequences of an input with lengths that the program computes for each batch.</summary>
    Lengths,

    /// <summary>A fixed number of rows: one sequence.</summary>
    Table,

    /// <summary>Those of another space, and before them earlier rows that are kept.</summary>
    Kept,
}
