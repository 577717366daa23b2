namespace KernelForge;

/// <summary>
/// In which numbers a layer's author wants rows multiplied with weights: see <see cref="PrecisionAttribute"/>. Sums, and all that is no
/// such product, are float32 or what the device has.
/// </summary>
public enum Precision
{
    /// <summary>float32.</summary>
    Float32,

    /// <summary>bfloat16: 8 bits of precision, a float's range.</summary>
    BFloat16,

    /// <summary>8-bit integers, with scales for each output and each row.</summary>
    Int8,
}
