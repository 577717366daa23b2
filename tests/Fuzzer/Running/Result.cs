using KernelForge.Runtime;

namespace KernelForge.Fuzzer.Running;

/// <summary>One result of a run.</summary>
/// <param name="Values">Rows one after another.</param>
/// <param name="Offsets">Where sequences begin; of a result with one row a sequence, each row.</param>
internal sealed record Result(float[] Values, int[] Offsets, int Columns)
{
    /// <summary>Whether it has one row a sequence.</summary>
    public bool IsOfSequences { get; init; }

    public static Result Of(object result) => result switch
    {
        RaggedMatrix r => new Result(r.Values.ToArray(), r.Offsets.ToArray(), r.Columns),
        Matrix m => new Result(m.Values.ToArray(), [.. Enumerable.Range(0, m.Rows + 1)], m.Columns) { IsOfSequences = true },
        _ => throw new NotSupportedException(result.GetType().Name),
    };

    public ReadOnlySpan<float> Sequence(int sequence) => Values.AsSpan((Offsets[sequence] * Columns)..(Offsets[sequence + 1] * Columns));

    /// <summary>Where two differ in a bit, in words; null where they do not.</summary>
    public static string? Difference(Result[] expected, Result[] actual)
    {
        for (int r = 0; r < expected.Length; r++)
        {
            if (!expected[r].Offsets.AsSpan().SequenceEqual(actual[r].Offsets)) return $"result {r} has other rows";
            if (Difference(expected[r].Values, actual[r].Values) is { } text) return $"result {r}: {text}";
        }
        return null;
    }

    public static string? Difference(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        if (expected.Length != actual.Length) return $"{actual.Length} values instead of {expected.Length}";
        for (int i = 0; i < expected.Length; i++)
            if (BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(actual[i]))
                return $"value {i} is {actual[i]:g9} instead of {expected[i]:g9}";
        return null;
    }
}
