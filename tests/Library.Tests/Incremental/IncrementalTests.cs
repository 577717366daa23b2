using KernelForge.Runtime;

namespace KernelForge.Library.Tests.Incremental;

/// <summary>Sequences that are fed in parts, join and leave, give bit for bit what they give at once.</summary>
public sealed class IncrementalTests
{
    private static readonly int[] Lengths = Devices.LengthsOfSteps;

    [Theory]
    [MemberData(nameof(Devices.OfSteps), MemberType = typeof(Devices))]
    public void Attention_with_rotary_positions_and_a_window(string device)
    {
        Rows(device, () => new Decoder(24, 6, 2, 2, 20), (l, s, d) => l.LoadWeights(s, d), l => l.NewCache, l => l.Run, l => l.Step);
        Rows(device, () => new Decoder(32, 2, 2, 1, int.MaxValue), (l, s, d) => l.LoadWeights(s, d), l => l.NewCache, l => l.Run, l => l.Step);
    }

    [Theory]
    [MemberData(nameof(Devices.OfSteps), MemberType = typeof(Devices))]
    public void Scores_that_read_the_rows_of_keys(string device) =>
        Rows(device, () => new Scored(24, 4), (l, s, d) => l.LoadWeights(s, d), l => l.NewCache, l => l.Run, l => l.Step);

    [Theory]
    [MemberData(nameof(Devices.OfSteps), MemberType = typeof(Devices))]
    public void Convolutions_states_and_sums(string device) =>
        Rows(device, () => new Recurrent(24, 5, 4), (l, s, d) => l.LoadWeights(s, d), l => l.NewCache, l => l.Run, l => l.Step);

    [Theory]
    [MemberData(nameof(Devices.OfSteps), MemberType = typeof(Devices))]
    public void Experts_and_the_last_row(string device)
    {
        using var layer = new Routed(24, 40, 6, 2);
        Load(layer, (l, s, d) => l.LoadWeights(s, d), device);
        RaggedMatrix input = Some.Rows(Lengths, 24, 3);
        using SequenceCache cache = layer.NewCache(1 << 26);
        foreach (Feeding.Turn turn in Feeding.Turns(Lengths, 5, cache))
        {
            Matrix actual = new(0, 0), expected = new(0, 0);
            layer.Step(Feeding.Rows(input, turn), cache, turn.Numbers, actual);
            layer.Run(Feeding.Rows(input, turn.Whole()), expected);
            Assert.Equal(expected.Values.ToArray(), actual.Values.ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Devices.OfSteps), MemberType = typeof(Devices))]
    public void A_decoder_beside_what_an_encoder_read_once(string device)
    {
        using var layer = new Translator(24, 4, 50, 80);
        Load(layer, (l, s, d) => l.LoadWeights(s, d), device);
        int[] sources = [.. ((int[])[9, 4, 1, 40, 66, 3]).Take(Lengths.Length)];
        RaggedMatrix source = Some.Rows(sources, 24, 4);
        var random = new Random(6);
        int[][] target = [.. Lengths.Select(n => Enumerable.Range(0, n).Select(_ => random.Next(50)).ToArray())];
        RaggedMatrix expected = layer.Run(source, RaggedBatch.Pack(target));

        using SequenceCache cache = layer.NewCache(1 << 26);
        foreach (Feeding.Turn turn in Feeding.Turns(Lengths, 7, cache))
        {
            // Those that begin are given their source; the others go on without.
            foreach (bool fresh in (bool[])[true, false])
            {
                Feeding.Turn part = turn.Where(p => p.First == 0 == fresh);
                if (part.Parts.Count == 0) continue;
                var actual = new RaggedMatrix();
                var ids = RaggedBatch.Pack([.. part.Parts.Select(p => target[p.Sequence][p.First..p.End])]);
                if (fresh) layer.Prefill(Feeding.Rows(source, part.WholeOf(sources)), ids, cache, part.Numbers, actual);
                else layer.Step(ids, cache, part.Numbers, actual);
                Feeding.AssertRows(expected, part, actual);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Devices.OfSteps), MemberType = typeof(Devices))]
    public void What_does_not_fit_is_refused_with_words_and_changes_nothing(string device)
    {
        using var layer = new Translator(24, 4, 50, 10);
        Load(layer, (l, s, d) => l.LoadWeights(s, d), device);
        using SequenceCache cache = layer.NewCache(1 << 20);
        int number = cache.Add();
        layer.Prefill(Some.Rows([4], 24, 1), RaggedBatch.Pack([[1, 2, 3]]), cache, [number], new RaggedMatrix());
        long used = cache.Used;

        string message = Assert.Throws<ArgumentException>(() =>
            layer.Step(RaggedBatch.Pack([[1, 2, 3, 4, 5, 6, 7, 8]]), cache, [number], new RaggedMatrix())).Message;
        Assert.Contains("sequence 0 has 3 tokens and 8 new ones; 'place.weight' serves sequences of at most 10", message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => layer.Prefill(Some.Rows([4], 24, 1), RaggedBatch.Pack([[1]]), cache, [number], new RaggedMatrix()));
        Assert.Throws<ArgumentException>(() => layer.Step(RaggedBatch.Pack([[]]), cache, [number], new RaggedMatrix()));

        Assert.Equal((3, used), (cache.Length(number), cache.Used));
        layer.Step(RaggedBatch.Pack([[4]]), cache, [number], new RaggedMatrix());
        Assert.Equal(4, cache.Length(number));
    }

    private delegate void Fill(RaggedMatrix input, RaggedMatrix destination);

    private delegate void Go(RaggedMatrix input, SequenceCache cache, ReadOnlySpan<int> sequences, RaggedMatrix destination);

    private static void Rows<T>(
        string device, Func<T> make, Action<T, WeightSource, Device> load, Func<T, Func<long, SequenceCache>> newCache, Func<T, Fill> run, Func<T, Go> step)
        where T : ILayer, IDisposable
    {
        using T layer = make();
        Load(layer, load, device);
        int columns = WeightSlots.Of(layer).Select(s => s.Shape[^1]).First(c => c is 24 or 32);
        RaggedMatrix input = Some.Rows(Lengths, columns, 3), expected = new();
        run(layer)(input, expected);
        using SequenceCache cache = newCache(layer)(1 << 26);
        foreach (Feeding.Turn turn in Feeding.Turns(Lengths, 5, cache))
        {
            var actual = new RaggedMatrix();
            step(layer)(Feeding.Rows(input, turn), cache, turn.Numbers, actual);
            Feeding.AssertRows(expected, turn, actual);
        }
        Assert.Equal(0, cache.Count);
    }

    private static void Load<T>(T layer, Action<T, WeightSource, Device> load, string device)
        where T : ILayer
    {
        using WeightSource weights = Some.Weights(layer, 11);
        load(layer, weights, Devices.Of(device));
    }
}
