namespace KernelForge.Models.Tests.Combinations;

/// <summary>Sizes from an array, and C# that no description is read from: of hyper-parameters, of a loop's index, and of a difference of positions.</summary>
[TransformerLayer]
public sealed partial class HostRun(int[] sizes, string[]? kinds, int heads)
{
    private readonly int buckets = PowerOfTwo(sizes.Length, least: 8);
    private readonly Linear query = new(sizes[0], sizes[0]);
    private readonly Parameter bias = new(PowerOfTwo(sizes.Length, least: 8), heads);
    private readonly Layers<Stage> stages = new(sizes.Length, i => new Stage(sizes[0], sizes[i]));

    public Tokens Forward(Tokens x)
    {
        x = Attention(query[x], x, x, heads, score: (s, i, j, h) => s + bias[Distances.Bucket(i - j, buckets), h]);
        for (int i = 0; i < sizes.Length; i++)
        {
            Tokens y = stages[i].Forward(x) / Math.Cbrt(sizes[i]);
            x += kinds![i] == "twice" ? y * Distances.Weight(i, sizes[sizes.Length - 1]) : y;
        }
        return x;
    }

    internal static int PowerOfTwo(int n, int most = 64, int least = 1)
    {
        int power = least;
        while (power < n && power < most) power *= 2;
        return power;
    }
}

/// <summary>Two products over a width of its own.</summary>
[TransformerLayer]
public sealed partial class Stage(int hidden, int inner)
{
    private readonly Linear expand = new(hidden, inner);
    private readonly Linear contract = new(inner, hidden);

    public Tokens Forward(Tokens x) => contract[Relu(expand[x])];
}

internal static class Distances
{
    public static int Bucket(int distance, int buckets)
    {
        int bucket = 0;
        for (int rest = Math.Abs(distance); rest > 0 && bucket < (buckets / 2) - 1; rest /= 2) bucket++;
        return distance < 0 ? bucket + (buckets / 2) : bucket;
    }

    public static double Weight(int index, int size) => index % 2 == 0 ? 1.5 : 1.0 / size;
}
