namespace KernelForge.Runtime;

/// <summary>
/// In which numbers the CPU multiplies rows with weights. Embeddings, norms, scores, the softmax and sums are float32. Products of attention
/// are in bfloat16 beside weights in bfloat16 or bytes, where the machine has instructions for them and the layer is not incremental.
/// </summary>
public enum CpuPrecision
{
    /// <summary>float32.</summary>
    Float32,

    /// <summary>Rows and weights are rounded to bfloat16, 8 bits of precision; products are summed in float32.</summary>
    BFloat16,

    /// <summary>
    /// Weights are rounded to 8-bit integers with a scale for each output, rows with a scale for each row; products are summed in whole
    /// numbers, exactly.
    /// </summary>
    Int8,
}

internal static class CpuPrecisions
{
    extension(Precision precision)
    {
        /// <summary>What an author's word means on the CPU.</summary>
        public CpuPrecision OnCpu => precision switch
        {
            Precision.Float32 => CpuPrecision.Float32,
            Precision.BFloat16 => CpuPrecision.BFloat16,
            Precision.Int8 => CpuPrecision.Int8,
            _ => throw new ArgumentOutOfRangeException(nameof(precision), precision, "no such precision"),
        };
    }
}
