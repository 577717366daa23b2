namespace KernelForge.Models.Generation;

/// <summary>What changes scores (logits; in a beam search their log-probabilities) before a token is chosen by them.</summary>
internal static class ScoreRules
{
    /// <summary>Applies all that the options ask for, in the order in which <c>generate</c> does.</summary>
    /// <param name="scores">A score for each token, <c>[vocabulary]</c>; −∞ where it must not be chosen.</param>
    /// <param name="ids">What the sequence has: its prompt and the tokens generated so far.</param>
    /// <param name="prompt">How many of them are the prompt's.</param>
    /// <param name="limit">How many tokens it may have.</param>
    /// <param name="options">The rules.</param>
    /// <exception cref="ArgumentException">A token is forced that the vocabulary does not have.</exception>
    public static void Apply(Span<float> scores, ReadOnlySpan<int> ids, int prompt, int limit, GenerationOptions options)
    {
        if (options.RepetitionPenalty != 1) Penalize(scores, ids, options.RepetitionPenalty);
        if (options.NoRepeatNgramSize > 0) ForbidRepeats(scores, ids, options.NoRepeatNgramSize);
        if (ids.Length < options.MinLength || ids.Length - prompt < options.MinNewTokens)
        {
            foreach (int id in options.EndIds)
                if (id < scores.Length) scores[id] = float.NegativeInfinity;
        }
        if (options.ForcedFirstId is { } first && ids.Length == 1) Force(scores, [first], nameof(options.ForcedFirstId));
        if (options.ForcedLastIds.Count > 0 && ids.Length == limit - 1) Force(scores, options.ForcedLastIds, nameof(options.ForcedLastIds));
    }

    private static void Penalize(Span<float> scores, ReadOnlySpan<int> ids, float penalty)
    {
        var seen = new HashSet<int>();
        foreach (int id in ids)
            if (id < scores.Length && seen.Add(id)) scores[id] = scores[id] < 0 ? scores[id] * penalty : scores[id] / penalty;
    }

    /// <summary>Forbids what followed the last <paramref name="size"/> − 1 tokens wherever they stood before.</summary>
    private static void ForbidRepeats(Span<float> scores, ReadOnlySpan<int> ids, int size)
    {
        if (ids.Length < size) return;
        ReadOnlySpan<int> tail = ids[(ids.Length - size + 1)..];
        for (int start = 0; start <= ids.Length - size; start++)
        {
            int next = ids[start + size - 1];
            if (next < scores.Length && ids.Slice(start, size - 1).SequenceEqual(tail)) scores[next] = float.NegativeInfinity;
        }
    }

    private static void Force(Span<float> scores, IReadOnlyList<int> forced, string name)
    {
        foreach (int id in forced)
        {
            if (id >= scores.Length)
                throw new ArgumentException($"{name} has the id {id}, and the model's vocabulary has {scores.Length} tokens");
        }
        scores.Fill(float.NegativeInfinity);
        foreach (int id in forced) scores[id] = 0;
    }
}
