using KernelForge.Runtime;
using KernelForge.TestData;

namespace KernelForge.Families.Papers;

/// <summary>Some of a paper's golden cases, as a batch.</summary>
internal sealed class PaperCases(IReadOnlyList<GoldenCase> cases)
{
    /// <summary>An input of floats, <c>[rows of all cases, columns]</c>.</summary>
    public RaggedMatrix Rows(string name)
    {
        float[][,] inputs = [.. cases.Select(c => c.Matrix(name))];
        var rows = new RaggedMatrix([.. inputs.Select(x => x.GetLength(0))], inputs[0].GetLength(1));
        for (int s = 0; s < inputs.Length; s++) inputs[s].Cast<float>().ToArray().CopyTo(rows.Sequence(s));
        return rows;
    }

    /// <summary>An input of integers.</summary>
    public RaggedBatch Integers(string name) => RaggedBatch.Pack([.. cases.Select(c => c.Integers(name))]);
}

/// <summary>The rows of each sequence, one after another.</summary>
internal static class PaperResult
{
    public static float[][] Of(RaggedMatrix result) =>
        [.. Enumerable.Range(0, result.SequenceCount).Select(s => result.Sequence(s).ToArray())];

    public static float[][] Of(Matrix result) => [.. Enumerable.Range(0, result.Rows).Select(s => result.Row(s).ToArray())];

    public static float[][][] Of((RaggedMatrix, RaggedMatrix) results) => [Of(results.Item1), Of(results.Item2)];
}
