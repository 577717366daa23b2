using System.Numerics;

namespace KernelForge.Runtime.Batches;

/// <summary>
/// Sums over rows and over a row, in double: a sequence's mean then depends on nothing but its own values and their order,
/// and costs no accuracy however long the sequence is.
/// </summary>
internal static class RowSums
{
    /// <summary>The mean of packed rows <c>[rows, columns]</c>; zeros where there are none.</summary>
    public static void Mean(ReadOnlySpan<float> rows, Span<float> mean)
    {
        int columns = mean.Length;
        int count = columns == 0 ? 0 : rows.Length / columns;
        if (count == 0)
        {
            mean.Clear();
            return;
        }
        int column = 0;
        for (; column <= columns - Vector<float>.Count; column += Vector<float>.Count)
        {
            Vector<double> lower = Vector<double>.Zero, upper = Vector<double>.Zero;
            for (int row = 0; row < count; row++)
            {
                Vector.Widen(new Vector<float>(rows[(row * columns + column)..]), out Vector<double> low, out Vector<double> high);
                lower += low;
                upper += high;
            }
            // Divided, not multiplied by a reciprocal: the tail below rounds the same way.
            Vector.Narrow(lower / new Vector<double>(count), upper / new Vector<double>(count)).CopyTo(mean[column..]);
        }
        for (; column < columns; column++)
        {
            double sum = 0;
            for (int row = 0; row < count; row++) sum += rows[row * columns + column];
            mean[column] = (float)(sum / count);
        }
    }

    /// <summary>A row divided by its Euclidean norm; zeros stay zeros. The two may be the same row.</summary>
    public static void Normalize(ReadOnlySpan<float> row, Span<float> normalized)
    {
        double squares = 0;
        foreach (float value in row) squares += (double)value * value;
        double norm = Math.Sqrt(squares);
        for (int i = 0; i < row.Length; i++) normalized[i] = norm == 0 ? 0 : (float)(row[i] / norm);
    }
}
