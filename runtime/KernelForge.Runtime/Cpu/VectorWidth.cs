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

    /// <summary>
    /// The width asked for, 0 meaning the widest. One that this process has no registers for runs in pieces: slowly, and with the same bits
    /// as on a machine that has them, provided that both are <see cref="Fused"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such width.</exception>
    public static int Resolve(int bits) => bits switch
    {
        0 => Widest,
        128 or 256 or 512 => bits,
        _ => throw new ArgumentOutOfRangeException(
            nameof(bits), bits, "The CPU back end has vectors of 128, 256 and 512 bits (0 for the widest)."),
    };
}
