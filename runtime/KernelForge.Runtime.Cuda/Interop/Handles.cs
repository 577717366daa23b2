namespace KernelForge.Runtime.Cuda.Interop;

// Each handle is the driver's own value and nothing else, so that one made elsewhere can be passed in and ours passed out.

/// <summary>A device by the driver's number (<c>CUdevice</c>).</summary>
public readonly record struct DeviceHandle(int Value);

/// <summary><c>CUcontext</c>.</summary>
public readonly record struct ContextHandle(nint Value);

/// <summary><c>CUmodule</c>.</summary>
public readonly record struct CudaModuleHandle(nint Value);

/// <summary><c>CUfunction</c>: a kernel of a loaded module.</summary>
public readonly record struct FunctionHandle(nint Value);

/// <summary><c>CUstream</c>; zero is the default stream.</summary>
public readonly record struct StreamHandle(nint Value);

/// <summary><c>CUevent</c>.</summary>
public readonly record struct EventHandle(nint Value);

/// <summary><c>CUgraph</c>.</summary>
public readonly record struct GraphHandle(nint Value);

/// <summary><c>CUgraphExec</c>: a graph made ready to be launched many times.</summary>
public readonly record struct ExecutableGraphHandle(nint Value);

/// <summary>An address in the memory of a device (<c>CUdeviceptr</c>).</summary>
public readonly record struct DevicePointer(ulong Address)
{
    public bool IsNull => Address == 0;

    public DevicePointer Add(nuint bytes) => new(Address + bytes);

    public static DevicePointer operator +(DevicePointer pointer, nuint bytes) => pointer.Add(bytes);

    public override string ToString() => $"0x{Address:x}";
}
