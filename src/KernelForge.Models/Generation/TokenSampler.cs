using System.Buffers;

namespace KernelForge.Models.Generation;

/// <summary>Chooses a token by its score.</summary>
internal static class TokenSampler
{
    /// <summary>The greatest score's token, or one that is drawn, as the options say.</summary>
    /// <param name="scores">A score for each token; −∞ where it must not be chosen.</param>
    /// <param name="options">How it is chosen.</param>
    /// <param name="index">How many tokens were drawn for the sequence before.</param>
    /// <exception cref="InvalidOperationException">All scores are −∞.</exception>
    public static int Choose(ReadOnlySpan<float> scores, GenerationOptions options, int index)
    {
        int best = 0;
        for (int id = 1; id < scores.Length; id++)
            if (scores[id] > scores[best]) best = id;
        if (float.IsNegativeInfinity(scores[best])) throw new InvalidOperationException("the options leave no token that may follow");
        return options.Sample ? Draw(scores, options, scores[best], Draws.At(options.Seed, index)) : best;
    }

    private static int Draw(ReadOnlySpan<float> scores, GenerationOptions options, double largest, double draw)
    {
        double temperature = options.Temperature;
        double Weight(float score) => Math.Exp((score - largest) / temperature);

        int[]? ids = null; // all
        if (options.TopK > 0 && options.TopK < scores.Length) ids = Candidates.Largest(scores, options.TopK);
        if (options.TopP < 1) ids = Candidates.Nucleus(scores, ids, Weight, options.TopP);
        int count = ids?.Length ?? scores.Length;
        double[] sums = ArrayPool<double>.Shared.Rent(count);
        double sum = 0;
        for (int i = 0; i < count; i++) sums[i] = sum += Weight(scores[ids?[i] ?? i]);
        // The first whose sum is beyond the target: one of weight 0 never is, and rounding cannot lead behind the last.
        double target = Math.Min(draw * sum, Math.BitDecrement(sum));
        int at = Array.BinarySearch(sums, 0, count, target);
        at = at < 0 ? ~at : at;
        while (sums[at] <= target) at++;
        ArrayPool<double>.Shared.Return(sums);
        return ids?[at] ?? at;
    }
}
