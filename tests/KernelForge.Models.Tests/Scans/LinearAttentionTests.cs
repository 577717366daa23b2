using KernelForge.Models.Tests.Combinations;
using KernelForge.Runtime;

namespace KernelForge.Models.Tests.Scans;

/// <summary>
/// Scans that are linear attention: long sequences in chunks agree with going row by row and with the reference; a sequence's bits are its
/// own.
/// </summary>
public sealed class LinearAttentionTests
{
    /// <summary>About the edges of chunks and of what goes row by row.</summary>
    private static readonly int[] Lengths = [192, 0, 1, 129, 300, 128, 193, 64, 1100, 191];

    /// <summary>Heads, states and features of a head: narrow, of whole vectors, ragged, and wider than an item.</summary>
    private static readonly (int Heads, int KeyDim, int Width)[] shapes = [(2, 8, 8), (1, 64, 64), (3, 17, 21), (1, 9, 150)];

    public static TheoryData<string, string> DevicesAndDecays
    {
        get
        {
            TheoryData<string, string> all = [];
            foreach (string device in Devices.Compiled.Select(row => row.Data))
            {
                foreach (string kind in (string[])["one", "zero", "zero now and then", "small", "tiny now and then"]) all.Add(device, kind);
                foreach (string kind in (string[])["near one", "negative", "above one now and then"]) all.Add(device, kind);
            }
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(DevicesAndDecays))]
    public void Decays_of_every_size(string device, string decays)
    {
        foreach ((int heads, int keyDim, int width) in shapes)
        {
            RaggedMatrix x = Rows(decays, heads, keyDim, width);
            using Retaining layer = Loaded(device, () => new Retaining(heads, keyDim, width));
            using Retaining reference = Loaded("reference", () => new Retaining(heads, keyDim, width));
            (RaggedMatrix inChunks, RaggedMatrix rowByRow) = layer.Run(x);
            RaggedMatrix exact = reference.Run(x).Item1;
            bool differs = false;
            for (int s = 0; s < Lengths.Length; s++)
            {
                string told = $"{Lengths[s]} rows, {heads} heads of {keyDim} by {width}";
                float[] expected = exact.Sequence(s).ToArray(), slow = rowByRow.Sequence(s).ToArray(), actual = inChunks.Sequence(s).ToArray();
                // Neither is further from the reference than the sums' own size lets a float be.
                double chunked = Distance(expected, actual), recurrent = Distance(expected, slow);
                Assert.True(chunked <= Math.Max(2e-6, 4 * recurrent), $"{told}: {chunked:g3} from the reference, {recurrent:g3} row by row");
                if (Lengths[s] <= 128) Assert.Equal(slow, actual);
                differs |= !actual.SequenceEqual(slow);
                (RaggedMatrix alone, _) = layer.Run(Only(x, s));
                Assert.Equal(actual, alone.Sequence(0).ToArray());
            }
            // That they went in chunks at all shows in some last bit; where nothing is left from row to row, there is none.
            if (decays != "zero") Assert.True(differs, $"{heads} heads of {keyDim} by {width} went row by row");
        }
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Threads_change_no_bit(string device)
    {
        RaggedMatrix x = Rows("near one", 3, 17, 150);
        using Retaining some = Loaded(device, () => new Retaining(3, 17, 150)), other = new(3, 17, 150);
        using WeightSource weights = Some.Weights(other, 11);
        other.LoadWeights(weights, Devices.DividedOtherwise(device));
        Assert.Equal(some.Run(x).Item1.Values.ToArray(), other.Run(x).Item1.Values.ToArray());
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Shared_keys_one_head_and_positions(string device)
    {
        foreach ((int groups, int each, int width, int states) in ((int, int, int, int)[])[(2, 2, 8, 16), (1, 3, 11, 9)])
        {
            RaggedMatrix u = Some.Rows(Lengths, groups * each * width, 5);
            using StateSpaceDuality layer = Loaded(device, () => new StateSpaceDuality(groups, each, width, states));
            using StateSpaceDuality reference = Loaded("reference", () => new StateSpaceDuality(groups, each, width, states));
            RaggedMatrix expected = reference.Run(u), actual = layer.Run(u);
            Assert.InRange(Distance(expected.Values.ToArray(), actual.Values.ToArray()), 0, 1e-5);
        }
    }

    /// <summary>A product of decays that no float holds, while the states do: such chunks go row by row.</summary>
    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Decays_that_grow_beyond_all_bounds_and_shrink_again(string device)
    {
        // A decay, eight queries, eight keys and eight values. From 2^20 to 2^-20 in turn, seven of each: 2^140, and back.
        RaggedMatrix x = Some.Rows([320], 25, 1);
        Span<float> all = x.Sequence(0);
        for (int t = 0; t < 320; t++)
        {
            all[25 * t] = t < 70 ? 1 : MathF.Pow(2, t / 7 % 2 == 0 ? -20 : 20);
            all.Slice((25 * t) + 9, 8).Fill(t == 0 ? MathF.Pow(2, 50) : 0);
        }
        using Retaining layer = Loaded(device, () => new Retaining(1, 8, 8));
        (RaggedMatrix inChunks, RaggedMatrix rowByRow) = layer.Run(x);
        Assert.DoesNotContain(inChunks.Values.ToArray(), x => !float.IsFinite(x));
        Assert.InRange(Distance(rowByRow.Values.ToArray(), inChunks.Values.ToArray()), 0, 2e-6);
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Rows_that_come_later_go_row_by_row_whatever_the_parts(string device)
    {
        using RetainingOn layer = Loaded(device, () => new RetainingOn(2, 16));
        int[] lengths = [300, 40];
        RaggedMatrix x = Some.Rows(lengths, 3 * 2 * 16, 7), run = layer.Run(x), whole = new(), first = new(), second = new();
        using SequenceCache atOnce = layer.NewCache(1 << 22), inParts = layer.NewCache(1 << 22);
        layer.Prefill(x, atOnce, [atOnce.Add(), atOnce.Add()], whole);
        int[] numbers = [inParts.Add(), inParts.Add()];
        layer.Prefill(Part(x, [0, 0], [170, 39]), inParts, numbers, first);
        layer.Step(Part(x, [170, 39], lengths), inParts, numbers, second);
        for (int s = 0; s < lengths.Length; s++)
        {
            float[] parts = [.. first.Sequence(s), .. second.Sequence(s)];
            Assert.Equal(whole.Sequence(s).ToArray(), parts);
            Assert.InRange(Distance(whole.Sequence(s).ToArray(), run.Sequence(s).ToArray()), 0, 2e-6);
        }
        Assert.Equal(whole.Sequence(1).ToArray(), run.Sequence(1).ToArray());
        Assert.NotEqual(whole.Sequence(0).ToArray(), run.Sequence(0).ToArray());
    }

    [Fact]
    public void A_warm_run_allocates_nothing()
    {
        using Retaining layer = new(2, 16, 24);
        using WeightSource weights = Some.Weights(layer, 11);
        layer.LoadWeights(weights, Device.Cpu(1));
        RaggedMatrix x = Rows("near one", 2, 16, 24), first = new(), second = new();
        long least = long.MaxValue;
        for (int round = 0; round < 20; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            layer.Run(x, first, second);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
    }

    private static Retaining Loaded(string device, Func<Retaining> make) => Loaded(device, make, (l, s, d) => l.LoadWeights(s, d));

    private static StateSpaceDuality Loaded(string device, Func<StateSpaceDuality> make) => Loaded(device, make, (l, s, d) => l.LoadWeights(s, d));

    private static RetainingOn Loaded(string device, Func<RetainingOn> make) => Loaded(device, make, (l, s, d) => l.LoadWeights(s, d));

    private static T Loaded<T>(string device, Func<T> make, Action<T, WeightSource, Device> load) where T : ILayer
    {
        T layer = make();
        using WeightSource weights = Some.Weights(layer, 11);
        load(layer, weights, Devices.Of(device));
        return layer;
    }

    /// <summary>The largest difference, relative to the largest number.</summary>
    private static double Distance(float[] expected, float[] actual)
    {
        double largest = 0, size = 1e-30;
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs((double)expected[i] - actual[i]);
            if (!(difference <= largest)) largest = double.IsNaN(difference) ? double.PositiveInfinity : difference;
            size = Math.Max(size, Math.Abs(expected[i]));
        }
        return largest / size;
    }

    /// <summary>Decays of a kind, and numbers beside them.</summary>
    private static RaggedMatrix Rows(string kind, int heads, int keyDim, int width)
    {
        var random = new Random(kind.Length);
        RaggedMatrix x = Some.Rows(Lengths, heads * (1 + (2 * keyDim) + width), 1);
        for (int i = 0; i < x.Values.Length; i++)
        {
            if (i % x.Columns < heads) x.Values[i] = DecayOf(kind, random.NextDouble());
        }
        return x;
    }

    private static float DecayOf(string kind, double u) => kind switch
    {
        "one" => 1,
        "zero" => 0,
        "zero now and then" => u < 0.02 ? 0 : 0.99f,
        "small" => (float)(1e-3 * u),
        "tiny now and then" => u < 0.1 ? 1e-30f : 0.97f,
        "near one" => (float)(1 - (0.004 * u)),
        "negative" => (float)(-0.97 * u),
        "above one now and then" => u < 0.05 ? 1.5f : 0.98f,
        _ => throw new ArgumentException(kind),
    };

    private static RaggedMatrix Only(RaggedMatrix x, int sequence)
    {
        var only = new RaggedMatrix([x.Sequence(sequence).Length / x.Columns], x.Columns);
        x.Sequence(sequence).CopyTo(only.Sequence(0));
        return only;
    }

    private static RaggedMatrix Part(RaggedMatrix of, int[] from, int[] to)
    {
        var rows = new RaggedMatrix([.. from.Zip(to, (a, b) => b - a)], of.Columns);
        for (int s = 0; s < from.Length; s++) of.Sequence(s)[(from[s] * of.Columns)..(to[s] * of.Columns)].CopyTo(rows.Sequence(s));
        return rows;
    }
}
