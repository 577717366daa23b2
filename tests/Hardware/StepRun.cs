using System.Globalization;
using KernelForge.Library.Tests;
using KernelForge.Library.Tests.Incremental;
using KernelForge.Runtime;
using KernelForge.Runtime.Cuda;

namespace KernelForge.Hardware;

/// <summary>Incremental layers on a device: sequences that are fed in parts and fork, against a run of all their rows at once.</summary>
internal static class StepRun
{
    private const int Columns = 96;

    /// <param name="report">Told what comes out.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="precision">That of the device.</param>
    /// <param name="lengths">Rows of each sequence.</param>
    public static void Check(Report report, Device device, CudaPrecision precision, int[] lengths)
    {
        Check("attention", new Decoder(Columns, 6, 2, 2, int.MaxValue), (l, w) => l.LoadWeights(w, device),
            l => l.NewCache(1 << 28), (l, x, y) => l.Run(x, y), (l, x, cache, numbers, y) => l.Step(x, cache, numbers, y));
        Check("a window", new Decoder(Columns, 6, 6, 1, 20), (l, w) => l.LoadWeights(w, device),
            l => l.NewCache(1 << 28), (l, x, y) => l.Run(x, y), (l, x, cache, numbers, y) => l.Step(x, cache, numbers, y));
        Check("states and rows", new Recurrent(Columns, 16, 4), (l, w) => l.LoadWeights(w, device),
            l => l.NewCache(1 << 28), (l, x, y) => l.Run(x, y), (l, x, cache, numbers, y) => l.Step(x, cache, numbers, y));

        void Check<T>(
            string what, T layer, Action<T, WeightSource> load, Func<T, SequenceCache> newCache, Action<T, RaggedMatrix, RaggedMatrix> run,
            Action<T, RaggedMatrix, SequenceCache, int[], RaggedMatrix> step)
            where T : ILayer, IDisposable
        {
            using T loaded = layer;
            using (WeightSource weights = Some.Weights(layer, 11)) load(layer, weights);
            using SequenceCache cache = newCache(layer);
            RaggedMatrix input = Some.Rows(lengths, Columns, 3), whole = new();
            run(layer, input, whole);
            (List<float> actual, List<float> expected) = ([], []);
            int runs = Feed(cache, input, whole, (x, numbers, y) => step(layer, x, cache, numbers, y), actual, expected);
            Distance distance = Distance.Between([.. actual], [.. expected]);
            int differing = actual.Zip(expected).Count(pair => BitConverter.SingleToInt32Bits(pair.First) != BitConverter.SingleToInt32Bits(pair.Second));
            double allowed = GoldenRun.RelativeLimit(precision);
            report.Check($"steps of {what} {precision}", distance.Relative <= allowed, string.Create(CultureInfo.InvariantCulture,
                $"{runs} runs: relative difference {distance.Relative:g3} from one run, allowed {allowed:g3}; {differing} of {actual.Count} values differ in a bit"));
        }
    }

    /// <summary>Feeds all rows in parts of drawn lengths; the first sequence forks on its way, and both go on. Returns the number of runs.</summary>
    private static int Feed(
        SequenceCache cache, RaggedMatrix input, RaggedMatrix whole, Action<RaggedMatrix, int[], RaggedMatrix> step, List<float> actual, List<float> expected)
    {
        var random = new Random(5);
        int[] sizes = [1, 1, 1, 3, 31, 100];
        List<(int Number, int Of, int Next)> running = [.. Enumerable.Range(0, input.SequenceCount).Select(s => (cache.Add(), s, 0))];
        int runs = 0;
        for (; running.Count > 0; runs++)
        {
            if (runs == 3) running.Add((cache.Fork(running[0].Number), running[0].Of, running[0].Next));
            int[] added = [.. running.Select(r => Math.Min(sizes[random.Next(sizes.Length)], Length(r.Of) - r.Next))];
            var rows = new RaggedMatrix(added, Columns);
            for (int i = 0; i < added.Length; i++)
                input.Sequence(running[i].Of).Slice(running[i].Next * Columns, added[i] * Columns).CopyTo(rows.Sequence(i));
            var result = new RaggedMatrix();
            step(rows, [.. running.Select(r => r.Number)], result);
            for (int i = 0; i < added.Length; i++)
            {
                (int number, int of, int next) = running[i];
                actual.AddRange(result.Sequence(i));
                expected.AddRange(whole.Sequence(of).Slice(next * whole.Columns, added[i] * whole.Columns));
                running[i] = (number, of, next + added[i]);
            }
            foreach ((int number, int of, int next) in running.Where(r => r.Next == Length(r.Of))) cache.Remove(number);
            running.RemoveAll(r => r.Next == Length(r.Of));
        }
        return runs;

        int Length(int sequence) => input.Sequence(sequence).Length / Columns;
    }
}
