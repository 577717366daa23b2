using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime.Cuda;

/// <summary>The type in which a device keeps weights and intermediate values. Sums are in float always.</summary>
public enum CudaPrecision
{
    /// <summary>IEEE half: 11 bits of precision, largest value 65504.</summary>
    Float16,

    /// <summary>The upper half of a float: 8 bits of precision, a float's range.</summary>
    BFloat16,

    /// <summary>Floats whose products take operands of 11 bits of precision.</summary>
    TensorFloat32,

    /// <summary>Floats, multiplied and added as such; tensor cores stay idle.</summary>
    Float32,
}

internal static class CudaPrecisions
{
    /// <summary>
    /// The finest that a layer asks for, as a program has one precision; null where any will do. There are no products of bytes.
    /// </summary>
    public static CudaPrecision? For(LayerPrecision precision) =>
        precision.OfLayer == Precision.Float32 || precision.FirstIn(Precision.Float32) is not null ? CudaPrecision.Float32
        : precision.OfLayer == Precision.BFloat16 ? CudaPrecision.BFloat16
        : null;

    extension(CudaPrecision precision)
    {
        /// <summary>Bytes of an element in memory.</summary>
        public int Bytes => precision is CudaPrecision.Float16 or CudaPrecision.BFloat16 ? 2 : 4;

        /// <summary>What the device library calls the type.</summary>
        public string Element => precision switch
        {
            CudaPrecision.Float16 => "f16",
            CudaPrecision.BFloat16 => "bf16",
            CudaPrecision.TensorFloat32 => "tf32",
            CudaPrecision.Float32 => "float",
            _ => throw new ArgumentOutOfRangeException(nameof(precision), precision, "no such precision"),
        };
    }
}
