using KernelForge.Models;
using KernelForge.Models.Tests.Combinations;
using KernelForge.Runtime;
using KernelForge.Runtime.Cuda;
using KernelForge.TestData;

namespace KernelForge.Cuda.Tests.Mutations;

/// <summary>Between them: every template of the device library on tensor cores and, where it differs, in floats.</summary>
internal static class Cases
{
    public const string Gated = "gated", GatedFloat = "gated in floats", Short = "short sequences", Window = "windowed",
        Wide = "wide heads", Grouped = "grouped heads", PaddedHeads = "padded heads", Segments = "segments", MostOf = "largest rows",
        WideRows = "wide rows", NarrowRows = "narrow rows", Gathered = "gathered rows", Bert = "bert", Hidden = "queries that see nothing",
        Gate = "a gate and what it gates", Again = "a smaller batch after a larger one",
        Halves = "rows at positions", Convolved = "rows at positions in floats", States = "scans", LongStates = "scans of long sequences",
        Chosen = "a bank", ChosenFloat = "a bank in floats",
        Kept = "steps", KeptWindow = "steps in a window", KeptStates = "steps of states",
        Products = "weights that are scores", ProductsFloat = "weights that are scores in floats",
        LongSteps = "steps of long sequences";

    private const double Half = 0.003, Float = 2e-6;

    // More than a tile of queries and keys, an empty sequence, and rows that end within a tile.
    private static readonly int[] Lengths = [70, 0, 1, 13];

    private static readonly Dictionary<string, Case> all = new()
    {
        [Gated] = Of(CudaPrecision.Float16, Half, () => new AlibiGated(48, 3, 340),
            (l, s, d) => l.LoadWeights(s, d), l => Values(l.Run(Rows(48)))),
        [GatedFloat] = Of(CudaPrecision.Float32, Float, () => new AlibiGated(48, 3, 180),
            (l, s, d) => l.LoadWeights(s, d), l => Values(l.Run(Rows(48)))),
        [Short] = Of(CudaPrecision.Float16, Half, () => new AlibiGated(32, 2, 24),
            (l, s, d) => l.LoadWeights(s, d), l => Values(l.Run(Some.Rows([40, 0, 3, 17], 32, 3)))),
        [Window] = Of(CudaPrecision.Float16, Half, () => new Windowed(36, 4, 5, true),
            (l, s, d) => l.LoadWeights(s, d), l => Values(l.Run(Some.Rows([150, 0, 20], 36, 4)))),
        [Wide] = Of(CudaPrecision.Float16, Half, () => new AlibiGated(136, 1, 24),
            (l, s, d) => l.LoadWeights(s, d), l => Values(l.Run(Some.Rows([70, 5], 136, 5)))),
        [Grouped] = Of(CudaPrecision.Float16, Half, () => new CrossGrouped(40, 24, 4, 2), (l, s, d) => l.LoadWeights(s, d),
            l => Values(l.Run(Some.Rows([9, 2], 40, 2), Some.Rows([12, 40], 24, 3)))),
        [PaddedHeads] = Of(CudaPrecision.Float16, Half, () => new Scored(36, 2),
            (l, s, d) => l.LoadWeights(s, d), l => Values(l.Run(Rows(36)))),
        [Segments] = Of(CudaPrecision.Float16, Half, () => new Pooled(27), (l, s, d) => l.LoadWeights(s, d), l =>
        {
            (RaggedMatrix rows, Matrix sequences) = l.Run(Rows(27));
            return [.. rows.Values, .. sequences.Values];
        }),
        [WideRows] = Of(CudaPrecision.Float32, Float, () => new Swept(1100, 11), (l, s, d) => l.LoadWeights(s, d), l => Both(l, 1100)),
        [NarrowRows] = Of(CudaPrecision.Float32, Float, () => new Swept(76, 19), (l, s, d) => l.LoadWeights(s, d), l => Both(l, 76)),
        [Gathered] = Of(CudaPrecision.Float16, 5 * Half, () => new Looked(30, 36, 4, new Activation(ActivationKind.Gelu)),
            (l, s, d) => l.LoadWeights(s, d), l =>
        {
            using RaggedBatch kinds =
                RaggedBatch.Pack([.. Lengths.Select((n, s) => Enumerable.Range(0, n).Select(i => (i + s) % 30).ToArray())]);
            return Values(l.Run(Rows(36), kinds));
        }),
        [Bert] = new Case(CudaPrecision.Float16, Half, device =>
        {
            using BertModel bert = BertModel.Load(Golden.Require("bert").Folder, device);
            using RaggedBatch batch = RaggedBatch.Pack([[3, 1, 4, 1, 5], [], [9, 2]], [[0, 0, 1, 1, 1], [], [0, 1]]);
            var result = new RaggedMatrix();
            bert.Run(batch, result);
            return Values(result);
        }),
        [Hidden] = Of(CudaPrecision.Float16, Half, () => new Blind(16, 2), (l, s, d) => l.LoadWeights(s, d), l => Values(l.Run(Rows(16)))),
        [Gate] = Of(CudaPrecision.Float16, Half, () => new Paired(40, 20), (l, s, d) => l.LoadWeights(s, d), l => Values(l.Run(Rows(40)))),
        [MostOf] = Of(CudaPrecision.Float16, Half, () => new Largest(24), (l, s, d) => l.LoadWeights(s, d),
            l => l.Run(Rows(24)).Values.ToArray()),
        [Halves] = Of(CudaPrecision.Float16, 5 * Half, () => new Strided(5, 11, 3), (l, s, d) => l.LoadWeights(s, d), l => Values(l.Run(Rows(5)))),
        [Convolved] = Of(CudaPrecision.Float32, Float, () => new Strided(6, 300, 4), (l, s, d) => l.LoadWeights(s, d),
            l => Values(l.Run(Some.Rows([3, 0, 6], 6, 7)))),
        [States] = Of(CudaPrecision.Float32, Float, () => new Recurrent(11, 21), (l, s, d) => l.LoadWeights(s, d), l => Values(l.Run(Rows(11)))),
        [LongStates] = Of(CudaPrecision.Float32, 10 * Float, () => new Fading(3, 5), (l, s, d) => l.LoadWeights(s, d), l => Values(l.Run(Some.Rows([2, 1500], 3, 7)))),
        [Chosen] = Of(CudaPrecision.Float16, Half, () => new Experts(20, 45, 6), (l, s, d) => l.LoadWeights(s, d),
            l => Values(l.Run(Some.Rows([300, 0, 11], 20, 7)))),
        [ChosenFloat] = Of(CudaPrecision.Float32, Float, () => new Experts(37, 12, 33), (l, s, d) => l.LoadWeights(s, d), l => Values(l.Run(Rows(37)))),
        [Products] = Of(CudaPrecision.Float16, 5 * Half, () => new Unsoftened(24, 2), (l, s, d) => l.LoadWeights(s, d), l => Values(l.Run(Rows(24)))),
        [ProductsFloat] = Of(CudaPrecision.Float32, Float, () => new Unsoftened(24, 2), (l, s, d) => l.LoadWeights(s, d), l => Values(l.Run(Rows(24)))),
        [Kept] = Of(CudaPrecision.Float32, Float, () => new Library.Tests.Incremental.Decoder(24, 2, 1, 1, int.MaxValue),
            (l, s, d) => l.LoadWeights(s, d), l => Steps(l.NewCache, (x, cache, numbers, y) => l.Step(x, cache, numbers, y))),
        [KeptWindow] = Of(CudaPrecision.Float16, Half, () => new Library.Tests.Incremental.Decoder(24, 2, 1, 1, 20),
            (l, s, d) => l.LoadWeights(s, d), l => Steps(l.NewCache, (x, cache, numbers, y) => l.Step(x, cache, numbers, y))),
        [KeptStates] = Of(CudaPrecision.Float32, Float, () => new Library.Tests.Incremental.Recurrent(24, 5, 4),
            (l, s, d) => l.LoadWeights(s, d), l => Steps(l.NewCache, (x, cache, numbers, y) => l.Step(x, cache, numbers, y))),
        [LongSteps] = Of(CudaPrecision.Float16, Half, () => new Library.Tests.Incremental.Decoder(64, 8, 2, 1, int.MaxValue),
            (l, s, d) => l.LoadWeights(s, d), l => LongStepsOf(l.NewCache(1 << 26), (rows, cache, numbers, to) => l.Step(rows, cache, numbers, to))),
        [Again] = Of(CudaPrecision.Float16, Half, () => new AlibiGated(40, 2, 24), (l, s, d) => l.LoadWeights(s, d), l =>
        {
            _ = l.Run(Some.Rows([10, 20, 30], 40, 3));
            return Values(l.Run(Some.Rows([5, 16], 40, 4)));
        }),
    };

    public static TheoryData<string> Names => [.. all.Keys];

    public static Case Named(string name) => all[name];

    private static RaggedMatrix Rows(int columns) => Some.Rows(Lengths, columns, 7);

    /// <summary>What few new rows give of sequences of which two are long.</summary>
    private static float[] LongStepsOf(SequenceCache cache, Action<RaggedMatrix, SequenceCache, int[], RaggedMatrix> step)
    {
        using (cache)
        {
            int[] numbers = [cache.Add(), cache.Add(), cache.Add()];
            var results = new RaggedMatrix();
            step(Some.Rows([270, 5, 300], 64, 7), cache, numbers, results);
            step(Some.Rows([1, 1, 2], 64, 8), cache, numbers, results);
            return Values(results);
        }
    }

    private static float[] Values(RaggedMatrix matrix) => matrix.Values.ToArray();

    /// <summary>Two sequences in three runs: over the end of a block, and so far that a window leaves one behind.</summary>
    private static float[] Steps(Func<long, SequenceCache> newCache, Action<RaggedMatrix, SequenceCache, int[], RaggedMatrix> step)
    {
        using SequenceCache cache = newCache(1 << 20);
        int[] numbers = [cache.Add(), cache.Add()];
        List<float> all = [];
        foreach (int[] lengths in (int[][])[[60, 3], [5, 1], [1, 40]])
        {
            var result = new RaggedMatrix();
            step(Some.Rows(lengths, 24, lengths[0]), cache, numbers, result);
            all.AddRange(result.Values);
        }
        return [.. all];
    }

    private static float[] Both(Swept layer, int columns)
    {
        (RaggedMatrix normed, RaggedMatrix groups) = layer.Run(Some.Rows([3, 0, 6], columns, 8));
        return [.. normed.Values, .. groups.Values];
    }

    private static Case Of<T>(
        CudaPrecision precision, double tolerance, Func<T> make, Action<T, WeightSource, Device> load, Func<T, float[]> run)
        where T : ILayer, IDisposable => new(precision, tolerance, device =>
        {
            using T layer = make();
            using WeightSource weights = Some.Weights(layer, 11);
            load(layer, weights, device);
            return run(layer);
        });
}
