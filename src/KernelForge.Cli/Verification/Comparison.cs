namespace KernelForge.Cli.Verification;

/// <summary>How far a device's results are from the reference's.</summary>
/// <param name="Rms">Of the reference's values.</param>
/// <param name="Largest">The largest difference; infinite where a result is no finite number.</param>
internal sealed record Comparison(double Rms, double Largest)
{
    /// <summary>The largest difference in units of the reference's root mean square.</summary>
    public double Relative => Largest == 0 ? 0 : Largest / Rms;

    public static Comparison Of(float[][] reference, float[][] result)
    {
        double squares = 0, largest = 0;
        long count = 0;
        foreach ((float[] expected, float[] actual) in reference.Zip(result))
        {
            if (expected.Length != actual.Length)
                throw new InvalidDataException($"{actual.Length} values where the reference has {expected.Length}");
            for (int i = 0; i < expected.Length; i++)
            {
                double difference = Math.Abs((double)actual[i] - expected[i]);
                largest = Math.Max(largest, double.IsFinite(difference) ? difference : double.PositiveInfinity);
                squares += (double)expected[i] * expected[i];
            }
            count += expected.Length;
        }
        return new Comparison(Math.Sqrt(squares / Math.Max(1, count)), largest);
    }
}
