namespace KernelForge.Reference;

/// <summary>
/// erf to the last bits of a double: Taylor's series about the nearest of a grid of points, its coefficients from the differential equation
/// f″ = −2x·f′. The values at the points come from Kummer's series, erf(x) = 2/√π · e^(−x²) · Σ 2ⁿx²ⁿ⁺¹/(2n+1)!!, all of whose terms are
/// positive, summed with 28 digits.
/// </summary>
internal static class ErrorFunction
{
    private const int PointsPerUnit = 8;

    /// <summary>From here on erf is 1 to within half a unit in the last place.</summary>
    private const int End = 6;

    /// <summary>Within a 16th of a point, terms beyond this one are below 1e-17.</summary>
    private const int Terms = 13;

    private const decimal TwoOverRootPi = 1.1283791670955125738961589031m;

    private static readonly double[][] Coefficients = [.. Enumerable.Range(0, (End * PointsPerUnit) + 1).Select(CoefficientsAt)];

    public static double Erf(double x)
    {
        if (double.IsNaN(x)) return x;
        double size = Math.Abs(x);
        if (size >= End) return Math.CopySign(1, x);
        int point = (int)Math.Round(size * PointsPerUnit);
        double distance = size - ((double)point / PointsPerUnit);
        double[] coefficients = Coefficients[point];
        double sum = coefficients[Terms - 1];
        for (int n = Terms - 2; n >= 0; n--) sum = Math.FusedMultiplyAdd(sum, distance, coefficients[n]);
        return Math.CopySign(sum, x);
    }

    private static double[] CoefficientsAt(int point)
    {
        decimal x = (decimal)point / PointsPerUnit;
        decimal growth = 1, growthTerm = 1;
        decimal series = x, seriesTerm = x;
        for (int n = 1; growthTerm + seriesTerm > 0; n++)
        {
            growthTerm *= x * x / n;
            growth += growthTerm;
            seriesTerm *= 2 * x * x / ((2 * n) + 1);
            series += seriesTerm;
        }
        double[] c = new double[Terms];
        c[0] = (double)(TwoOverRootPi * series / growth);
        c[1] = (double)(TwoOverRootPi / growth);
        for (int n = 0; n + 2 < Terms; n++)
            c[n + 2] = -2 * (((double)x * (n + 1) * c[n + 1]) + (n * c[n])) / ((n + 2) * (n + 1));
        return c;
    }
}
