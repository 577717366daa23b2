namespace KernelForge.Benchmarks.Workloads;

/// <summary>A batch of sequences of given lengths, on BERT-base or on as many of its layers as keep a round short.</summary>
/// <param name="Name">What every contender's lines call it.</param>
/// <param name="Lengths">Tokens of each sequence.</param>
/// <param name="Layers">Layers of the model that runs it.</param>
/// <param name="Repetitions">Timed runs of one contender in one round.</param>
internal sealed record Workload(string Name, int[] Lengths, int Layers, int Repetitions)
{
    private const ulong LengthSeed = 42, InputSeed = 777;

    public static IReadOnlyList<Workload> All { get; } =
    [
        Drawn(128, layers: 12, repetitions: 4), Drawn(256, layers: 4, repetitions: 5), Drawn(512, layers: 4, repetitions: 3),
        new("b1_len16", [16], Layers: 12, Repetitions: 100), new("b1_len128", [128], Layers: 12, Repetitions: 20),
    ];

    public int Tokens => Lengths.Sum();

    /// <summary>Tokens of the batch when each sequence is filled up to the longest.</summary>
    public int PaddedTokens => Lengths.Length * Lengths.Max();

    /// <summary>Two for each multiply-add that a valid token needs: the linear layers and both products of attention.</summary>
    public double UsefulFlops(int layers)
    {
        double linear = 2.0 * Tokens * BertBase.LinearWeights;
        double attention = Lengths.Sum(length => 4.0 * length * length * BertBase.Hidden);
        return layers * (linear + attention);
    }

    /// <summary>What enters the first layer, [tokens, hidden], N(0, 1).</summary>
    public float[] Input()
    {
        var values = new float[Tokens * BertBase.Hidden];
        PseudoNormal.Fill(values, SplitMix64.Scramble(InputSeed), deviation: 1);
        return values;
    }

    /// <summary>Sixteen lengths, evenly distributed from a fifth of the longest upwards.</summary>
    private static Workload Drawn(int longest, int layers, int repetitions)
    {
        int shortest = (longest + 4) / 5;
        var choices = (ulong)(longest - shortest + 1);
        var lengths = new int[16];
        for (int i = 0; i < lengths.Length; i++)
            lengths[i] = shortest + (int)(((SplitMix64.At(LengthSeed, i) >> 32) * choices) >> 32);
        return new Workload($"b16_max{longest}", lengths, layers, repetitions);
    }
}
