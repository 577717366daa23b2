using KernelForge.Runtime.Cuda.Interop;

namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>Weights of a program in device memory. As an argument it is their address.</summary>
public readonly struct DeviceArray
{
    internal DeviceArray(DevicePointer pointer) => Pointer = pointer;

    /// <summary>Null where the program is only planned.</summary>
    internal DevicePointer Pointer { get; }
}
