namespace KernelForge.Runtime.Batches;

/// <summary>What must hold of sequences before they are packed, each fault said with the place it is at.</summary>
internal static class SequenceCheck
{
    /// <summary>The tokens of all sequences together.</summary>
    /// <exception cref="ArgumentException">The sequences cannot be packed.</exception>
    public static int TokenCount(int[][] ids, int[][]? types, int maxLength)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentOutOfRangeException.ThrowIfNegative(maxLength);
        if (types is not null && types.Length != ids.Length)
            throw new ArgumentException($"there are types for {types.Length} sequences, but ids for {ids.Length}", nameof(types));
        long tokens = 0;
        for (int s = 0; s < ids.Length; s++)
        {
            int[] sequence = ids[s]
                ?? throw new ArgumentException($"sequence {s} is null; an empty sequence is an empty array", nameof(ids));
            if (sequence.Length > maxLength)
            {
                throw new ArgumentException(
                    $"sequence {s} has {sequence.Length} tokens; the limit is {maxLength}: cut it or split it", nameof(ids));
            }
            NoneBelowZero(sequence, s, "id", nameof(ids));
            if (types is not null) CheckTypes(types[s], sequence.Length, s);
            tokens += sequence.Length;
            if (tokens > Array.MaxLength)
            {
                throw new ArgumentException(
                    $"sequences 0 to {s} have {tokens} tokens; a batch holds at most {Array.MaxLength}", nameof(ids));
            }
        }
        return (int)tokens;
    }

    private static void CheckTypes(int[]? types, int length, int sequence)
    {
        if (types is null) throw new ArgumentException($"the types of sequence {sequence} are null", nameof(types));
        if (types.Length != length)
            throw new ArgumentException($"sequence {sequence} has {length} ids, but {types.Length} types", nameof(types));
        NoneBelowZero(types, sequence, "type", nameof(types));
    }

    private static void NoneBelowZero(int[] values, int sequence, string what, string argument)
    {
        int at = values.AsSpan().IndexOfAnyExceptInRange(0, int.MaxValue);
        if (at < 0) return;
        throw new ArgumentException(
            $"sequence {sequence} has the {what} {values[at]} at position {at}; {what}s are not below zero", argument);
    }
}
