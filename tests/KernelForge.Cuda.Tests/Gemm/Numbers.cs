namespace KernelForge.Cuda.Tests.Gemm;

/// <summary>Numbers for a product, and what is right.</summary>
internal sealed class Numbers(ElementType element, int seed)
{
    private readonly Random random = new(seed);

    /// <summary>Between -1 and 1, as they are stored.</summary>
    public float[] Some(int count) => [.. Enumerable.Range(0, count).Select(_ => element.Stored(random.NextSingle() * 2 - 1))];

    /// <summary>A weight as its rows [outputs][inner].</summary>
    public float[][] Weight(int outputs, int inner) => [.. Enumerable.Range(0, outputs).Select(_ => Some(inner))];

    /// <summary>
    /// input [rows, inner] times the weight, in doubles of the factors that the product takes: the sums [rows, outputs], and how far from
    /// them a chain of additions in float may end. Products of two factors are exact before they are added (of 16-bit and tf32 numbers
    /// because they fit a float, of floats by multiply-adds); each of the inner additions then errs by at most one unit in the last place,
    /// 2^-23, of a partial sum, and no partial sum exceeds the sum of the magnitudes. (Half a unit where additions round to nearest; matrix
    /// instructions cut off.)
    /// </summary>
    public (double[] Sums, double[] Errors) Product(float[] input, float[][] weight)
    {
        int inner = weight[0].Length, outputs = weight.Length;
        double[] sums = new double[input.Length / inner * outputs], errors = new double[sums.Length];
        for (int i = 0; i < sums.Length; i++)
        {
            double magnitude = 0;
            for (int k = 0; k < inner; k++)
            {
                double product = (double)element.Factor(input[i / outputs * inner + k]) * element.Factor(weight[i % outputs][k]);
                sums[i] += product;
                magnitude += Math.Abs(product);
            }
            errors[i] = inner * Math.ScaleB(magnitude, -23);
        }
        return (sums, errors);
    }

    /// <summary>
    /// Fails where a stored result is further from what is right than its error before it was rounded to its type and that rounding allow.
    /// </summary>
    public void Compare(double[] expected, double[] errors, float[] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            double allowed = errors[i] + element.Unit * (Math.Abs(expected[i]) + errors[i]) + element.Least;
            Assert.True(Math.Abs(actual[i] - expected[i]) <= allowed,
                $"{what}, result {i}: {actual[i]:r} and not {expected[i]:r}, where {allowed:e2} is allowed");
        }
    }
}
