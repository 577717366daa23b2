using System.Buffers;

namespace KernelForge.Runtime.Execution;

/// <summary>Where sequences begin whose lengths a layer computes, on memory that is lent until it is disposed of: filled from the first sequence on.</summary>
public readonly ref struct ComputedOffsets
{
    private readonly int[] offsets;

    /// <param name="sequences">How many there are.</param>
    public ComputedOffsets(int sequences)
    {
        offsets = ArrayPool<int>.Shared.Rent(sequences + 1);
        offsets[0] = 0;
        Count = sequences;
    }

    /// <summary>Sequences.</summary>
    public int Count { get; }

    /// <summary>[sequences + 1].</summary>
    public ReadOnlySpan<int> Offsets => offsets.AsSpan(0, Count + 1);

    /// <summary>What <see cref="Offsets"/> lies in.</summary>
    internal int[] Lent => offsets;

    /// <summary>Says how long a sequence is, those before it being known.</summary>
    /// <exception cref="OverflowException">There are more rows than an int counts.</exception>
    public void Set(int sequence, int length) => offsets[sequence + 1] = checked(offsets[sequence] + length);

    /// <summary>Takes those of other rows of the same sequences.</summary>
    public void Take(ReadOnlySpan<int> bounds) => bounds.CopyTo(offsets);

    public int Length(int sequence) => offsets[sequence + 1] - offsets[sequence];

    public void Dispose() => ArrayPool<int>.Shared.Return(offsets);
}
