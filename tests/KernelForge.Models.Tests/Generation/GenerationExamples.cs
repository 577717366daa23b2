using KernelForge.Models.Generation;
using KernelForge.Runtime;
using KernelForge.TestData;

namespace KernelForge.Models.Tests.Generation;

/// <summary>What <c>docs/generation.md</c> shows, run on a small checkpoint.</summary>
public sealed class GenerationExamples : IDisposable
{
    private static readonly int[] promptIds = [5, 17, 300, 8];

    private readonly TemporaryFolder folder =
        LanguageModel.All.Single(family => family.Family == "gpt2").Write(Golden.Require("gpt2"), tied: true);

    /// <summary>Keeps what the examples print.</summary>
    private Printed Console { get; } = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Tokens_come_as_a_stream()
    {
        using GenerationSession session = GenerationSession.Load(folder.Path, budget: 1L << 30, Device.Cpu());

        await foreach (GeneratedToken token in session.Join(promptIds, new() { MaxNewTokens = 64, EndIds = [50256] }))
            Console.WriteLine($"{token.Id} {token.LogProbability:f3}");
        Assert.Equal(64, Console.Texts.Count);
    }

    [Fact]
    public async Task Many_are_read_at_once()
    {
        using GenerationSession session = GenerationSession.Load(folder.Path, budget: 1L << 30, Device.Cpu());
        int[][] prompts = [promptIds, [1], [2, 3]];
        GenerationOptions options = session.Defaults with { Seed = 7, Sample = true, MaxNewTokens = 20 };
        GeneratedSequence[] all = [.. prompts.Select(prompt => session.Join(prompt, options))];
        GeneratedToken[][] texts = await Task.WhenAll(all.Select(async sequence => await sequence.ToArrayAsync()));
        Assert.All(texts, text => Assert.Equal(20, text.Length));
        GeneratedSequence again = session.Join(promptIds, options);
        while (session.Step()) { }
        Assert.Equal(texts[0], again.Tokens);
    }

    [Fact]
    public async Task A_search_gives_its_hypotheses()
    {
        using GenerationSession session = GenerationSession.Load(folder.Path, budget: 1L << 30, Device.Cpu());
        GeneratedSequence search = session.Join(promptIds, new() { Beams = 4, MaxNewTokens = 40, EndIds = [50256] });
        await foreach (GeneratedToken token in search) Console.Write($"{token.Id} ");
        foreach (BeamHypothesis found in search.Beams) Console.WriteLine($"{found.Score:f3}: {found.Tokens.Count} tokens");
        Assert.Equal(44, Console.Texts.Count);
    }

    [Fact]
    public void The_page_shows_nothing_else()
    {
        string Text(params string[] path) => File.ReadAllText(Path.Combine([Data.RepositoryRoot, .. path])).ReplaceLineEndings("\n");
        string here = Text("tests", "KernelForge.Models.Tests", "Generation", "GenerationExamples.cs")
            + Text("src", "KernelForge.Models", "Gpt2Generator.cs");
        string[] blocks = Text("docs", "generation.md").Split("```csharp\n")[1..];
        Assert.InRange(blocks.Length, 4, int.MaxValue);
        Assert.All(blocks.SelectMany(block => block.Split("```")[0].Split('\n', StringSplitOptions.TrimEntries)), line =>
            Assert.Contains(line.Replace("\"gpt2-folder\"", "folder.Path", StringComparison.Ordinal), here, StringComparison.Ordinal));
    }

    private sealed class Printed
    {
        public List<string> Texts { get; } = [];

        public void Write(string text) => Texts.Add(text);

        public void WriteLine(string text) => Texts.Add(text);
    }
}
