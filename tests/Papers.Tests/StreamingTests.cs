using KernelForge.Papers;
using KernelForge.Runtime;
using KernelForge.TestData;

namespace KernelForge.Families.Papers;

/// <summary>Models of sound and state that are fed as the sound comes give what they give at once, bit for bit.</summary>
public sealed class StreamingTests
{
    public static TheoryData<string, int> DevicesAndChunks
    {
        get
        {
            TheoryData<string, int> all = [];
            foreach (string device in Devices.All)
            {
                // The reference runs all rows again in each turn; an emulated GPU takes its time for each.
                foreach (int chunks in device == "reference" ? (int[])[16] : device == "emulated" && !LongRun.Wanted ? [5] : [1, 2, 5])
                    all.Add(device, chunks);
            }
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(DevicesAndChunks))]
    public void A_Conformer_that_hears_some_chunks_at_a_time(string device, int chunks)
    {
        Golden golden = Golden.Require("papers/streaming-conformer");
        using ModelSource source = ModelSource.Open(golden.Folder);
        using StreamingConformerModel model = StreamingConformerModel.Load(source, Devices.Of(device));
        // A chunk is a frame and the `right` = 3 behind it.
        Feed(golden, 4 * chunks, device, model.Run, model.NewCache, model.Step);
    }

    [Theory]
    [MemberData(nameof(DevicesAndChunks))]
    public void A_selective_state_space_that_goes_on_from_its_state(string device, int rows)
    {
        Golden golden = Golden.Require("papers/mamba");
        using ModelSource source = ModelSource.Open(golden.Folder);
        using MambaModel model = MambaModel.Load(source, Devices.Of(device));
        Feed(golden, rows, device, model.Run, model.NewCache, model.Step);
    }

    [Theory]
    [MemberData(nameof(DevicesAndChunks))]
    public void Retention_that_goes_on_from_its_state(string device, int rows)
    {
        Golden golden = Golden.Require("papers/retnet");
        using ModelSource source = ModelSource.Open(golden.Folder);
        using RetNetModel model = RetNetModel.Load(source, Devices.Of(device));
        Feed(golden, rows, device, model.Run, model.NewCache, model.Step);
    }

    [Theory, InlineData("cpu-256"), InlineData("emulated")]
    public void Half_a_chunk_is_refused_unless_it_is_the_last(string device)
    {
        Golden golden = Golden.Require("papers/streaming-conformer");
        using ModelSource source = ModelSource.Open(golden.Folder);
        using StreamingConformerModel model = StreamingConformerModel.Load(source, Devices.Of(device));
        using SequenceCache cache = model.NewCache(1 << 26);
        int number = cache.Add();
        var frames = new RaggedMatrix([6], golden.Cases[0].Matrix("input").GetLength(1));

        string message = Assert.Throws<ArgumentException>(() => model.Step(frames, cache, [number], new RaggedMatrix())).Message;
        Assert.Contains("brings 6 rows after 0, and the mask lets these see rows behind the last", message, StringComparison.Ordinal);
        Assert.Equal(0, cache.Length(number));

        cache.Finish(number);
        model.Step(frames, cache, [number], new RaggedMatrix());
        message = Assert.Throws<ArgumentException>(() => model.Step(frames, cache, [number], new RaggedMatrix())).Message;
        Assert.Contains("has had its last rows, as Finish said", message, StringComparison.Ordinal);
    }

    private delegate void Go(RaggedMatrix input, SequenceCache cache, ReadOnlySpan<int> sequences, RaggedMatrix destination);

    private static void Feed(Golden golden, int rows, string device, Func<RaggedMatrix, RaggedMatrix> run, Func<long, SequenceCache> newCache, Go step)
    {
        IReadOnlyList<GoldenCase> cases = Devices.CasesOf(golden, device);
        float[][,] inputs = [.. cases.Select(c => c.Matrix("input"))];
        int columns = inputs[0].GetLength(1);
        RaggedMatrix whole = run(Rows(inputs, columns, [.. inputs.Select(i => (0, i.GetLength(0)))]));
        using SequenceCache cache = newCache(1L << 28);
        int[] numbers = [.. inputs.Select(_ => cache.Add())];
        double tolerance = Devices.Tolerance(device, golden, "output");
        for (int begin = 0; ; begin += rows)
        {
            int[] running = [.. Enumerable.Range(0, inputs.Length).Where(i => inputs[i].GetLength(0) > begin)];
            if (running.Length == 0) break;
            (int, int)[] parts = [.. running.Select(i => (begin, Math.Min(inputs[i].GetLength(0), begin + rows)))];
            foreach (int i in running.Where(i => inputs[i].GetLength(0) <= begin + rows)) cache.Finish(numbers[i]);
            var actual = new RaggedMatrix();
            step(Rows([.. running.Select(i => inputs[i])], columns, parts), cache, [.. running.Select(i => numbers[i])], actual);
            for (int r = 0; r < running.Length; r++)
            {
                (int first, int end) = parts[r];
                ReadOnlySpan<float> expected = whole.Sequence(running[r])[(first * whole.Columns)..(end * whole.Columns)];
                Assert.True(expected.SequenceEqual(actual.Sequence(r)), $"case {running[r]}, rows {first} to {end}");
                float[,] golden64 = cases[running[r]].Matrix("output");
                for (int i = 0; i < expected.Length; i++)
                    Assert.InRange(actual.Sequence(r)[i] - golden64[first + (i / whole.Columns), i % whole.Columns], -tolerance, tolerance);
            }
        }
    }

    private static RaggedMatrix Rows(float[][,] of, int columns, (int First, int End)[] parts)
    {
        var rows = new RaggedMatrix([.. parts.Select(p => p.End - p.First)], columns);
        for (int i = 0; i < of.Length; i++)
        {
            for (int r = parts[i].First; r < parts[i].End; r++)
            {
                for (int c = 0; c < columns; c++) rows.Sequence(i)[((r - parts[i].First) * columns) + c] = of[i][r, c];
            }
        }
        return rows;
    }
}
