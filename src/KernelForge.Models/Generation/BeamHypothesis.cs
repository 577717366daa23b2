namespace KernelForge.Models.Generation;

/// <summary>What a beam search found.</summary>
/// <param name="Tokens">The generated tokens, the last one included.</param>
/// <param name="Score">
/// The sum of the tokens' log-probabilities, after penalties and rules, over their number to the power of
/// <see cref="GenerationOptions.LengthPenalty"/>.
/// </param>
/// <param name="Finish">Why it is not continued.</param>
public sealed record BeamHypothesis(IReadOnlyList<GeneratedToken> Tokens, double Score, FinishReason Finish);
