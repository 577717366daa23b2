using KernelForge.Library.Tests;
using KernelForge.Library.Tests.Incremental;
using KernelForge.Runtime;

namespace KernelForge.Cuda.Tests.Kept;

/// <summary>A sequence that is fed in parts: all its rows, and how many of them its cache has had.</summary>
/// <param name="Number">Of the cache.</param>
/// <param name="Rows">All of them.</param>
internal sealed record Line(int Number, RaggedMatrix Rows)
{
    public int Fed { get; set; }

    public static Line Of(int number, int length, int seed) => new(number, Some.Rows([length], Feeder.Columns, seed));

    /// <summary>A second one with the same past and other rows from there on.</summary>
    public Line Fork(SequenceCache cache, int seed)
    {
        RaggedMatrix rows = Some.Rows([Rows.Sequence(0).Length / Feeder.Columns], Feeder.Columns, seed);
        Rows.Sequence(0)[..(Fed * Feeder.Columns)].CopyTo(rows.Sequence(0));
        return new(cache.Fork(Number), rows) { Fed = Fed };
    }
}

/// <summary>Feeds lines to a layer, and compares what comes with a run of all their rows so far on the same device, bit for bit.</summary>
internal sealed class Feeder(Action<RaggedMatrix, RaggedMatrix> run, Action<RaggedMatrix, SequenceCache, int[], RaggedMatrix> step)
{
    public const int Columns = 24;

    public static Feeder Of(Decoder layer) => new(layer.Run, (x, cache, numbers, y) => layer.Step(x, cache, numbers, y));

    public static Feeder Of(Recurrent layer) => new(layer.Run, (x, cache, numbers, y) => layer.Step(x, cache, numbers, y));

    /// <summary>One run on further rows of some lines.</summary>
    public void Step(SequenceCache cache, params ReadOnlySpan<(Line Line, int Rows)> parts)
    {
        int[] numbers = new int[parts.Length], lengths = new int[parts.Length];
        for (int i = 0; i < parts.Length; i++) (numbers[i], lengths[i]) = (parts[i].Line.Number, parts[i].Rows);
        var added = new RaggedMatrix(lengths, Columns);
        for (int i = 0; i < parts.Length; i++)
        {
            (Line line, int rows) = parts[i];
            line.Rows.Sequence(0).Slice(line.Fed * Columns, rows * Columns).CopyTo(added.Sequence(i));
        }
        var actual = new RaggedMatrix();
        step(added, cache, numbers, actual);
        for (int i = 0; i < parts.Length; i++)
        {
            (Line line, int rows) = parts[i];
            line.Fed += rows;
            var whole = new RaggedMatrix([line.Fed], Columns);
            line.Rows.Sequence(0)[..(line.Fed * Columns)].CopyTo(whole.Values);
            var expected = new RaggedMatrix();
            run(whole, expected);
            Assert.Equal(expected.Values[^actual.Sequence(i).Length..].ToArray(), actual.Sequence(i).ToArray());
        }
    }
}
