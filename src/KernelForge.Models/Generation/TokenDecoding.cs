using System.Buffers;
using KernelForge.Runtime;

namespace KernelForge.Models.Generation;

/// <summary>A token at a time, the most probable one or one that is drawn.</summary>
internal sealed class TokenDecoding(Branch branch, GenerationOptions options, StopConditions stop) : Decoding
{
    public override IReadOnlyList<Branch> Branches { get; } = [branch];

    public override IReadOnlyList<GeneratedToken> Settled => branch.Tokens;

    public override FinishReason? Advance(Matrix logits, int first)
    {
        Span<float> row = logits.Row(first);
        double sum = LogSums.Of(row);
        float[] rented = ArrayPool<float>.Shared.Rent(row.Length);
        Span<float> scores = rented.AsSpan(0, row.Length);
        row.CopyTo(scores);
        ScoreRules.Apply(scores, branch.Ids, stop.Prompt, stop.Limit, options);
        int id = TokenSampler.Choose(scores, options, branch.Tokens.Count);
        ArrayPool<float>.Shared.Return(rented);
        branch.Append(id, row[id] - sum);
        return stop.Of(branch.Ids);
    }
}
