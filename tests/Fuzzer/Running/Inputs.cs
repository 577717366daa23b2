using System.Collections.Immutable;
using KernelForge.Runtime;

namespace KernelForge.Fuzzer.Running;

/// <summary>The objects that a run takes, drawn by a seed.</summary>
internal static class Inputs
{
    private static readonly int[] OtherLengths = [4, 0, 1, 19, 2, 65, 9];

    public static object[] Make(IReadOnlyList<InputSpec> inputs, int seed)
    {
        var random = new Random(seed);
        return [.. inputs.Select(input => input.Columns > 0 ? Matrix(input, random) : (object)Ids(input, random))];
    }

    /// <summary>The same inputs of another batch: other lengths, no longer than they were, another number of sequences.</summary>
    public static IReadOnlyList<InputSpec> Other(IReadOnlyList<InputSpec> inputs)
    {
        int most = inputs.Max(i => i.Lengths.DefaultIfEmpty(0).Max()), sequences = inputs[0].Lengths.Length % 3 + 1;
        string[] batches = [.. inputs.Select(Batch).Distinct()];
        return [.. inputs.Select(input => input with { Lengths = [.. Lengths(Array.IndexOf(batches, Batch(input)))] })];

        IEnumerable<int> Lengths(int batch) =>
            Enumerable.Range(0, sequences)
                .Select(s => Math.Min(most, OtherLengths[((2 * batch) + s + inputs[0].Lengths.Length) % OtherLengths.Length]));

        static string Batch(InputSpec input) => string.Join(',', input.Lengths);
    }

    /// <summary>The same inputs, of one sequence alone.</summary>
    public static object[] Alone(object[] inputs, int sequence) => [.. inputs.Select(input => input switch
    {
        RaggedBatch b => (object)RaggedBatch.Pack(
            [b.Sequence(sequence).ToArray()], [b.Types[b.Offsets[sequence]..b.Offsets[sequence + 1]].ToArray()]),
        RaggedMatrix m => Copy(m, sequence),
        _ => throw new NotSupportedException(input.GetType().Name),
    })];

    /// <summary>A multiple of 1/4 and 1/8: no device rounds it, and no comparison with a multiple of 1/2 is near.</summary>
    public static float Exact(Random random) => ((random.Next(16) - 8) / 4f) + 0.125f;

    private static RaggedMatrix Matrix(InputSpec input, Random random)
    {
        var rows = new RaggedMatrix(input.Lengths.AsSpan(), input.Columns);
        foreach (ref float value in rows.Values) value = input.IsExact ? Exact(random) : (random.NextSingle() - 0.5f) * 4;
        return rows;
    }

    private static RaggedBatch Ids(InputSpec input, Random random)
    {
        int[][] Draw() => [.. input.Lengths.Select(length => Enumerable.Range(0, length).Select(_ => random.Next(input.Below)).ToArray())];
        return RaggedBatch.Pack(Draw(), Draw());
    }

    private static RaggedMatrix Copy(RaggedMatrix matrix, int sequence)
    {
        var copy = new RaggedMatrix([matrix.Offsets[sequence + 1] - matrix.Offsets[sequence]], matrix.Columns);
        matrix.Sequence(sequence).CopyTo(copy.Values);
        return copy;
    }
}
