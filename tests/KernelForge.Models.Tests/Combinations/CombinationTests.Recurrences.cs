using KernelForge.Runtime;

namespace KernelForge.Models.Tests.Combinations;

public sealed partial class CombinationTests
{
    /// <summary>About the edges of chunks, and several of them.</summary>
    private static readonly int[] LongLengths = [512, 0, 1, 513, 640, 127, 641, 1100, 128];

    public static TheoryData<string, string> DevicesAndFactors
    {
        get
        {
            TheoryData<string, string> all = [];
            foreach (string device in Devices.Compiled.Select(row => row.Data))
            {
                foreach (string kind in (string[])["small", "zero now and then", "near one", "one", "above one", "negative"]) all.Add(device, kind);
                // What only a float's exponents hold.
                if (!device.Contains("16-", StringComparison.Ordinal))
                    foreach (string kind in (string[])["shrinking and growing again", "growing and shrinking again"]) all.Add(device, kind);
            }
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(DevicesAndFactors))]
    public void Recurrences_over_long_sequences(string device, string factors)
    {
        foreach ((int features, int states) in factors == "near one" ? ((int, int)[])[(5, 3), (21, 6)] : [(5, 3)])
        {
            (RaggedMatrix a, RaggedMatrix b) = Drive(LongLengths, features, factors);
            Driven Make() => new(features, states);
            Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(a, b).Item1);

            using Driven layer = Make();
            using WeightSource weights = Some.Weights(layer, 11);
            layer.LoadWeights(weights, Devices.Of(device));
            (RaggedMatrix linear, RaggedMatrix rowByRow) = layer.Run(a, b);
            for (int s = 0; s < LongLengths.Length; s++)
            {
                string told = $"{LongLengths[s]} rows of {features} features";
                if (LongLengths[s] <= 512) Assert.True(linear.Sequence(s).SequenceEqual(rowByRow.Sequence(s)), told);
                double difference = Difference(rowByRow.Sequence(s).ToArray(), linear.Sequence(s).ToArray());
                Assert.True(difference <= Rounded(device), $"{told}: {difference:g3} from row by row");
                Assert.True(layer.Run(Only(a, s), Only(b, s)).Item1.Sequence(0).SequenceEqual(linear.Sequence(s)), $"{told}, alone");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Steps_that_are_linear_in_other_words(string device)
    {
        Affine Make() => new(11);
        Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(LongLengths, 11, 18)));
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Long_recurrences_that_come_in_parts(string device)
    {
        using var layer = new Remembering(6, 3);
        using WeightSource weights = Some.Weights(layer, 11);
        layer.LoadWeights(weights, Devices.Of(device));
        RaggedMatrix x = Some.Rows([660, 40], 6, 19), run = layer.Run(x), whole = new(), first = new(), second = new();
        using SequenceCache atOnce = layer.NewCache(1 << 20), inParts = layer.NewCache(1 << 20);
        layer.Prefill(x, atOnce, [atOnce.Add(), atOnce.Add()], whole);
        int[] numbers = [inParts.Add(), inParts.Add()];
        layer.Prefill(Rows(x, [0, 0], [530, 39]), inParts, numbers, first);
        layer.Step(Rows(x, [530, 39], [660, 40]), inParts, numbers, second);
        for (int s = 0; s < 2; s++)
        {
            float[] parts = [.. first.Sequence(s), .. second.Sequence(s)];
            Assert.Equal(whole.Sequence(s).ToArray(), parts);
            Assert.InRange(Difference(run.Sequence(s).ToArray(), whole.Sequence(s).ToArray()), 0, Rounded(device));
        }
        Assert.Equal(run.Sequence(1).ToArray(), whole.Sequence(1).ToArray());

        static RaggedMatrix Rows(RaggedMatrix of, int[] from, int[] to)
        {
            var rows = new RaggedMatrix([.. from.Zip(to, (a, b) => b - a)], of.Columns);
            for (int s = 0; s < from.Length; s++) of.Sequence(s)[(from[s] * of.Columns)..(to[s] * of.Columns)].CopyTo(rows.Sequence(s));
            return rows;
        }
    }

    /// <summary>How far two orders of the same sums may differ: a float's rounding over many rows, and one of the result's own bits.</summary>
    private static double Rounded(string device) =>
        device.StartsWith("float16", StringComparison.Ordinal) ? 1e-3 : device.StartsWith("bfloat16", StringComparison.Ordinal) ? 8e-3 : 3e-5;

    private static RaggedMatrix Only(RaggedMatrix x, int sequence)
    {
        var only = new RaggedMatrix([x.Sequence(sequence).Length / x.Columns], x.Columns);
        x.Sequence(sequence).CopyTo(only.Sequence(0));
        return only;
    }

    private static (RaggedMatrix Factors, RaggedMatrix Inputs) Drive(int[] lengths, int features, string kind)
    {
        var random = new Random(kind.Length);
        RaggedMatrix factors = new(lengths, features), inputs = new(lengths, features);
        for (int s = 0; s < lengths.Length; s++)
        {
            for (int position = 0; position < lengths[s]; position++)
            {
                for (int place = position * features; place < (position + 1) * features; place++)
                    (factors.Sequence(s)[place], inputs.Sequence(s)[place]) = Driving(kind, position, random);
            }
        }
        return (factors, inputs);
    }

    private static (float Factor, float Input) Driving(string kind, int position, Random random)
    {
        double u = random.NextDouble(), input = random.NextDouble() - 0.5;
        // Seven factors of one kind and then seven of the other take a state through 2^140 or 2^-140, and back.
        bool first = position % 20 < 7, second = position % 20 is >= 7 and < 14, begin = position == 0;
        double steep = (1.1 + (0.1 * u)) * (1 << 20);
        return kind switch
        {
            "small" => ((float)(1e-3 * u), (float)input),
            "zero now and then" => (u < 0.01 ? 0 : 0.95f, (float)input),
            "near one" => ((float)(1 - (0.004 * u)), (float)input),
            "one" => (1, (float)input),
            "above one" => ((float)(1 + (0.004 * u)), (float)input),
            "negative" => ((float)(-0.97 * u), (float)input),
            "shrinking and growing again" => begin ? (1, 1L << 40) : ((float)(position < 100 ? 1 : first ? 1 / steep : second ? steep : 1), 0),
            "growing and shrinking again" => begin ? (1, 1f / (1L << 40)) : ((float)(position < 100 ? 1 : first ? steep : second ? 1 / steep : 1), 0),
            _ => throw new ArgumentException(kind),
        };
    }
}
