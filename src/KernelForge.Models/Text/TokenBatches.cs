namespace KernelForge.Models.Text;

/// <summary>
/// Cuts sequences into batches of about as many tokens each, the longest first: buffers then grow once, and a batch holds
/// sequences of like lengths. No result depends on it: every sequence comes out as if it ran alone.
/// </summary>
internal static class TokenBatches
{
    /// <summary>Indices of the sequences of each batch. A sequence beyond the budget is a batch of its own.</summary>
    public static IEnumerable<int[]> Cut(IReadOnlyList<int> lengths, int budget)
    {
        int[] order = [.. Enumerable.Range(0, lengths.Count).OrderByDescending(i => lengths[i])]; // stable: equal lengths keep their order
        int start = 0, tokens = 0;
        for (int i = 0; i < order.Length; i++)
        {
            int length = lengths[order[i]];
            if (i > start && tokens + length > budget)
            {
                yield return order[start..i];
                (start, tokens) = (i, 0);
            }
            tokens += length;
        }
        if (order.Length > start) yield return order[start..];
    }
}
