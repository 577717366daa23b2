namespace KernelForge.Runtime.Cuda.Interop;

/// <summary>The element types that the copy engine knows (<c>CUtensorMapDataType</c>).</summary>
public enum TensorMapDataType
{
    UInt8 = 0,
    UInt16 = 1,
    UInt32 = 2,
    Int32 = 3,
    UInt64 = 4,
    Int64 = 5,
    Float16 = 6,
    Float32 = 7,
    Float64 = 8,
    BFloat16 = 9,
    Float32FlushDenormals = 10,
    TFloat32 = 11,
    TFloat32FlushDenormals = 12,
}

/// <summary><c>CUtensorMapInterleave</c>.</summary>
public enum TensorMapInterleave
{
    None = 0,
    Bytes16 = 1,
    Bytes32 = 2,
}

/// <summary>How the 16-byte chunks of a row change places in shared memory (<c>CUtensorMapSwizzle</c>).</summary>
public enum TensorMapSwizzle
{
    None = 0,
    Bytes32 = 1,
    Bytes64 = 2,
    Bytes128 = 3,
}

/// <summary>How much the second-level cache fetches at a time (<c>CUtensorMapL2promotion</c>).</summary>
public enum TensorMapPromotion
{
    None = 0,
    Bytes64 = 1,
    Bytes128 = 2,
    Bytes256 = 3,
}

/// <summary>What is read outside of the tensor (<c>CUtensorMapFloatOOBfill</c>).</summary>
public enum TensorMapFill
{
    Zeros = 0,
    NanRequestZeroFma = 1,
}
