using System.Buffers;
using KernelForge.Runtime;

namespace KernelForge.Models.Generation;

/// <summary>
/// A beam search as <c>generate</c> defines it: of all continuations of the running beams the best <see cref="GenerationOptions.Beams"/>
/// unfinished ones run on; those among the best that are finished are hypotheses, of which the best are kept.
/// </summary>
internal sealed class BeamSearch(Branch prompt, GenerationOptions options, StopConditions stop)
{
    private readonly List<BeamHypothesis> finished = [];

    /// <summary>The running beams, the best first.</summary>
    public IReadOnlyList<Branch> Running { get; private set; } = [prompt];

    /// <summary>For each running beam the one that it continues, by its place among those that ran before.</summary>
    public IReadOnlyList<int> Parents { get; private set; } = [];

    /// <summary>The hypotheses so far, the best first.</summary>
    public IReadOnlyList<BeamHypothesis> Finished => finished;

    /// <summary>Continues every beam by a token. Whether the search goes on.</summary>
    /// <param name="logits">Logits of next tokens, <c>[rows, vocabulary]</c>; those of the running beams are changed.</param>
    /// <param name="first">The row of the first running beam; the others' follow it.</param>
    public bool Advance(Matrix logits, int first)
    {
        int beams = options.Beams, length = Running[0].Ids.Length + 1 - stop.Prompt;
        BestContinuations best = Continuations(logits, first);
        List<Branch> next = [];
        List<int> parents = [];
        bool allEnd = true;
        for (int rank = 0; rank < best.Count; rank++)
        {
            (double score, int beam, int id, double logProbability) = best[rank];
            Branch branch = Running[beam].With(id, logProbability, score);
            FinishReason? end = stop.Of(branch.Ids);
            allEnd &= end is not null;
            if (end is null && next.Count < beams)
            {
                next.Add(branch);
                parents.Add(beam);
            }
            // The others are there so that enough beams run on where the best ones end.
            if (end is { } reason && rank < beams) Keep(new BeamHypothesis(branch.Tokens, Normalized(score, length), reason));
        }
        Running = next;
        Parents = parents;
        if (allEnd) return false;
        if (finished.Count < beams) return true;
        return options.EarlyStopping != EarlyStopping.AtOnce && Hope(length) > finished[^1].Score;
    }

    /// <summary>The best score that the search may still find.</summary>
    private double Hope(int length) => Normalized(
        Running[0].Score,
        options.EarlyStopping == EarlyStopping.Never && options.LengthPenalty > 0 ? stop.Limit - stop.Prompt : length);

    private double Normalized(double score, int length) => score / Math.Pow(length, options.LengthPenalty);

    private void Keep(BeamHypothesis hypothesis)
    {
        int at = finished.FindIndex(other => other.Score < hypothesis.Score);
        finished.Insert(at < 0 ? finished.Count : at, hypothesis);
        if (finished.Count > options.Beams) finished.RemoveAt(finished.Count - 1);
    }

    private BestContinuations Continuations(Matrix logits, int first)
    {
        var best = new BestContinuations(Math.Max(2, 1 + options.EndIds.Count) * options.Beams);
        float[] raw = ArrayPool<float>.Shared.Rent(logits.Columns);
        for (int beam = 0; beam < Running.Count; beam++)
        {
            Span<float> scores = logits.Row(first + beam);
            scores.CopyTo(raw);
            double sum = LogSums.Of(scores);
            foreach (ref float score in scores) score = (float)(score - sum);
            ScoreRules.Apply(scores, Running[beam].Ids, stop.Prompt, stop.Limit, options);
            for (int id = 0; id < scores.Length; id++)
            {
                double score = Running[beam].Score + scores[id];
                if (score > best.Least) best.Add(new(score, beam, id, raw[id] - sum));
            }
        }
        ArrayPool<float>.Shared.Return(raw);
        return best.Count > 0 ? best : throw new InvalidOperationException("the options leave no token that may follow");
    }
}
