using System.Text.Json.Nodes;
using KernelForge.Benchmarks.Measure;
using KernelForge.Runtime.Text;
using KernelForge.TestData;

namespace KernelForge.Benchmarks.Texts;

/// <summary>
/// Tokenizers on one thread, with the vocabulary of BERT's uncased models: characters a second, and on how many texts they agree.
/// </summary>
internal static class TokenizerBenchmark
{
    private const int Rounds = 15;

    /// <summary>Characters of a turn, at least: about 30 ms of the fastest, much more than what the clock cannot tell.</summary>
    private const long CharactersOfTurn = 5_000_000;

    private sealed record Contender(string Name, Action<string> Run, Func<string, IEnumerable<int>> Ids)
    {
        public Times Times { get; } = new();
    }

    /// <exception cref="InvalidOperationException">The repository's vocabulary is missing.</exception>
    public static void Run(Report report, IReadOnlyList<Corpus> corpora)
    {
        string folder = Data.Find("golden/text") ?? throw new InvalidOperationException("tests/Data/golden/text is missing");
        foreach (Corpus corpus in corpora)
        {
            Contender[] contenders = Contenders(folder, corpus);
            int passes = (int)(CharactersOfTurn / corpus.Characters) + 1;
            for (int round = 0; round <= Rounds; round++)
                foreach (Contender contender in contenders)
                {
                    if (round == 0) Turn(contender, corpus, passes); // compiles what runs often
                    else contender.Times.Add(() => Turn(contender, corpus, passes));
                }
            foreach (Contender contender in contenders) report.Add(Result(corpus, contender, contenders[0], passes));
        }
    }

    private static Contender[] Contenders(string folder, Corpus corpus)
    {
        WordPieceTokenizer own = WordPieceTokenizer.Load(folder);
        var fast = new FastBertTokenizer.BertTokenizer();
        string vocabulary = Path.Combine(folder, "vocab.txt");
        using (StreamReader reader = File.OpenText(vocabulary)) fast.LoadVocabulary(reader, convertInputToLowercase: true);
        var microsoft = Microsoft.ML.Tokenizers.BertTokenizer.Create(vocabulary);
        // Its caller's memory, which it fills: a token has a character at least, but for the two around them.
        int most = corpus.Texts.Max(text => text.Length) + 2;
        long[] ids = new long[most], mask = new long[most], types = new long[most];
        return
        [
            new("KernelForge", text => own.Encode(text), text => own.Encode(text)),
            new("FastBertTokenizer", text => fast.Encode(text, ids, mask, types),
                text => fast.Encode(text, most).InputIds.ToArray().Select(id => (int)id)),
            new("Microsoft.ML.Tokenizers", text => microsoft.EncodeToIds(text), text => microsoft.EncodeToIds(text)),
        ];
    }

    private static void Turn(Contender contender, Corpus corpus, int passes)
    {
        for (int pass = 0; pass < passes; pass++)
            foreach (string text in corpus.Texts) contender.Run(text);
    }

    private static JsonObject Result(Corpus corpus, Contender contender, Contender own, int passes)
    {
        double[] ratios = [.. contender.Times.Milliseconds.Zip(own.Times.Milliseconds).Select(pair => pair.First / pair.Second)];
        return new JsonObject
        {
            ["tokenizer"] = contender.Name,
            ["texts"] = corpus.Name,
            ["count"] = corpus.Texts.Length,
            ["characters"] = corpus.Characters,
            ["not_ascii"] = corpus.Texts.Count(text => !System.Text.Ascii.IsValid(text)),
            ["threads"] = 1,
            ["reps"] = contender.Times.Count,
            ["same_ids"] = corpus.Texts.Count(text => contender.Ids(text).SequenceEqual(own.Ids(text))),
            ["best_million_characters_a_second"] = Speed(contender.Times.Best),
            ["median_million_characters_a_second"] = Speed(contender.Times.Median),
            // On a busy machine the clock tells more of the others than of this.
            ["processor_million_characters_a_second"] = Speed(contender.Times.BestProcessor),
            ["ratio_best"] = Math.Round(contender.Times.Best / own.Times.Best, 2),
            ["ratio_median"] = Math.Round(Times.MedianOf(ratios), 2),
            ["ratio_lowest"] = Math.Round(ratios.Min(), 2),
            ["ratio_highest"] = Math.Round(ratios.Max(), 2),
        };

        double Speed(double milliseconds) => Math.Round(passes * corpus.Characters / milliseconds / 1000, 1);
    }
}
