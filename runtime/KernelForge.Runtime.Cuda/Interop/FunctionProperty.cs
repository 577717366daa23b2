namespace KernelForge.Runtime.Cuda.Interop;

/// <summary>
/// A property of a kernel. The names are the driver's: <c>NumRegs</c> is <c>CU_FUNC_ATTRIBUTE_NUM_REGS</c>. Sizes are in bytes.
/// </summary>
public enum FunctionProperty
{
    MaxThreadsPerBlock = 0,
    SharedSizeBytes = 1,
    ConstSizeBytes = 2,
    LocalSizeBytes = 3,
    NumRegs = 4,
    PtxVersion = 5,
    BinaryVersion = 6,
    CacheModeCa = 7,
    MaxDynamicSharedSizeBytes = 8,
    PreferredSharedMemoryCarveout = 9,
    ClusterSizeMustBeSet = 10,
    RequiredClusterWidth = 11,
    RequiredClusterHeight = 12,
    RequiredClusterDepth = 13,
    NonPortableClusterSizeAllowed = 14,
    ClusterSchedulingPolicyPreference = 15,
}
