namespace KernelForge.Runtime.Cpu;

/// <summary>
/// Where the sequences of a row space lie: their offsets, and what kernels ask of them. Set anew for each batch; allocates only to grow.
/// </summary>
public sealed class RaggedRows
{
    private int[] offsets = [0], sequenceOf = [], order = [], negatedLengths = [];
    private (int Sequence, int First)[] stretches = [];
    private int stretchCount;

    public int Count { get; private set; }

    public int SequenceCount { get; private set; }

    /// <summary>Rows of the longest sequence.</summary>
    public int Longest => SequenceCount == 0 ? 0 : offsets[order[0] + 1] - offsets[order[0]];

    /// <summary>Where each sequence begins, and last the number of rows.</summary>
    public ReadOnlySpan<int> Offsets => offsets.AsSpan(0, SequenceCount + 1);

    /// <summary>Sequences from the longest to the shortest: work handed out in this order ends together.</summary>
    internal ReadOnlySpan<int> ByLength => order.AsSpan(0, SequenceCount);

    /// <summary>
    /// Every sequence in stretches of at most <see cref="Attention.QueriesPerItem"/> rows, each with its sequence and its first position; those of the
    /// longest sequences first.
    /// </summary>
    internal ReadOnlySpan<(int Sequence, int First)> Stretches => stretches.AsSpan(0, stretchCount);

    /// <summary>Takes the offsets of a batch.</summary>
    /// <exception cref="ArgumentException">They do not begin at zero, or go down.</exception>
    public void Set(ReadOnlySpan<int> bounds)
    {
        if (bounds.IsEmpty || bounds[0] != 0) throw new ArgumentException("Offsets begin with 0.", nameof(bounds));
        int sequences = bounds.Length - 1, rows = bounds[^1];
        for (int s = 0; s < sequences; s++)
        {
            if (bounds[s + 1] < bounds[s])
                throw new ArgumentException($"Offset {s + 1} is {bounds[s + 1]}, below the {bounds[s]} before it.", nameof(bounds));
        }
        Reserve(sequences, rows);
        bounds.CopyTo(offsets);
        for (int s = 0; s < sequences; s++)
        {
            sequenceOf.AsSpan(bounds[s], bounds[s + 1] - bounds[s]).Fill(s);
            (order[s], negatedLengths[s]) = (s, bounds[s] - bounds[s + 1]);
        }
        negatedLengths.AsSpan(0, sequences).Sort(order.AsSpan(0, sequences));
        (SequenceCount, Count) = (sequences, rows);
        FillStretches();
    }

    /// <summary>One row for each sequence of <paramref name="parent"/>.</summary>
    public void SetSequencesOf(RaggedRows parent)
    {
        int sequences = parent.SequenceCount;
        Reserve(sequences, sequences);
        for (int s = 0; s < sequences; s++) offsets[s] = sequenceOf[s] = order[s] = s;
        offsets[sequences] = sequences;
        (SequenceCount, Count) = (sequences, sequences);
        FillStretches();
    }

    /// <summary>Begins anew with a number of sequences, whose lengths <see cref="SetLength"/> tells from the first on.</summary>
    public void Begin(int sequences)
    {
        Reserve(sequences, 0);
        offsets[0] = 0;
        (SequenceCount, Count) = (sequences, 0);
    }

    /// <summary>Says how long a sequence is, those before it being known.</summary>
    /// <exception cref="OverflowException">There are more rows than an int counts.</exception>
    public void SetLength(int sequence, int length) => offsets[sequence + 1] = checked(offsets[sequence] + length);

    /// <summary>The lengths are told.</summary>
    public void End() => Set(Offsets);

    /// <summary>The first row of a sequence.</summary>
    public int Start(int sequence) => offsets[sequence];

    /// <summary>Rows of a sequence.</summary>
    public int Length(int sequence) => offsets[sequence + 1] - offsets[sequence];

    /// <summary>The sequence that a row belongs to.</summary>
    public int SequenceOf(int row) => sequenceOf[row];

    /// <summary>The row's position within its sequence.</summary>
    public int PositionOf(int row) => row - offsets[sequenceOf[row]];

    private void FillStretches()
    {
        int needed = (Count / Attention.QueriesPerItem) + SequenceCount;
        if (stretches.Length < needed) stretches = new (int, int)[(int)Math.Min(Array.MaxLength, needed * 3L / 2)];
        stretchCount = 0;
        foreach (int sequence in ByLength)
        {
            int length = offsets[sequence + 1] - offsets[sequence];
            for (int first = 0; first < length; first += Attention.QueriesPerItem) stretches[stretchCount++] = (sequence, first);
        }
    }

    private void Reserve(int sequences, int rows)
    {
        if (offsets.Length <= sequences)
        {
            int capacity = (int)Math.Min(Array.MaxLength, Math.Max(16L, sequences + 1L) * 2);
            (offsets, order, negatedLengths) = (new int[capacity], new int[capacity], new int[capacity]);
        }
        if (sequenceOf.Length < rows) sequenceOf = new int[(int)Math.Min(Array.MaxLength, rows * 3L / 2)];
    }
}
