namespace KernelForge.Tests;

internal static class Close
{
    /// <summary>Every element within 1e-14, relative to magnitudes above 1.</summary>
    public static void To(ReadOnlySpan<double> expected, Tokens actual, double tolerance = 1e-14)
    {
        Assert.Equal(expected.Length, actual.Values.Length);
        for (int n = 0; n < expected.Length; n++)
        {
            double allowed = tolerance * Math.Max(1, Math.Abs(expected[n]));
            Assert.True(
                Math.Abs(expected[n] - actual.Values[n]) <= allowed,
                $"element {n} of {actual}: expected {expected[n]:R}, got {actual.Values[n]:R}");
        }
    }
}
