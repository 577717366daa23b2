using System.Runtime.CompilerServices;

namespace KernelForge.Runtime.Cuda.Interop;

/// <summary>
/// What the copy engine of sm_90 and later needs to know of a tensor (<c>CUtensorMap</c>): opaque, made by
/// <see cref="ICudaDriver.EncodeTensorMap"/>, passed to a kernel as a <c>__grid_constant__ const</c> parameter aligned to 128 bytes.
/// </summary>
[InlineArray(Size)]
public struct TensorMap
{
    public const int Size = 128;

    /// <summary>Bytes: CUDA 12 asks for 64, CUDA 13 for this.</summary>
    public const int Alignment = 128;

    private byte element;
}

/// <summary>A tensor in device memory and the box that one copy moves, innermost dimension first, of rank 1 to 5.</summary>
/// <param name="elementType">The type of an element.</param>
/// <param name="address">Where it begins, a multiple of 16 bytes.</param>
/// <param name="extents">Elements of each dimension.</param>
/// <param name="strides">Bytes from one index to the next of each dimension but the innermost, multiples of 16.</param>
/// <param name="box">Elements of each dimension that one copy moves, at most 256.</param>
/// <param name="elementStrides">Elements from one that is copied to the next, of each dimension; 1 where all are.</param>
public readonly ref struct TensorMapDescription(
    TensorMapDataType elementType, DevicePointer address, ReadOnlySpan<ulong> extents, ReadOnlySpan<ulong> strides,
    ReadOnlySpan<uint> box, ReadOnlySpan<uint> elementStrides)
{
    public TensorMapDataType ElementType { get; } = elementType;

    public DevicePointer Address { get; } = address;

    public ReadOnlySpan<ulong> Extents { get; } = extents;

    public ReadOnlySpan<ulong> Strides { get; } = strides;

    public ReadOnlySpan<uint> Box { get; } = box;

    public ReadOnlySpan<uint> ElementStrides { get; } = elementStrides;

    public TensorMapInterleave Interleave { get; init; }

    public TensorMapSwizzle Swizzle { get; init; }

    public TensorMapPromotion Promotion { get; init; }

    public TensorMapFill Fill { get; init; }

    public int Rank => Extents.Length;

    /// <exception cref="ArgumentException">The spans disagree about the rank, or the rank is not 1 to 5.</exception>
    public void Validate()
    {
        if (Rank is < 1 or > 5) throw new ArgumentException($"a tensor map has 1 to 5 dimensions, not {Rank}");
        if (Strides.Length != Rank - 1 || Box.Length != Rank || ElementStrides.Length != Rank)
        {
            throw new ArgumentException(
                $"a tensor map of {Rank} dimensions takes {Rank - 1} strides, {Rank} box extents and {Rank} element strides, " +
                $"not {Strides.Length}, {Box.Length} and {ElementStrides.Length}");
        }
    }
}
