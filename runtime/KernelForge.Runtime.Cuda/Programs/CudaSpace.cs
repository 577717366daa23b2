namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>Rows that belong together: those of an input, one for each of its sequences, sequences with lengths of their own, or a table's.</summary>
/// <remarks>How many there are lies in device memory: as an argument it is <c>const int* rows</c>.</remarks>
public sealed class CudaSpace
{
    internal CudaSpace(int number, SpaceKind kind, int input, int size = 0) => (Number, Kind, Input, Size) = (number, kind, input, size);

    /// <summary>By which <see cref="CudaBatch"/> knows it.</summary>
    public int Number { get; }

    /// <summary>How its lengths are computed; null where they are not.</summary>
    internal Computation? Lengths { get; init; }

    internal SpaceKind Kind { get; }

    /// <summary>The input that brings the sequences; -1 for a table.</summary>
    internal int Input { get; }

    /// <summary>Rows of a table; the place in <see cref="BatchKey"/> of rows with lengths of their own.</summary>
    internal int Size { get; }

    /// <summary>Whether it has one row a sequence.</summary>
    internal bool OfSequences => Kind == SpaceKind.Sequences;

    /// <summary>Rows that a graph has room for.</summary>
    internal int RowCapacity(BatchKey key) => Kind switch
    {
        SpaceKind.Sequences => SequenceCapacity(key),
        SpaceKind.Lengths => key.RowsOfLengths(Size),
        SpaceKind.Table => Size,
        _ => key.Rows(Input),
    };

    /// <summary>Sequences that a graph has room for.</summary>
    internal int SequenceCapacity(BatchKey key) => Input < 0 ? 1 : key.Sequences(Input);

    /// <summary>Rows that the longest sequence of a graph has at most.</summary>
    internal int LongestCapacity(BatchKey key) => OfSequences ? 1 : RowCapacity(key);

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
}
