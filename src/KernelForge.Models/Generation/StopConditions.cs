namespace KernelForge.Models.Generation;

/// <summary>Whether a sequence ends with its last token.</summary>
/// <param name="options">Its end ids and stop sequences.</param>
/// <param name="prompt">How many tokens its prompt has.</param>
/// <param name="limit">How many tokens it may have, prompt included.</param>
internal sealed class StopConditions(GenerationOptions options, int prompt, int limit)
{
    /// <summary>How many tokens it may have, prompt included.</summary>
    public int Limit => limit;

    /// <summary>How many tokens its prompt has.</summary>
    public int Prompt => prompt;

    /// <summary>Why a sequence of these tokens, of which at least one was generated, is not continued; null where it is.</summary>
    public FinishReason? Of(ReadOnlySpan<int> ids)
    {
        int last = ids[^1];
        foreach (int end in options.EndIds)
            if (end == last) return FinishReason.EndOfText;
        ReadOnlySpan<int> generated = ids[prompt..];
        foreach (IReadOnlyList<int> stop in options.StopSequences)
            if (EndsWith(generated, stop)) return FinishReason.StopSequence;
        return ids.Length >= limit ? FinishReason.Length : null;
    }

    private static bool EndsWith(ReadOnlySpan<int> ids, IReadOnlyList<int> stop)
    {
        if (stop.Count > ids.Length) return false;
        for (int i = 1; i <= stop.Count; i++)
            if (ids[^i] != stop[^i]) return false;
        return true;
    }
}
