using System.Collections.Immutable;
using KernelForge.Fuzzer.Descriptions;
using KernelForge.Fuzzer.Running;

namespace KernelForge.Fuzzer.Drawing;

/// <summary>What a description is run on: the lengths of the sequences of each family of inputs, as many in each.</summary>
internal sealed record Batch(ImmutableArray<ImmutableArray<int>> Lengths)
{
    public const int LongestSequence = 70;

    /// <summary>A GPU goes through a linear scan of more rows in several chunks.</summary>
    public const int MostRowsOfOneChunk = 512;

    /// <summary>The emulated GPU takes its time.</summary>
    private const int LongestOnGpu = 33;

    /// <summary>Of scans, some are so long that they are computed in several chunks, which a GPU does only with these.</summary>
    private static readonly int[] Long = [0, 1, 130, 257, 300], LongOnGpu = [513, 530];

    /// <summary>Of more rows a run that goes on and a whole one may differ in bits: the CPU takes linear attention in chunks then.</summary>
    private const int MostRowsThatGoOn = 128;

    private static readonly int[] LongThatGoOn = [0, 1, 97, MostRowsThatGoOn - 1, MostRowsThatGoOn];

    private static readonly int[] Some = [0, 1, 2, 3, 5, 7, 8, 15, 16, 17, 31, 33, 48, 64, LongestSequence];

    public static Batch Draw(Description description, bool onGpu = false)
    {
        var random = new Random(description.Seed);
        int sequences = 1 + random.Next(6);
        // Twice as many rows are drawn at most.
        bool isMultiplied = description.GoesOn is not null && description.Nodes.Any(n => n.Op == "lengths: multiplied");
        bool isLong = onGpu ? IsLongOnGpu(description) : HasScan(description) && !isMultiplied && random.Next(3) == 0;
        if (isLong) sequences = Math.Min(sequences, onGpu ? 1 : 2);
        int longest = onGpu ? LongestOnGpu : isMultiplied ? MostRowsThatGoOn / 2 : LongestSequence;
        int[] possible = !isLong ? [.. Some.Where(length => length <= longest)]
            : onGpu ? LongOnGpu : description.GoesOn is not null ? LongThatGoOn : Long;
        return new Batch(
        [
            .. Enumerable.Range(0, Families(description).Count)
                .Select(_ => ImmutableArray.CreateRange(Enumerable.Range(0, sequences)
                    .Select(_ => possible[random.Next(possible.Length)]))),
        ]);
    }

    /// <summary>Whether a GPU goes through scans of it in chunks: where nothing takes too long of as many rows.</summary>
    public static bool IsLongOnGpu(Description description) =>
        HasScan(description) && description.GoesOn is null && !description.Nodes.Any(IsQuadratic);

    /// <summary>The description as text, with all that a run of it needs.</summary>
    /// <param name="name">Told apart from others that are compiled with it.</param>
    public Case CaseOf(Description description, string? name = null)
    {
        List<Rows> families = Families(description);
        IEnumerable<InputSpec> inputs = description.Root.Inputs.Select(input => input.Type switch
        {
            TokensType t => new InputSpec(input.Name, t.Width.Value(description.Values), 0, t.IsExact, Lengths[families.IndexOf(t.Rows)]),
            IntegersType i => new InputSpec(input.Name, 0, i.Below!.Value(description.Values), false, Lengths[families.IndexOf(i.Rows)]),
            _ => throw new NotSupportedException(input.Type.ToString()),
        });
        ImmutableDictionary<string, int> values = description.HyperParametersOf(description.Root)
            .ToImmutableDictionary(h => h.Name, h => description.Values[h]);
        return new Case(Printer.Print(description, name ?? description.Namespace), values, [.. inputs], description.Seed)
        {
            Chunk = description.GoesOn is null ? 1 : description.Chunk,
        };
    }

    private static bool HasScan(Description description) => description.Nodes.Any(n => n.Op.StartsWith("Scan", StringComparison.Ordinal));

    /// <summary>What takes each row together with each other: too much for the emulated GPU where rows are many.</summary>
    private static bool IsQuadratic(Node node) => node.Op.StartsWith("Attention", StringComparison.Ordinal)
        || node.Op is "Rank" or "Sum over rows" or "Max over rows" or "Min over rows" or "lengths: pairs" or "lengths: multiplied";

    private static List<Rows> Families(Description description) =>
        [.. description.Root.Inputs.Select(input => input.Type is TokensType t ? t.Rows : ((IntegersType)input.Type).Rows).Distinct()];
}
