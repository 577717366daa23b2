namespace KernelForge.Hardware;

/// <summary>How far values are from what was expected; infinite where one is NaN.</summary>
/// <param name="Largest">The largest difference.</param>
/// <param name="Relative">The norm of the differences by the norm of the expected values.</param>
internal readonly record struct Distance(double Largest, double Relative)
{
    public static Distance Between(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected)
    {
        if (actual.Length != expected.Length || expected.Length == 0) return new Distance(double.PositiveInfinity, double.PositiveInfinity);
        double largest = 0, squares = 0, norm = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs((double)actual[i] - expected[i]);
            if (double.IsNaN(difference)) return new Distance(double.PositiveInfinity, double.PositiveInfinity);
            largest = Math.Max(largest, difference);
            squares += difference * difference;
            norm += (double)expected[i] * expected[i];
        }
        return new Distance(largest, norm == 0 ? double.PositiveInfinity : Math.Sqrt(squares / norm));
    }
}
