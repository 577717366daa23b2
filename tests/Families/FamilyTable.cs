using System.Globalization;
using System.Text;
using KernelForge.Emulation;
using KernelForge.Runtime;
using KernelForge.TestData;

namespace KernelForge.Families;

/// <summary>The table of all families, as Markdown.</summary>
internal sealed class FamilyTable
{
    private readonly StringBuilder text = new();
    private readonly SortedDictionary<string, (int Lines, int Code, int? Original)> lengths = new(StringComparer.Ordinal);

    /// <summary>The rows so far, between their head and what their lines come to.</summary>
    public string Text => Head() + text + Lengths();

    /// <summary>What is wrong, a line each.</summary>
    public List<string> Wrong { get; } = [];

    /// <summary>The table's head, with what its columns are.</summary>
    private static string Head() =>
        $"""
        # Families

        Written by `dotnet run -c Release --project tests/Families`, which runs every golden case of every description: all cases of a family packed into
        one ragged batch, compared with what the original gave in float64 for each sequence alone. The numbers are the largest differences seen in any
        of a description's results, values within it included where they are known; allowed is 8 times the difference between the original's own float32
        and float64 runs. The reference run computes in doubles, the CPU and the emulated GPU in float32.

        Lines are those of the description's file, counted whole, and of its code, without documentation, comments and blank lines; layers that descriptions share (RoBERTa's are
        BERT's) count where they stand. Beside them is the PyTorch original, where there is one in [transformers]({Originals.Source}): its base model's class and every class, function and table of
        `modeling_….py` that it uses, without docstrings, imports, heads, and the base classes that initialise and load weights (`tests/Families/count_originals.py`).

        | family | description | lines | code | PyTorch | cases | reference | CPU | emulated GPU | allowed |
        |---|---|---:|---:|---:|---:|---:|---:|---:|---:|

        """.ReplaceLineEndings("\n");

    /// <summary>The medians of all lines.</summary>
    private string Lengths()
    {
        (int Code, int Original)[] pairs = [.. lengths.Values.Where(l => l.Original is not null).Select(l => (l.Code, l.Original!.Value))];
        return string.Create(CultureInfo.InvariantCulture, $"""

            The {lengths.Count} descriptions have {Median(lengths.Values.Select(l => l.Lines)):0.#} lines in the median, {Median(lengths.Values.Select(l => l.Code)):0.#} of them code; the longest has {lengths.Values.Max(l => l.Lines)}. The {pairs.Length} with an
            original in PyTorch have {Median(pairs.Select(p => p.Code)):0.#} lines of code in the median, and their originals {Median(pairs.Select(p => p.Original)):0.#}.

            """).ReplaceLineEndings("\n");
    }

    private static double Median(IEnumerable<int> values)
    {
        int[] ordered = [.. values.Order()];
        return (ordered[ordered.Length / 2] + ordered[(ordered.Length - 1) / 2]) / 2.0;
    }

    /// <summary>Runs a family on every device; returns its row.</summary>
    public string Add(Family family, string folder)
    {
        Golden golden = Golden.Open(folder);
        string description = Path.GetFileNameWithoutExtension(family.File);
        string[] written = File.ReadAllLines(Path.Combine(Data.RepositoryRoot, family.File));
        int lines = written.Length, code = written.Count(line => line.Trim() is { Length: > 0 } text && !text.StartsWith("//", StringComparison.Ordinal));
        int? original = Originals.Lines(description);
        lengths[description] = (lines, code, original);
        string count = "";
        List<string> differences = [];
        (string, Device)[] devices =
        [
            ("reference", Device.Reference), ("CPU", Device.Cpu()), ("emulated GPU", Device.Emulated()),
        ];
        foreach ((string name, Device device) in devices)
        {
            (Distance distance, int cases) = family.Measure(golden, device);
            differences.Add(distance.Largest.ToString("0.0e+0", CultureInfo.InvariantCulture));
            count = cases.ToString(CultureInfo.InvariantCulture);
            if (!(distance.Excess <= 1)) Wrong.Add($"{family.Name} on the {name}: {distance.Excess:g3} times what is allowed of an output");
        }
        string[] cells =
        [
            family.Name, $"[{description}](../{family.File})", lines.ToString(CultureInfo.InvariantCulture),
            code.ToString(CultureInfo.InvariantCulture), original?.ToString(CultureInfo.InvariantCulture) ?? "–", count, .. differences,
            golden.Tolerance.ToString("0.0e+0", CultureInfo.InvariantCulture),
        ];
        string row = $"| {string.Join(" | ", cells)} |";
        text.Append(row).Append('\n');
        return row;
    }
}
