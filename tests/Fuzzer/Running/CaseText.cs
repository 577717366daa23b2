using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace KernelForge.Fuzzer.Running;

/// <summary>A case as one text: comments that say what it is run on, and the layers.</summary>
internal static partial class CaseText
{
    public static string Write(Case one)
    {
        string values = string.Join(", ", one.Values.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => $"{v.Key} = {v.Value}"));
        IEnumerable<string> inputs = one.Inputs.Select(i =>
            $"// {i.Name}: {(i.Columns > 0 ? $"{i.Columns} {(i.IsExact ? "exact " : "")}columns" : $"below {i.Below}")}, "
            + $"lengths {string.Join(' ', i.Lengths)}");
        string[] chunk = one.Chunk == 1 ? [] : [$"// brought in chunks of {one.Chunk} rows"];
        return string.Join('\n', [$"// seed {one.Seed}", $"// values: {values}", .. inputs, .. chunk, one.Text]);
    }

    /// <exception cref="FormatException">The text says of no input what it is given.</exception>
    public static Case Read(string text)
    {
        text = text.ReplaceLineEndings("\n");
        var values = ImmutableDictionary.CreateBuilder<string, int>();
        List<InputSpec> inputs = [];
        foreach (Match input in Input().Matches(text))
            inputs.Add(new InputSpec(
                input.Groups["name"].Value, Number(input, "columns"), Number(input, "below"), input.Groups["exact"].Success,
                [.. input.Groups["lengths"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    .Select(n => int.Parse(n, CultureInfo.InvariantCulture))]));
        if (inputs.Count == 0)
            throw new FormatException(
                "a case says what its inputs are: '// x: 8 columns, lengths 3 0 5', '// ids: below 7, lengths 3 0 5'");
        foreach (Match value in Value().Matches(Values().Match(text).Groups["all"].Value))
            values[value.Groups["name"].Value] = Number(value, "value");
        return new Case(text[text.IndexOf("namespace ", StringComparison.Ordinal)..], values.ToImmutable(), [.. inputs],
            Number(Seed().Match(text), "seed"))
        {
            Chunk = Chunk().Match(text) is { Success: true } chunk ? Number(chunk, "rows") : 1,
        };
    }

    private static int Number(Match match, string group) =>
        match.Groups[group] is { Success: true } found ? int.Parse(found.Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"^// (?<name>\w+): (?:(?<columns>\d+) (?<exact>exact )?columns|below (?<below>\d+)), lengths(?<lengths>[ \d]*)$",
        RegexOptions.Multiline)]
    private static partial Regex Input();

    [GeneratedRegex(@"^// values:(?<all>.*)$", RegexOptions.Multiline)]
    private static partial Regex Values();

    [GeneratedRegex(@"(?<name>\w+) = (?<value>-?\d+)")]
    private static partial Regex Value();

    [GeneratedRegex(@"^// brought in chunks of (?<rows>\d+) rows$", RegexOptions.Multiline)]
    private static partial Regex Chunk();

    [GeneratedRegex(@"^// seed (?<seed>-?\d+)$", RegexOptions.Multiline)]
    private static partial Regex Seed();
}
