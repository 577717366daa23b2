using KernelForge.Reference;

namespace KernelForge;

public static partial class Ops
{
    /// <summary>The sum of each sequence's rows: <c>[sequences, features]</c>; zeros for an empty sequence.</summary>
    /// <exception cref="ArgumentException">The value is a table, which has no sequences.</exception>
    public static Tokens SequenceSum(Tokens x) => SequenceReduction.Reduce(nameof(SequenceSum), x, SequenceReduction.Sum);

    /// <summary>The mean of each sequence's rows: <c>[sequences, features]</c>; zeros for an empty sequence.</summary>
    /// <exception cref="ArgumentException">The value is a table, which has no sequences.</exception>
    public static Tokens SequenceMean(Tokens x) => SequenceReduction.Reduce(nameof(SequenceMean), x, SequenceReduction.Mean);

    /// <summary>
    /// The greatest element of each sequence's rows, feature by feature: <c>[sequences, features]</c>; zeros for an empty sequence.
    /// </summary>
    /// <exception cref="ArgumentException">The value is a table, which has no sequences.</exception>
    public static Tokens SequenceMax(Tokens x) => SequenceReduction.Reduce(nameof(SequenceMax), x, SequenceReduction.Max);

    /// <summary>The first row of each sequence: <c>[sequences, features]</c>; zeros for an empty sequence.</summary>
    /// <exception cref="ArgumentException">The value is a table, which has no sequences.</exception>
    public static Tokens SequenceFirst(Tokens x) => SequenceReduction.Reduce(nameof(SequenceFirst), x, SequenceReduction.First);
}
