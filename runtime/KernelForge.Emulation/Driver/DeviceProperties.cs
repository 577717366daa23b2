using KernelForge.Runtime.Cuda;
using KernelForge.Runtime.Cuda.Interop;

namespace KernelForge.Emulation.Driver;

/// <summary>What an emulated GPU says of itself.</summary>
internal static class DeviceProperties
{
    /// <summary>Null where it does not know. It has no clock, no cache and no bus: 0.</summary>
    public static int? Of(ArchitectureLimits limits, DeviceProperty property) => property switch
    {
        DeviceProperty.MaxThreadsPerBlock => limits.ThreadsOfBlock,
        DeviceProperty.MaxBlockDimX => LaunchLimits.MaximumBlock.X,
        DeviceProperty.MaxBlockDimY => LaunchLimits.MaximumBlock.Y,
        DeviceProperty.MaxBlockDimZ => LaunchLimits.MaximumBlock.Z,
        DeviceProperty.MaxGridDimX => LaunchLimits.MaximumGrid.X,
        DeviceProperty.MaxGridDimY => LaunchLimits.MaximumGrid.Y,
        DeviceProperty.MaxGridDimZ => LaunchLimits.MaximumGrid.Z,
        DeviceProperty.MaxSharedMemoryPerBlock => limits.UsualSharedBytes,
        DeviceProperty.WarpSize => 32,
        DeviceProperty.MaxRegistersPerBlock or DeviceProperty.MaxRegistersPerMultiprocessor => limits.Registers,
        DeviceProperty.MultiprocessorCount => limits.Multiprocessors,
        DeviceProperty.ConcurrentKernels => 1,
        DeviceProperty.MaxThreadsPerMultiprocessor => limits.ThreadsOfMultiprocessor,
        DeviceProperty.ComputeCapabilityMajor => limits.Architecture.Major,
        DeviceProperty.ComputeCapabilityMinor => limits.Architecture.Minor,
        DeviceProperty.MaxSharedMemoryPerMultiprocessor => limits.SharedBytesOfMultiprocessor,
        DeviceProperty.MaxSharedMemoryPerBlockOptin => limits.SharedBytesOfBlock,
        DeviceProperty.MaxBlocksPerMultiprocessor => limits.BlocksOfMultiprocessor,
        DeviceProperty.ReservedSharedMemoryPerBlock => limits.ReservedSharedBytes,
        DeviceProperty.ClockRate or DeviceProperty.MemoryClockRate or DeviceProperty.GlobalMemoryBusWidth or DeviceProperty.L2CacheSize
            or DeviceProperty.Integrated or DeviceProperty.ComputeMode or DeviceProperty.EccEnabled or DeviceProperty.PciBusId
            or DeviceProperty.PciDeviceId or DeviceProperty.ClusterLaunch or DeviceProperty.TensorMapAccessSupported => 0,
        _ => null,
    };
}
