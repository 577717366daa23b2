using System.Runtime.InteropServices;

namespace KernelForge.Runtime.Cuda.Interop;

/// <summary><c>CUlaunchConfig</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct LaunchConfig
{
    public uint GridDimX, GridDimY, GridDimZ;
    public uint BlockDimX, BlockDimY, BlockDimZ;
    public uint SharedMemBytes;
    public StreamHandle HStream;
    public LaunchAttribute* Attrs;
    public uint NumAttrs;
}

/// <summary><c>CUlaunchAttribute</c>: of its 64 bytes of value, the members that the runtime sets.</summary>
[StructLayout(LayoutKind.Explicit, Size = 72)]
internal struct LaunchAttribute
{
    [FieldOffset(0)] public LaunchAttributeId Id;
    [FieldOffset(8)] public Dim3 ClusterDimension;
    [FieldOffset(8)] public int ProgrammaticStreamSerializationAllowed;
}

internal enum LaunchAttributeId
{
    ClusterDimension = 4,
    ProgrammaticStreamSerialization = 6,
}

/// <summary><c>CUgraphExecUpdateResultInfo</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GraphUpdateInfo
{
    public GraphUpdateResult Result;
    public nint ErrorNode;
    public nint ErrorFromNode;
}

internal enum JitOption
{
    ErrorLogBuffer = 5,
    ErrorLogBufferSizeBytes = 6,
}
