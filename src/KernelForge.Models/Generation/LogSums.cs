using System.Numerics;

namespace KernelForge.Models.Generation;

/// <summary>What makes logarithms of probabilities of logits.</summary>
internal static class LogSums
{
    /// <summary>ln Σ e^logit: a logit minus this is the logarithm of its probability. Logits of −∞ have none.</summary>
    /// <exception cref="InvalidOperationException">A logit is NaN or +∞, or all are −∞.</exception>
    public static double Of(ReadOnlySpan<float> logits)
    {
        float largest = float.NegativeInfinity;
        foreach (float x in logits) largest = x > largest || float.IsNaN(x) ? x : largest;
        if (!float.IsFinite(largest))
        {
            throw new InvalidOperationException(
                float.IsNegativeInfinity(largest) ? "no token has a probability" : $"the model gave a logit that is {largest}");
        }
        double sum = 0;
        int i = 0;
        for (; i <= logits.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> powers = Vector.Exp(new Vector<float>(logits[i..]) - new Vector<float>(largest));
            Vector.Widen(powers, out Vector<double> low, out Vector<double> high);
            sum += Vector.Sum(low + high);
        }
        for (; i < logits.Length; i++) sum += MathF.Exp(logits[i] - largest);
        return largest + Math.Log(sum);
    }
}
