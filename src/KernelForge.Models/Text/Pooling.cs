using KernelForge.Runtime;

namespace KernelForge.Models.Text;

/// <summary>How the rows of a text become one vector.</summary>
internal enum PoolingMode
{
    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>Their sum over the square root of their number.</summary>
    MeanSqrtLength,

    /// <summary>The largest value of each feature.</summary>
    Max,

    /// <summary>The first row.</summary>
    Cls,
}

internal static class Pooling
{
    /// <summary>Pools <c>[tokens, hidden]</c> into <c>[sequences, hidden]</c>; an empty sequence gives zeros.</summary>
    public static void Pool(this PoolingMode mode, RaggedMatrix hidden, Matrix destination)
    {
        if (mode is PoolingMode.Mean or PoolingMode.MeanSqrtLength) hidden.MeanPool(destination);
        else destination.Reset(hidden.SequenceCount, hidden.Columns);
        ReadOnlySpan<int> offsets = hidden.Offsets;
        for (int s = 0; s < hidden.SequenceCount; s++)
        {
            int length = offsets[s + 1] - offsets[s];
            if (length == 0) continue;
            Span<float> vector = destination.Row(s);
            if (mode == PoolingMode.Cls) hidden.Row(offsets[s]).CopyTo(vector);
            else if (mode == PoolingMode.Max) Largest(hidden, offsets[s], length, vector);
            else if (mode == PoolingMode.MeanSqrtLength)
                foreach (ref float value in vector) value *= MathF.Sqrt(length);
        }
    }

    private static void Largest(RaggedMatrix hidden, int first, int length, Span<float> vector)
    {
        hidden.Row(first).CopyTo(vector);
        for (int row = first + 1; row < first + length; row++)
        {
            Span<float> values = hidden.Row(row);
            for (int k = 0; k < vector.Length; k++) vector[k] = MathF.Max(vector[k], values[k]);
        }
    }
}
