using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace KernelForge.Runtime.Cpu;

/// <summary>Which of the three widths a program runs at: chosen once, when a model is loaded, never by batch.</summary>
/// <remarks>
/// A JIT answers these questions for the machine it runs on. NativeAOT answers them when it publishes: the project must state
/// <c>IlcInstructionSet</c> (for example <c>x86-64-v4</c>, <c>x86-64-v3</c> or <c>native</c>), or 128 bits without fused multiply-add is all it gets.
/// </remarks>
public static class VectorWidth
{
    /// <summary>Bits of the widest vectors that this process multiplies and adds at full speed: 512, 256 or 128.</summary>
    public static int Widest =>
        Vector512.IsHardwareAccelerated && Avx512F.IsSupported ? 512
        : Vector256.IsHardwareAccelerated && Fma.IsSupported ? 256
        : 128;

    /// <summary>True where multiply-adds round once; without it results differ in the last bit and speed halves.</summary>
    public static bool Fused => Fma.IsSupported || AdvSimd.IsSupported || Avx512F.IsSupported;

    /// <summary>Checks a width asked for, 0 meaning the widest.</summary>
    /// <exception cref="NotSupportedException">This process cannot run that width.</exception>
    public static int Resolve(int bits)
    {
        if (bits == 0) return Widest;
        if (bits is not (128 or 256 or 512))
            throw new ArgumentOutOfRangeException(nameof(bits), bits, "The CPU back end has vectors of 128, 256 and 512 bits (0 for the widest).");
        if (bits > Widest)
        {
            throw new NotSupportedException(
                $"Vectors of {bits} bits were asked for, but this process has at most {Widest}. Ask for 0 to take the widest; "
                + "an ahead-of-time build has only what its IlcInstructionSet states.");
        }
        return bits;
    }
}
