using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace KernelForge.Runtime.Cpu.Dots;

/// <summary>Instructions for which C# has no class: what the processor says, and what the system allows.</summary>
internal static partial class CpuFeatures
{
    private const int Features = 7;

    public static bool Avx512Bf16 { get; } = Avx512F.IsSupported && Bit(Leaf(Features, 1).Eax, 5);

    public static bool Avx512Vnni { get; } = Avx512F.IsSupported && Bit(Leaf(Features, 0).Ecx, 11);

    public static bool AvxVnni { get; } = Avx2.IsSupported && Bit(Leaf(Features, 1).Eax, 4);

    public static bool AmxBf16 { get; } = Bit(Leaf(Features, 0).Edx, 24) && Bit(Leaf(Features, 0).Edx, 22);

    public static bool AmxInt8 { get; } = Bit(Leaf(Features, 0).Edx, 24) && Bit(Leaf(Features, 0).Edx, 25);

    /// <summary>Why this process may not use AMX; null where it may. Linux gives each process leave when it asks, and only then.</summary>
    public static string? AmxRefused { get; } = AmxBf16 || AmxInt8 ? AskForAmx() : null;

    private static string? AskForAmx()
    {
        if (!OperatingSystem.IsLinux()) return "AMX is used on Linux alone";
        const long archPrctl = 158;
        const long request = 0x1023, tileData = 18;
        return SystemCall(archPrctl, request, tileData) == 0
            ? null
            : $"Linux gives this process no leave to use AMX (error {Marshal.GetLastPInvokeError()})";
    }

    private static (int Eax, int Ebx, int Ecx, int Edx) Leaf(int leaf, int part) =>
        X86Base.IsSupported && X86Base.CpuId(0, 0).Eax >= leaf && (part == 0 || X86Base.CpuId(leaf, 0).Eax >= part) ? X86Base.CpuId(leaf, part) : default;

    private static bool Bit(int register, int number) => ((register >> number) & 1) != 0;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long SystemCall(long number, long first, long second);
}
