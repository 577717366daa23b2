using KernelForge.Models.Tests.Combinations;
using KernelForge.Runtime;
using KernelForge.TestData;

namespace KernelForge.Models.Tests;

/// <summary>
/// Layers on drawn batches, each under another order of the emulated GPU's warps and work. A result is right, and a sequence by itself has
/// the bits that it has in its batch. Whatever the emulated GPU finds makes the run throw.
/// </summary>
public sealed class RaggedBatchTests
{
    private const int Hidden = 24, Memory = 16, Alone = 5;

    public static TheoryData<string, string, int> Drawn
    {
        get
        {
            TheoryData<string, string, int> all = [];
            foreach (string precision in (string[])["float32", "float16"])
                foreach (string shape in RaggedShape.All)
                    for (int seed = 0; seed < 2; seed++) all.Add(precision, shape, seed);
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Drawn))]
    public void A_sequence_alone_has_the_bits_that_it_has_in_any_batch(string precision, string shape, int seed)
    {
        string device = $"{precision}-{seed}";
        var random = new Random(seed);
        // Queries and keys have lengths of their own: also queries without a key, and keys that nobody asks for.
        int[] lengths = RaggedShape.Lengths(shape, random), others = [.. lengths];
        random.Shuffle(others);
        RaggedMatrix x = Some.Rows(lengths, Hidden, seed), memory = Some.Rows(others, Memory, seed + 1);
        int[] alone = [Array.IndexOf(lengths, lengths.Max()), .. Enumerable.Range(0, Alone - 1).Select(_ => random.Next(lengths.Length))];

        Check(device, alone, () => new AlibiGated(Hidden, 3, 40), (l, w, d) => l.LoadWeights(w, d), (l, s) => Sequences(l.Run(Only(x, s))));
        Check(
            device, alone, () => new CrossGrouped(Hidden, Memory, 4, 2), (l, w, d) => l.LoadWeights(w, d),
            (l, s) => Sequences(l.Run(Only(x, s), Only(memory, s))));
        Check(device, alone, () => new PooledByQuery(Hidden, 2), (l, w, d) => l.LoadWeights(w, d), (l, s) => Rows(l.Run(Only(x, s))));
    }

    [Theory]
    [InlineData("float32")]
    [InlineData("float16")]
    [InlineData("bfloat16")]
    [InlineData("tensorfloat32")]
    public void It_has_them_in_a_hundred_batches(string precision)
    {
        LongRun.Require();
        foreach (string shape in RaggedShape.All)
            for (int seed = 100; seed < 125; seed++) A_sequence_alone_has_the_bits_that_it_has_in_any_batch(precision, shape, seed);
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Batches_that_grow_and_shrink_give_what_they_give_to_a_new_program(string device)
    {
        int[][] batches = [[2], [], [3, 0, 1], [70, 4, 150, 9], [1], [40, 200, 0, 300], [70, 4, 150, 9], [2]];
        using AlibiGated one = Loaded(device);
        foreach (int[] lengths in batches)
        {
            using AlibiGated fresh = Loaded(device);
            RaggedMatrix x = Some.Rows(lengths, Hidden, lengths.Length);
            Assert.Equal(fresh.Run(x).Values.ToArray(), one.Run(x).Values.ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Threads_that_run_batches_of_other_sizes_do_not_disturb_one_another(string device)
    {
        int[][] batches = [[2], [70, 4, 90], [1, 1, 1, 0], [130, 20], [], [33, 33]];
        RaggedMatrix[] inputs = [.. batches.Select((lengths, i) => Some.Rows(lengths, Hidden, i))];
        using AlibiGated alone = Loaded(device), shared = Loaded(device);
        float[][] expected = [.. inputs.Select(x => alone.Run(x).Values.ToArray())];
        Parallel.For(0, 2 * inputs.Length, new ParallelOptions { MaxDegreeOfParallelism = 3 }, i =>
            Assert.Equal(expected[i % inputs.Length], shared.Run(inputs[i % inputs.Length]).Values.ToArray()));
    }

    private static AlibiGated Loaded(string device)
    {
        var layer = new AlibiGated(Hidden, 3, 40);
        using WeightSource weights = Some.Weights(layer, 5);
        layer.LoadWeights(weights, Devices.Of(device));
        return layer;
    }

    /// <param name="run">Gives the results of these sequences alone, of all where it is told none.</param>
    private static void Check<T>(
        string device, int[] alone, Func<T> make, Action<T, WeightSource, Device> load, Func<T, int[]?, float[][]> run)
        where T : ILayer, IDisposable
    {
        using T layer = make();
        using WeightSource weights = Some.Weights(layer, 5);
        load(layer, weights, Devices.Of(device));
        float[][] expected = Reference(), together = run(layer, null);
        double allowed = Devices.Tolerance(device, () => Difference(expected, Reference()));
        string told = $"{typeof(T).Name}: differs by {Difference(expected, together):g3}, allowed are {allowed:g3}";
        TestContext.Current.TestOutputHelper?.WriteLine(told);
        Assert.True(Difference(expected, together) <= allowed, told);
        foreach (int s in alone) Assert.True(run(layer, [s])[0].AsSpan().SequenceEqual(together[s]), $"{typeof(T).Name}: sequence {s}");

        float[][] Reference()
        {
            using T reference = make();
            load(reference, weights, Device.Reference);
            return run(reference, null);
        }
    }

    private static double Difference(float[][] expected, float[][] actual) =>
        expected.Zip(actual, CombinationTests.Difference).DefaultIfEmpty().Max();

    private static RaggedMatrix Only(RaggedMatrix x, int[]? sequences)
    {
        if (sequences is null) return x;
        var only = new RaggedMatrix([.. sequences.Select(s => x.Sequence(s).Length / x.Columns)], x.Columns);
        for (int i = 0; i < sequences.Length; i++) x.Sequence(sequences[i]).CopyTo(only.Sequence(i));
        return only;
    }

    private static float[][] Sequences(RaggedMatrix x) => [.. Enumerable.Range(0, x.SequenceCount).Select(s => x.Sequence(s).ToArray())];

    private static float[][] Rows(Matrix x) => [.. Enumerable.Range(0, x.Rows).Select(row => x.Row(row).ToArray())];
}
