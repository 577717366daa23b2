using System.Text.Json;
using KernelForge.Benchmarks.Texts;

namespace KernelForge.Benchmarks.Sentences;

/// <summary>
/// English prose that every machine with a .NET SDK has: the summaries of its API documentation, one by one (short), and joined in
/// their order until a hundred words are together (long). The same SDK gives the same texts.
/// </summary>
/// <param name="Name">What results call them.</param>
/// <param name="Source">Where they are from.</param>
/// <param name="Texts">All different.</param>
internal sealed record SampleTexts(string Name, string Source, string[] Texts)
{
    private const int LongWords = 100, MostWords = 200;

    public int WordCount => Texts.Sum(text => Words(text).Length);

    /// <summary>Short texts, and a fifth as many long ones; none of both where this machine has no documentation, or too little.</summary>
    public static IReadOnlyList<SampleTexts> Find(int count)
    {
        if (Corpus.ApiSummaries() is not { } corpus) return [];
        string[] summaries = [.. corpus.Texts.Select(text => string.Join(' ', Words(text))).Distinct()];
        string[] single = [.. summaries.Where(s => Words(s).Length is >= 4 and <= 40)], joined = [.. Joined(summaries)];
        if (single.Length < count || joined.Length < count / 5) return [];
        return [new("short", corpus.Name, Spread(single, count)), new("long", corpus.Name, Spread(joined, count / 5))];
    }

    public void WriteTo(string path) => File.WriteAllText(path, JsonSerializer.Serialize(Texts));

    internal static IEnumerable<string> Joined(IEnumerable<string> summaries)
    {
        var parts = new List<string>();
        int words = 0;
        foreach (string summary in summaries)
        {
            int more = Words(summary).Length;
            if (words + more > MostWords) continue;
            parts.Add(summary);
            words += more;
            if (words < LongWords) continue;
            yield return string.Join(' ', parts);
            parts.Clear();
            words = 0;
        }
    }

    /// <summary>As many, evenly far apart, so that all parts of the documentation are among them.</summary>
    private static string[] Spread(string[] texts, int count) =>
        [.. Enumerable.Range(0, count).Select(i => texts[(int)((long)i * texts.Length / count)])];

    private static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
