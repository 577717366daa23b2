using KernelForge.Fuzzer.Descriptions;

namespace KernelForge.Fuzzer.Drawing;

/// <summary>A description while it is drawn: its layers so far, its sizes, and where chance comes from.</summary>
internal sealed class Draft(int seed)
{
    private static readonly int[] Odd = [1, 2, 3, 5, 7, 8, 16, 17, 24, 33, 64];

    private readonly Dictionary<string, int> names = new(StringComparer.Ordinal);

    public Random Random { get; } = new(seed);

    public Dictionary<HyperParameter, int> Values { get; } = [];

    public List<Constraint> Constraints { get; } = [];

    public List<Layer> Layers { get; } = [];

    /// <summary>The rows that go on from run to run; null for a layer that is not incremental.</summary>
    public Rows? GoesOn { get; set; }

    /// <summary>How many rows lie in a chunk whose rows see each other.</summary>
    public int Chunk { get; set; } = 1;

    public bool Chance(double of) => Random.NextDouble() < of;

    public int Below(int most) => Random.Next(most);

    public T Pick<T>(IReadOnlyList<T> some) => some[Random.Next(some.Count)];

    /// <summary>A name that nothing else has.</summary>
    public string Name(string stem)
    {
        int number = names[stem] = names.GetValueOrDefault(stem) + 1;
        return $"{stem}{number}";
    }

    /// <summary>A hyper-parameter, or a literal.</summary>
    public HyperParameter Count(int value, string stem = "d") => New(stem, HyperKind.Count, value, isLiteral: Chance(0.3));

    public HyperParameter Flag() => New("flag", HyperKind.Flag, Below(2), isLiteral: false);

    public HyperParameter Activation() =>
        New("activation", HyperKind.Activation, Below(Enum.GetValues<ActivationKind>().Length), isLiteral: false);

    /// <summary>A parameter of an inner layer that is given another value in each pass, up to this one.</summary>
    public HyperParameter Given(int most) => New("given", HyperKind.Count, most, isLiteral: false);

    public int OddSize(int most) => Pick([.. Odd.Where(size => size <= most)]);

    private HyperParameter New(string stem, HyperKind kind, int value, bool isLiteral)
    {
        var made = new HyperParameter(Name(stem), kind, isLiteral);
        Values.Add(made, value);
        return made;
    }
}
