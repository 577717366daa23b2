namespace KernelForge.Runtime.Cuda.Interop;

/// <summary>
/// A property of a device, of those that the runtime and the work lists ask for. The names are the driver's:
/// <c>WarpSize</c> is <c>CU_DEVICE_ATTRIBUTE_WARP_SIZE</c>. Sizes are in bytes, clocks in kHz.
/// </summary>
public enum DeviceProperty
{
    MaxThreadsPerBlock = 1,
    MaxBlockDimX = 2,
    MaxBlockDimY = 3,
    MaxBlockDimZ = 4,
    MaxGridDimX = 5,
    MaxGridDimY = 6,
    MaxGridDimZ = 7,
    MaxSharedMemoryPerBlock = 8,
    WarpSize = 10,
    MaxRegistersPerBlock = 12,
    ClockRate = 13,
    MultiprocessorCount = 16,
    Integrated = 18,
    ComputeMode = 20,
    ConcurrentKernels = 31,
    EccEnabled = 32,
    PciBusId = 33,
    PciDeviceId = 34,
    MemoryClockRate = 36,
    GlobalMemoryBusWidth = 37,
    L2CacheSize = 38,
    MaxThreadsPerMultiprocessor = 39,
    ComputeCapabilityMajor = 75,
    ComputeCapabilityMinor = 76,
    MaxSharedMemoryPerMultiprocessor = 81,
    MaxRegistersPerMultiprocessor = 82,
    MaxSharedMemoryPerBlockOptin = 97,
    MaxBlocksPerMultiprocessor = 106,
    ReservedSharedMemoryPerBlock = 111,
    ClusterLaunch = 120,
    TensorMapAccessSupported = 127,
}
