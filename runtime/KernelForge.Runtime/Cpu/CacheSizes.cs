using System.Runtime.Intrinsics.X86;

namespace KernelForge.Runtime.Cpu;

/// <summary>What the processor says of its caches.</summary>
internal static class CacheSizes
{
    /// <summary>Bytes of a core's second-level cache; 1 MiB where the processor does not say.</summary>
    public static int L2 { get; } = Read(level: 2) ?? 1 << 20;

    private static int? Read(int level)
    {
        if (!X86Base.IsSupported) return null;
        // "Deterministic cache parameters": leaf 4 of Intel, the same layout at 0x8000001D of AMD.
        foreach (int leaf in (ReadOnlySpan<int>)[4, unchecked((int)0x8000001D)])
        {
            if ((uint)X86Base.CpuId(leaf & unchecked((int)0x80000000), 0).Eax < (uint)leaf) continue;
            for (int index = 0; index < 8; index++)
            {
                (int eax, int ebx, int ecx, _) = X86Base.CpuId(leaf, index);
                if ((eax & 31) == 0) break;
                if (((eax >> 5) & 7) != level) continue;
                int ways = (ebx >>> 22) + 1, partitions = ((ebx >> 12) & 1023) + 1, line = (ebx & 4095) + 1;
                return ways * partitions * line * (ecx + 1);
            }
        }
        return null;
    }
}
