using KernelForge.Library.Tests.Incremental;
using KernelForge.Models.Tests;
using KernelForge.Models.Tests.Combinations;
using KernelForge.Runtime;
using KernelForge.TestData;

namespace KernelForge.Cuda.Tests.Programs;

/// <summary>Steps of sequences that are long enough for attention to take their kept keys part by part.</summary>
public sealed class KeptAttentionTests
{
    /// <summary>What each sequence brings, run after run: some go part by part, some tile by tile, some change from one to the other.</summary>
    private static readonly int[][] turns = [[300, 5, 254], [1, 1, 1], [2, 0, 1], [1, 3, 1], [20, 1, 2]];

    [Theory, MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Heads_that_share_keys(string device) =>
        Steps(device, 64, () => new Decoder(64, 8, 2, 2, int.MaxValue), (l, s, d) => l.LoadWeights(s, d), l => l.NewCache, l => l.Run, l => l.Step);

    [Theory, MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Heads_of_four_columns_under_a_window(string device) =>
        Steps(device, 24, () => new Decoder(24, 6, 2, 2, 150), (l, s, d) => l.LoadWeights(s, d), l => l.NewCache, l => l.Run, l => l.Step);

    [Theory, MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Scores_that_read_the_rows_of_keys(string device) =>
        Steps(device, 24, () => new Library.Tests.Incremental.Scored(24, 4), (l, s, d) => l.LoadWeights(s, d), l => l.NewCache, l => l.Run, l => l.Step);

    private delegate void Fill(RaggedMatrix input, RaggedMatrix destination);

    private delegate void Go(RaggedMatrix input, SequenceCache cache, ReadOnlySpan<int> sequences, RaggedMatrix destination);

    /// <summary>Steps are a whole run's rows, and have the same bits whatever shares the batch.</summary>
    private static void Steps<T>(
        string device, int columns, Func<T> make, Action<T, WeightSource, Device> load, Func<T, Func<long, SequenceCache>> newCache, Func<T, Fill> run,
        Func<T, Go> step)
        where T : ILayer, IDisposable
    {
        int[] lengths = [.. Enumerable.Range(0, turns[0].Length).Select(s => turns.Sum(turn => turn[s]))];
        RaggedMatrix input = Some.Rows(lengths, columns, 3), expected = Whole(Device.Reference);
        double tolerance = Devices.Tolerance(device, () => Distance(expected, Whole(Device.Reference)));
        using T layer = Load(Devices.Of(device));
        float[][] together = Feed(layer, [.. Enumerable.Range(0, lengths.Length)]);
        for (int s = 0; s < lengths.Length; s++)
        {
            double distance = LargestDifference(expected.Sequence(s), together[s]);
            Assert.True(distance <= tolerance, $"sequence {s} differs by {distance}, {tolerance} would do");
            Assert.Equal(together[s], Assert.Single(Feed(layer, [s])));
        }

        T Load(Device on)
        {
            T made = make();
            using WeightSource weights = Some.Weights(made, 11);
            load(made, weights, on);
            return made;
        }

        RaggedMatrix Whole(Device on)
        {
            using T whole = Load(on);
            var rows = new RaggedMatrix();
            run(whole)(input, rows);
            return rows;
        }

        // The rows of each sequence, run after run in batches of all of them.
        float[][] Feed(T to, int[] sequences)
        {
            using SequenceCache cache = newCache(to)(1 << 26);
            int[] numbers = [.. sequences.Select(_ => cache.Add())];
            var rows = new List<float>[sequences.Length];
            for (int i = 0; i < rows.Length; i++) rows[i] = [];
            foreach (int[] turn in turns)
            {
                int[] taken = [.. Enumerable.Range(0, sequences.Length).Where(i => turn[sequences[i]] > 0)];
                if (taken.Length == 0) continue;
                var part = new RaggedMatrix([.. taken.Select(i => turn[sequences[i]])], columns);
                for (int n = 0; n < taken.Length; n++)
                {
                    int first = cache.Length(numbers[taken[n]]) * columns;
                    input.Sequence(sequences[taken[n]]).Slice(first, part.Sequence(n).Length).CopyTo(part.Sequence(n));
                }
                var results = new RaggedMatrix();
                step(to)(part, cache, [.. taken.Select(i => numbers[i])], results);
                for (int n = 0; n < taken.Length; n++) rows[taken[n]].AddRange(results.Sequence(n));
            }
            return [.. rows.Select(of => of.ToArray())];
        }

        static double Distance(RaggedMatrix one, RaggedMatrix other) => LargestDifference(one.Values, other.Values);

        static double LargestDifference(ReadOnlySpan<float> one, ReadOnlySpan<float> other)
        {
            Assert.Equal(one.Length, other.Length);
            double largest = 0;
            for (int i = 0; i < one.Length; i++) largest = double.MaxMagnitude(largest, Math.Abs((double)one[i] - other[i])); // NaN stays
            return largest;
        }
    }
}
