namespace KernelForge.Runtime.Cpu;

/// <summary>
/// Where the sequences of a row space lie: their offsets, and what kernels ask of them. Set anew for each batch; allocates only to grow.
/// </summary>
/// <remarks>
/// In an incremental run a sequence has rows from earlier runs too, which are not in memory: its base says how many. Positions count from
/// the sequence's very first row.
/// </remarks>
public sealed class RaggedRows
{
    private int[] offsets = [0], bases = [], sequenceOf = [], order = [], negatedLengths = [];
    private (int Sequence, int First)[] stretches = [];
    private int stretchCount;

    /// <summary>Rows in memory.</summary>
    public int Count { get; private set; }

    public int SequenceCount { get; private set; }

    /// <summary>Rows of the longest sequence, earlier ones included.</summary>
    public int Longest { get; private set; }

    /// <summary>Where each sequence's rows in memory begin, and last the number of them.</summary>
    public ReadOnlySpan<int> Offsets => offsets.AsSpan(0, SequenceCount + 1);

    /// <summary>
    /// Sequences from the one with the most rows in memory to that with the fewest: work handed out in this order ends together.
    /// </summary>
    internal ReadOnlySpan<int> ByLength => order.AsSpan(0, SequenceCount);

    /// <summary>
    /// Every sequence in stretches of at most <see cref="Attention.QueriesPerItem"/> rows in memory, each with its sequence and its first
    /// row, counted from the sequence's first in memory; those of the longest sequences first.
    /// </summary>
    internal ReadOnlySpan<(int Sequence, int First)> Stretches => stretches.AsSpan(0, stretchCount);

    /// <summary>Takes the offsets of a batch.</summary>
    /// <param name="bounds">Where each sequence's rows in memory begin, and last the number of them.</param>
    /// <param name="past">Earlier rows of each sequence, [sequences]; empty where none has any.</param>
    /// <exception cref="ArgumentException">
    /// The offsets do not begin at zero, or go down, or there is a past for another number of sequences.
    /// </exception>
    public void Set(ReadOnlySpan<int> bounds, ReadOnlySpan<int> past = default)
    {
        if (bounds.IsEmpty || bounds[0] != 0) throw new ArgumentException("Offsets begin with 0.", nameof(bounds));
        int sequences = bounds.Length - 1, rows = bounds[^1];
        if (!past.IsEmpty && past.Length != sequences)
            throw new ArgumentException($"There is a past for {past.Length} sequences, the offsets are of {sequences}.", nameof(past));
        for (int s = 0; s < sequences; s++)
        {
            if (bounds[s + 1] < bounds[s])
                throw new ArgumentException($"Offset {s + 1} is {bounds[s + 1]}, below the {bounds[s]} before it.", nameof(bounds));
        }
        Reserve(sequences, rows);
        bounds.CopyTo(offsets);
        if (past.IsEmpty) bases.AsSpan(0, sequences).Clear();
        else past.CopyTo(bases);
        Longest = 0;
        for (int s = 0; s < sequences; s++)
        {
            Longest = Math.Max(Longest, Length(s));
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
        bases.AsSpan(0, sequences).Clear();
        Longest = Math.Min(1, sequences);
        (SequenceCount, Count) = (sequences, sequences);
        FillStretches();
    }

    /// <summary>Takes the rows of another space of the same sequences.</summary>
    public void Take(RaggedRows other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Set(other.Offsets, other.bases.AsSpan(0, other.SequenceCount));
    }

    /// <summary>Begins anew with a number of sequences, whose lengths <see cref="SetLength"/> tells from the first on.</summary>
    public void Begin(int sequences)
    {
        Reserve(sequences, 0);
        offsets[0] = 0;
        (SequenceCount, Count) = (sequences, 0);
    }

    /// <summary>Says how long a sequence is, those before it being known.</summary>
    /// <param name="sequence">Which one.</param>
    /// <param name="length">All its rows.</param>
    /// <param name="past">How many of them are earlier ones, not in memory.</param>
    /// <exception cref="ArgumentException">The past is longer than the whole.</exception>
    /// <exception cref="OverflowException">There are more rows than an int counts.</exception>
    public void SetLength(int sequence, int length, int past = 0)
    {
        if ((uint)past > (uint)length)
        {
            throw new ArgumentException(
                $"Sequence {sequence} has {length} rows, {past} of them earlier ones: rows that were there are never taken back.");
        }
        offsets[sequence + 1] = checked(offsets[sequence] + length - past);
        bases[sequence] = past;
    }

    /// <summary>The lengths are told.</summary>
    public void End() => Set(Offsets, bases.AsSpan(0, SequenceCount));

    /// <summary>Earlier rows of a sequence, which are not in memory: the position of its first row there.</summary>
    public int Base(int sequence) => bases[sequence];

    /// <summary>
    /// The row of a sequence's position 0: its first row less its base, so that position p lies in row Start + p where it is in memory;
    /// below zero where that takes it.
    /// </summary>
    public int Start(int sequence) => offsets[sequence] - bases[sequence];

    /// <summary>Rows of a sequence, earlier ones included.</summary>
    public int Length(int sequence) => bases[sequence] + RowCount(sequence);

    /// <summary>The first row of a sequence in memory.</summary>
    public int FirstRow(int sequence) => offsets[sequence];

    /// <summary>Rows of a sequence in memory.</summary>
    public int RowCount(int sequence) => offsets[sequence + 1] - offsets[sequence];

    /// <summary>The sequence that a row belongs to.</summary>
    public int SequenceOf(int row) => sequenceOf[row];

    /// <summary>The row's position within its sequence.</summary>
    public int PositionOf(int row) => row - Start(sequenceOf[row]);

    private void FillStretches()
    {
        int needed = (Count / Attention.QueriesPerItem) + SequenceCount;
        if (stretches.Length < needed) stretches = new (int, int)[(int)Math.Min(Array.MaxLength, needed * 3L / 2)];
        stretchCount = 0;
        foreach (int sequence in ByLength)
        {
            int rows = RowCount(sequence);
            for (int first = 0; first < rows; first += Attention.QueriesPerItem) stretches[stretchCount++] = (sequence, first);
        }
    }

    private void Reserve(int sequences, int rows)
    {
        if (offsets.Length <= sequences)
        {
            int capacity = (int)Math.Min(Array.MaxLength, Math.Max(16L, sequences + 1L) * 2);
            (offsets, bases, order, negatedLengths) = (new int[capacity], new int[capacity], new int[capacity], new int[capacity]);
        }
        if (sequenceOf.Length < rows) sequenceOf = new int[(int)Math.Min(Array.MaxLength, rows * 3L / 2)];
    }
}
