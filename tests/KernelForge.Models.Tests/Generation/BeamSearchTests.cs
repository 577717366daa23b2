using KernelForge.Models.Generation;
using KernelForge.Runtime;
using KernelForge.Tests;

namespace KernelForge.Models.Tests.Generation;

/// <summary>Beam searches over a small vocabulary whose logits are drawn for each history.</summary>
public sealed class BeamSearchTests
{
    private const int Vocabulary = 8, End = 3;

    public static TheoryData<int, double, EarlyStopping> Searches
    {
        get
        {
            TheoryData<int, double, EarlyStopping> all = [];
            foreach (int beams in (int[])[1, 2, 4])
                foreach (double penalty in (double[])[-0.5, 0, 1, 2])
                    foreach (EarlyStopping stopping in Enum.GetValues<EarlyStopping>()) all.Add(beams, penalty, stopping);
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Searches))]
    public void A_search_finds_what_its_definition_by_arrays_finds(int beams, double penalty, EarlyStopping stopping)
    {
        for (int seed = 0; seed < 40; seed++)
        {
            GenerationOptions options = new() { Beams = beams, LengthPenalty = penalty, EarlyStopping = stopping, EndIds = [End] };
            int[] prompt = [.. Enumerable.Repeat(1, 1 + seed % 3)];
            (int[] Ids, double Score)[] expected = ByArrays(seed, prompt, prompt.Length + 6, options);
            BeamHypothesis[] found = Search(seed, prompt, prompt.Length + 6, options);
            Assert.Equal(expected.Length, found.Length);
            for (int i = 0; i < found.Length; i++)
            {
                Assert.Equal(expected[i].Ids, found[i].Tokens.Select(token => token.Id));
                Assert.Equal(expected[i].Score, found[i].Score, 1e-5);
            }
        }
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    [InlineData(0.7)]
    public void With_room_for_all_a_search_finds_the_best_of_all_texts(double penalty)
    {
        for (int seed = 0; seed < 10; seed++)
        {
            // 7 tokens that do not end a text: at most 7^3 run at a time.
            GenerationOptions options = new() { Beams = 343, LengthPenalty = penalty, EarlyStopping = EarlyStopping.Never, EndIds = [End] };
            (int[] ids, double score) = Best(seed, [1], 0, 4, penalty);
            BeamHypothesis found = Search(seed, [1], 5, options)[0];
            Assert.Equal(ids, found.Tokens.Select(token => token.Id));
            Assert.Equal(score, found.Score, 1e-5);
            Assert.Equal(ids[^1] == End ? FinishReason.EndOfText : FinishReason.Length, found.Finish);
            Assert.Equal(score, found.Tokens.Sum(token => token.LogProbability) / Math.Pow(ids.Length, penalty), 1e-5);
        }
    }

    [Fact]
    public void One_beam_without_an_end_is_the_greedy_choice()
    {
        BeamHypothesis found = Search(5, [1], 9, new() { Beams = 1 })[0];
        List<int> ids = [1];
        while (ids.Count < 9) ids.Add(TokenSampler.Choose(Logits(5, [.. ids]), new(), 0));
        Assert.Equal(ids[1..], found.Tokens.Select(token => token.Id));
    }

    [Fact]
    public void Rules_change_scores_and_leave_log_probabilities_as_the_model_gave_them()
    {
        BeamHypothesis found = Search(5, [1], 5, new() { Beams = 3, NoRepeatNgramSize = 1, EndIds = [End], MinLength = 5 })[0];
        Assert.Equal(4, found.Tokens.Select(token => token.Id).Distinct().Count());
        List<int> ids = [1];
        foreach (GeneratedToken token in found.Tokens)
        {
            float[] logits = Logits(5, [.. ids]);
            Assert.Equal(logits[token.Id] - LogSums.Of(logits), token.LogProbability, 1e-6);
            ids.Add(token.Id);
        }
    }

    [Fact]
    public void Rules_that_leave_no_token_are_an_error() => Refuses.With<InvalidOperationException>(
        "no token", () => Search(1, [.. Enumerable.Range(0, Vocabulary)], 20, new() { Beams = 2, NoRepeatNgramSize = 1 }));

    private static float[] Logits(int seed, int[] ids)
    {
        int hash = seed;
        foreach (int id in ids) hash = unchecked(hash * 31 + id + 1);
        var random = new Random(hash);
        return [.. Enumerable.Range(0, Vocabulary).Select(_ => (float)(random.NextDouble() * 6))];
    }

    private static BeamHypothesis[] Search(int seed, int[] prompt, int limit, GenerationOptions options)
    {
        var search = new BeamSearch(new Branch(prompt), options, new StopConditions(options, prompt.Length, limit));
        var logits = new Matrix(0, 0);
        do
        {
            logits.Reset(search.Running.Count + 1, Vocabulary); // the beams' rows stand behind another's
            for (int beam = 0; beam < search.Running.Count; beam++)
                Logits(seed, search.Running[beam].Ids.ToArray()).CopyTo(logits.Row(beam + 1));
        }
        while (search.Advance(logits, 1));
        return [.. search.Finished];
    }

    private static double[] LogProbabilities(int seed, int[] ids)
    {
        float[] logits = Logits(seed, ids);
        double sum = Math.Log(logits.Sum(x => Math.Exp(x)));
        return [.. logits.Select(x => x - sum)];
    }

    /// <summary>All texts of at most <paramref name="left"/> further tokens: the best one.</summary>
    private static (int[] Ids, double Score) Best(int seed, int[] ids, double sum, int left, double penalty)
    {
        (int[], double) best = ([], double.NegativeInfinity);
        double[] next = LogProbabilities(seed, ids);
        for (int id = 0; id < Vocabulary; id++)
        {
            int[] longer = [.. ids, id];
            (int[] Ids, double Score) found = id == End || left == 1
                ? (longer[1..], (sum + next[id]) / Math.Pow(longer.Length - 1, penalty))
                : Best(seed, longer, sum + next[id], left - 1, penalty);
            if (found.Score > best.Item2) best = found;
        }
        return best;
    }

    /// <summary>
    /// The search as it is defined over arrays of all beams, where −10^9 stands for what does not exist: written down once more, with whole
    /// sorts and without any of the shortcuts.
    /// </summary>
    private static (int[] Ids, double Score)[] ByArrays(int seed, int[] prompt, int limit, GenerationOptions options)
    {
        const double none = -1e9;
        int beams = options.Beams, kept = 2 * beams, length = prompt.Length;
        (int[] Ids, double Score)[] running = [.. Enumerable.Range(0, beams).Select(b => (prompt, b == 0 ? 0 : none))];
        (int[] Ids, double Score, bool Done)[] finished = [.. Enumerable.Range(0, beams).Select(_ => (prompt, none, false))];
        bool improves = true;
        while (true)
        {
            (int[] Ids, double Score)[] top =
            [
                .. (from beam in running
                    let next = LogProbabilities(seed, beam.Ids)
                    from id in Enumerable.Range(0, Vocabulary)
                    select (Ids: (int[])[.. beam.Ids, id], Score: beam.Score + next[id])).OrderByDescending(c => c.Score).Take(kept)
            ];
            bool[] ends = [.. top.Select(c => c.Ids[^1] == End || c.Ids.Length >= limit)];
            running = [.. top.Zip(ends, (c, end) => (c.Ids, c.Score + (end ? none : 0))).OrderByDescending(c => c.Item2).Take(beams)];
            bool full = finished.All(f => f.Done) && options.EarlyStopping == EarlyStopping.AtOnce;
            var merged = finished.Concat(top.Select((c, rank) =>
            {
                bool done = ends[rank] && rank < beams;
                double score = c.Score / Math.Pow(length + 1 - prompt.Length, options.LengthPenalty);
                return (c.Ids, score + (full ? none : 0) + (improves ? 0 : none) + (done ? 0 : none), done);
            }));
            finished = [.. merged.OrderByDescending(f => f.Item2).Take(beams)];
            length++;
            int hoped = options.EarlyStopping == EarlyStopping.Never && options.LengthPenalty > 0 ? limit : length;
            double best = running[0].Score / Math.Pow(hoped - prompt.Length, options.LengthPenalty);
            improves &= finished.Any(f => best > (f.Done ? finished.Min(g => g.Score) : none));
            bool open = !(finished.All(f => f.Done) && options.EarlyStopping == EarlyStopping.AtOnce);
            if (!(improves && open && !ends.All(end => end))) break;
        }
        return [.. finished.Where(f => f.Done).Select(f => (f.Ids[prompt.Length..], f.Score))];
    }
}
