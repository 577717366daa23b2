using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using KernelForge.Fuzzer.Compiling;
using KernelForge.Fuzzer.Descriptions;
using KernelForge.Fuzzer.Drawing;

namespace KernelForge.Fuzzer.Reports;

/// <summary>
/// How often what of the language was drawn, what kernels came of it, and what the compiler did to it: of descriptions that were run and
/// compared.
/// </summary>
internal sealed partial class Coverage
{
    private readonly SortedDictionary<string, int> ops = new(StringComparer.Ordinal), kernels = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> onGpu = new(StringComparer.Ordinal), passes = new(StringComparer.Ordinal);

    public Coverage()
    {
        foreach (string pass in PassEffects.All) passes[pass] = 0;
    }

    public IReadOnlyDictionary<string, int> Ops => ops;

    public IReadOnlyDictionary<string, int> Kernels => kernels;

    /// <summary>Of those that the emulated GPU ran.</summary>
    public IReadOnlyDictionary<string, int> OnGpu => onGpu;

    /// <summary>What the compiler did, by <see cref="PassEffects"/>.</summary>
    public IReadOnlyDictionary<string, int> Passes => passes;

    /// <summary>What stands in fewer descriptions than that.</summary>
    public IEnumerable<string> Below(int count) =>
        ops.Concat(kernels).Concat(passes).Where(c => c.Value < count).Select(c => $"{c.Key} ({c.Value})");

    /// <summary>How much a description has of what few others had, for its size: the rarest counts as much as many that are common.</summary>
    /// <param name="all">Its ops.</param>
    /// <param name="others">Those of descriptions that will be run with it.</param>
    public double Rarity(IReadOnlySet<string> all, IReadOnlyList<IReadOnlySet<string>> others) => all.Sum(op =>
    {
        double seen = 1 + ops.GetValueOrDefault(op) + others.Count(other => other.Contains(op));
        return 1 / (seen * seen);
    }) / (8 + all.Count);

    public void Add(Description description, Compiled compiled, bool isOnGpu)
    {
        foreach (string op in description.Ops)
        {
            ops[op] = ops.GetValueOrDefault(op) + 1;
            if (isOnGpu) onGpu[op] = onGpu.GetValueOrDefault(op) + 1;
        }
        bool isLong = isOnGpu && compiled.Case.Inputs.Any(input => input.Lengths.Any(length => length > Batch.MostRowsOfOneChunk));
        foreach (string pass in PassEffects.Of(compiled.Unit!))
        {
            passes[pass]++;
            if (pass == PassEffects.LinearScan && isLong) passes[PassEffects.ScanInChunks]++;
        }
        string plan = compiled.Generated.First(file => file.Name == $"{compiled.Case.Namespace}.{compiled.Case.Layer}.g.cs").Text;
        foreach (string kind in PlanLine().Matches(plan).SelectMany(KindsOf).Distinct()) kernels[kind] = kernels.GetValueOrDefault(kind)
            + 1;
    }

    /// <summary>Tables in Markdown: how many descriptions each stands in.</summary>
    public string Table()
    {
        var text = new StringBuilder();
        Write("passes and choices of the compiler that did something", passes);
        Write("kernels and steps of plans", kernels);
        Write("of the language", ops);
        return text.ToString();

        void Write(string what, IReadOnlyDictionary<string, int> counts)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {what} | descriptions | {what} | descriptions |\n|---|---|---|---|\n");
            foreach (KeyValuePair<string, int>[] pair in counts.Chunk(2))
                text.Append(CultureInfo.InvariantCulture, $"| {Cell(pair[0])} | {(pair.Length > 1 ? Cell(pair[1]) : " |")} |\n");
            text.Append('\n');
        }

        static string Cell(KeyValuePair<string, int> one) => $"{one.Key.Replace("|", "\\|", StringComparison.Ordinal)} | {one.Value}";
    }

    /// <summary>What a line of the plan in words tells: the kernel's kind, and how much it does at once.</summary>
    private static IEnumerable<string> KindsOf(Match line)
    {
        (string kind, string rest) = (line.Groups["kind"].Value, line.Groups["rest"].Value);
        yield return kind;
        if (kind == "row" && rest.Contains("Mean(", StringComparison.Ordinal) | rest.Contains("Sum(", StringComparison.Ordinal))
            yield return "row with reductions";
        if (kind != "gemm") yield break;
        string[] blocks = rest.Split("; ");
        if (blocks.Length > 1) yield return "gemm of several blocks";
        if (blocks.Any(block => block.Count(c => c == '·') > 1)) yield return "gemm of a gate pair";
        if (blocks.Any(block => !PlainBlock().IsMatch(block))) yield return "gemm with an epilogue";
    }

    [GeneratedRegex(
        @"^// +(?<kind>row|gemm|attention|segment|elements|linear attention|linear scan|scan|bank|for|if|else)\b(?<rest>.*)$", RegexOptions.Multiline)]
    private static partial Regex PlanLine();

    [GeneratedRegex(@"= [\w.\[\]]+ · [\w.\[\]]+( \+ [\w.\[\]]+\.bias)?$")]
    private static partial Regex PlainBlock();
}
