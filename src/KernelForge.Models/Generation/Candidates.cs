namespace KernelForge.Models.Generation;

/// <summary>The tokens that may be drawn, the most probable first; of equal ones the lower id.</summary>
internal static class Candidates
{
    /// <summary>Up to here a sorted list is cheaper than sorting the vocabulary.</summary>
    private const int ShortList = 512;

    /// <summary>The greatest scores, those equal to the last of them too; none of −∞.</summary>
    public static int[] Largest(ReadOnlySpan<float> scores, int count)
    {
        float least = count < scores.Length ? LeastOfLargest(scores, count) : float.NegativeInfinity;
        var found = new List<int>(Math.Min(count, scores.Length));
        for (int id = 0; id < scores.Length; id++)
            if (scores[id] >= least && !float.IsNegativeInfinity(scores[id])) found.Add(id);
        int[] ids = [.. found];
        var keys = new float[ids.Length];
        for (int i = 0; i < ids.Length; i++) keys[i] = scores[ids[i]];
        Array.Sort(keys, ids, Comparer<float>.Create((a, b) => b.CompareTo(a)));
        for (int start = 0, end; start < ids.Length; start = end) // equal ones by id: the sort is not stable
        {
            for (end = start + 1; end < ids.Length && keys[end] == keys[start]; end++) { }
            Array.Sort(ids, start, end - start);
        }
        return ids;
    }

    /// <summary>The fewest of the most probable ones that have <paramref name="mass"/> of the weight of all.</summary>
    /// <param name="scores">A score for each token.</param>
    /// <param name="among">Those that may be drawn, the most probable first; null for all.</param>
    /// <param name="weight">The weight of a score; grows with it.</param>
    /// <param name="mass">Above 0, below 1.</param>
    public static int[] Nucleus(ReadOnlySpan<float> scores, int[]? among, Func<float, double> weight, double mass)
    {
        double all = 0;
        if (among is null) foreach (float score in scores) all += weight(score);
        else foreach (int id in among) all += weight(scores[id]);
        // Where a few tokens have the mass, as they nearly always do, the rest need not be sorted.
        for (int count = 64; ; count = count > scores.Length / 8 ? scores.Length : count * 8)
        {
            int[] ids = among ?? Largest(scores, Math.Min(count, scores.Length));
            double sum = 0;
            for (int i = 0; i < ids.Length; i++)
                if ((sum += weight(scores[ids[i]])) >= mass * all) return ids[..(i + 1)];
            if (among is not null || count >= scores.Length) return ids; // the sums differ by rounding
        }
    }

    private static float LeastOfLargest(ReadOnlySpan<float> scores, int count)
    {
        if (count > ShortList)
        {
            float[] sorted = scores.ToArray();
            Array.Sort(sorted);
            return sorted[^count];
        }
        Span<float> largest = stackalloc float[count]; // descending
        largest.Fill(float.NegativeInfinity);
        foreach (float score in scores)
        {
            if (!(score > largest[^1])) continue;
            int at = count - 1;
            for (; at > 0 && largest[at - 1] < score; at--) largest[at] = largest[at - 1];
            largest[at] = score;
        }
        return largest[^1];
    }
}
