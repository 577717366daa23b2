using System.Globalization;
using System.Text;
using KernelForge.Emulation;
using KernelForge.Runtime;
using KernelForge.TestData;

namespace KernelForge.Families;

/// <summary>The table of all families, as Markdown.</summary>
/// <param name="longest">The rows of a case that the emulated GPU still runs.</param>
internal sealed class FamilyTable(int longest)
{
    private readonly StringBuilder text = new();

    /// <summary>The rows so far, under their head.</summary>
    public string Text => Head() + text;

    /// <summary>What is wrong, a line each.</summary>
    public List<string> Wrong { get; } = [];

    /// <summary>The table's head, with what its columns are.</summary>
    private string Head() =>
        $"""
        # Families

        Written by `dotnet run -c Release --project tests/Families`, which runs every golden case of every description: all cases of a family packed into
        one ragged batch, compared with what the original gave in float64 for each sequence alone. The numbers are the largest differences seen in any
        of a description's results, values within it included where they are known; allowed is 8 times the difference between the original's own float32
        and float64 runs. The reference run computes in doubles, the CPU and the emulated GPU in float32; the latter runs the cases of at most {longest} rows.

        | family | description | lines | cases | reference | CPU | emulated GPU | allowed |
        |---|---|---:|---:|---:|---:|---:|---:|

        """.ReplaceLineEndings("\n");

    /// <summary>Runs a family on every device; returns its row.</summary>
    public string Add(Family family, string folder)
    {
        Golden golden = Golden.Open(folder);
        List<string> cells =
        [
            family.Name, $"[{Path.GetFileNameWithoutExtension(family.File)}](../{family.File})",
            File.ReadAllLines(Path.Combine(Data.RepositoryRoot, family.File)).Length.ToString(CultureInfo.InvariantCulture),
        ];
        (string, Device, int)[] devices =
        [
            ("reference", Device.Reference, int.MaxValue), ("CPU", Device.Cpu(), int.MaxValue), ("emulated GPU", Device.Emulated(), longest),
        ];
        List<string> differences = [];
        foreach ((string name, Device device, int most) in devices)
        {
            (Distance distance, int cases) = family.Measure(golden, device, most);
            differences.Add(distance.Largest.ToString("0.0e+0", CultureInfo.InvariantCulture));
            if (cells.Count == 3) cells.Add(cases.ToString(CultureInfo.InvariantCulture));
            if (!(distance.Excess <= 1)) Wrong.Add($"{family.Name} on the {name}: {distance.Excess:g3} times what is allowed of an output");
        }
        cells.AddRange(differences);
        cells.Add(golden.Tolerance.ToString("0.0e+0", CultureInfo.InvariantCulture));
        string row = $"| {string.Join(" | ", cells)} |";
        text.Append(row).Append('\n');
        return row;
    }
}
