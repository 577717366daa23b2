namespace KernelForge.TestData;

/// <summary>What rounding costs an encoder: its vectors beside exact ones, and what they find.</summary>
/// <param name="MeanCosine">Between the two vectors of a text, on average.</param>
/// <param name="SmallestCosine">The same of the text that fares worst.</param>
/// <param name="Overlap">Of the <see cref="Found"/> nearest texts of each text, the share that both find.</param>
internal sealed record VectorAgreement(double MeanCosine, double SmallestCosine, double Overlap)
{
    public const int Found = 10;

    /// <param name="exact">A vector of length one for each of more than <see cref="Found"/> texts.</param>
    /// <param name="rounded">Those of the same texts.</param>
    public static VectorAgreement Between(float[][] exact, float[][] rounded)
    {
        double[] cosines = [.. exact.Zip(rounded, Dot)];
        double common = Enumerable.Range(0, exact.Length).Average(i => Nearest(exact, i).Intersect(Nearest(rounded, i)).Count());
        return new VectorAgreement(cosines.Average(), cosines.Min(), common / Found);
    }

    public override string ToString() =>
        $"cosine {SmallestCosine:0.00000} at least, {MeanCosine:0.00000} on average; {Overlap:0.000} of the first {Found}";

    private static int[] Nearest(float[][] vectors, int of)
    {
        double[] cosines = [.. vectors.Select(v => Dot(vectors[of], v))];
        return [.. Enumerable.Range(0, vectors.Length).Where(i => i != of).OrderByDescending(i => cosines[i]).Take(Found)];
    }

    private static double Dot(float[] a, float[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++) sum += (double)a[i] * b[i];
        return sum;
    }
}
