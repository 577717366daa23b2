using KernelForge.Models.Generation;
using KernelForge.Runtime;

namespace KernelForge.Models.Tests.Generation;

/// <summary>What a sequence has to become, computed by itself over its whole history, without session and cache.</summary>
internal static class Expected
{
    /// <summary>Bytes that a row of ids has in the fake models' caches.</summary>
    public const int BytesOfRow = 8;

    public static int[] Tokens(int[] prompt, GenerationOptions options, int[]? source = null)
    {
        var stop = Stop(prompt, options);
        if (options.Beams > 1) return [.. Search(prompt, options, source)[0].Tokens.Select(token => token.Id)];
        List<int> ids = [.. prompt];
        do
        {
            float[] logits = FakeLogits.Of([.. ids], source);
            ScoreRules.Apply(logits, [.. ids], prompt.Length, stop.Limit, options);
            ids.Add(TokenSampler.Choose(logits, options, ids.Count - prompt.Length));
        }
        while (stop.Of([.. ids]) is null);
        return [.. ids.Skip(prompt.Length)];
    }

    public static IReadOnlyList<BeamHypothesis> Search(int[] prompt, GenerationOptions options, int[]? source = null)
    {
        var search = new BeamSearch(new Branch(prompt), options, Stop(prompt, options));
        var logits = new Matrix(0, 0);
        do
        {
            logits.Reset(search.Running.Count, FakeLogits.Vocabulary);
            for (int beam = 0; beam < search.Running.Count; beam++)
                FakeLogits.Of(search.Running[beam].Ids, source).CopyTo(logits.Row(beam));
        }
        while (search.Advance(logits, 0));
        return search.Finished;
    }

    /// <summary>Options of all kinds, drawn by a number.</summary>
    public static GenerationOptions Options(int number)
    {
        var some = new GenerationOptions { EndIds = [FakeLogits.End], MaxNewTokens = 3 + number % 11 };
        return (number % 5) switch
        {
            0 => some,
            1 => some with { Sample = true, Seed = (ulong)number, TopK = 4, Temperature = 1.3f },
            2 => some with { Sample = true, Seed = (ulong)number, TopP = 0.8f, RepetitionPenalty = 1.2f },
            3 => some with { Beams = 2 + number % 3, LengthPenalty = 0.5 },
            _ => some with { NoRepeatNgramSize = 2, MinNewTokens = 2, StopSequences = [[1, 2], [5]] },
        };
    }

    public static int[] Prompt(int number) =>
        [.. Enumerable.Range(0, 1 + number * 7 % 13).Select(i => (number + i * i) % FakeLogits.Vocabulary)];

    public static int[] Ids(GeneratedSequence sequence) => [.. sequence.Tokens.Select(token => token.Id)];

    /// <summary>That a sequence became what it becomes by itself, with all hypotheses of a search.</summary>
    public static void AssertBecame(GeneratedSequence sequence, int[] prompt, int[]? source = null)
    {
        Assert.Null(sequence.Error);
        Assert.Equal(Tokens(prompt, sequence.Options, source), Ids(sequence));
        if (sequence.Options.Beams == 1) return;
        IReadOnlyList<BeamHypothesis> expected = Search(prompt, sequence.Options, source);
        Assert.Equal(expected.Select(h => (h.Score, h.Finish)), sequence.Beams.Select(h => (h.Score, h.Finish)));
        Assert.Equal(expected.SelectMany(h => h.Tokens), sequence.Beams.SelectMany(h => h.Tokens));
    }

    private static StopConditions Stop(int[] prompt, GenerationOptions options) => new(
        options, prompt.Length, options.MaxNewTokens is { } further ? prompt.Length + further : options.MaxLength!.Value);
}
