namespace KernelForge.Runtime.Cpu.Dots;

/// <summary>The instruction that does a tile's work.</summary>
internal enum DotInstruction
{
    /// <summary><c>vdpbf16ps</c>, AVX-512 BF16.</summary>
    Bf16Dot,

    /// <summary><c>vpdpbusd</c> as AVX-512 VNNI encodes it.</summary>
    Int8DotAvx512,

    /// <summary><c>vpdpbusd</c> as AVX-VNNI encodes it.</summary>
    Int8DotAvx,

    /// <summary><c>tdpbf16ps</c>, AMX.</summary>
    Bf16Matrix,

    /// <summary><c>tdpbusd</c>, AMX.</summary>
    Int8Matrix,
}

/// <summary>A tile that is assembled when it is first needed: all that the assembler has to know of it.</summary>
/// <param name="Name">What people call the instructions.</param>
/// <param name="Instruction">The instruction.</param>
/// <param name="Precision">What a cell holds: two bfloat16, or four bytes.</param>
/// <param name="VectorBytes">Bytes of a register; a panel of weights is two of them wide.</param>
/// <param name="Rows">Rows of the largest tile.</param>
/// <param name="CellMultiple">Of how many cells a row must be a multiple, zeros filling it up.</param>
internal sealed record DotKind(
    string Name, DotInstruction Instruction, CpuPrecision Precision, int VectorBytes, int Rows, int CellMultiple)
{
    /// <summary>Every kind, the one that is expected to be fastest first.</summary>
    public static IReadOnlyList<DotKind> All { get; } =
    [
        new("AMX bf16", DotInstruction.Bf16Matrix, CpuPrecision.BFloat16, 64, 32, 16),
        new("AVX-512 BF16", DotInstruction.Bf16Dot, CpuPrecision.BFloat16, 64, 14, 1),
        new("AMX int8", DotInstruction.Int8Matrix, CpuPrecision.Int8, 64, 32, 16),
        new("AVX-512 VNNI", DotInstruction.Int8DotAvx512, CpuPrecision.Int8, 64, 14, 1),
        new("AVX-VNNI", DotInstruction.Int8DotAvx, CpuPrecision.Int8, 32, 6, 1),
    ];

    public bool IsMatrix => Instruction is DotInstruction.Bf16Matrix or DotInstruction.Int8Matrix;

    /// <summary>What this machine lacks for it; null where it has all.</summary>
    public string? Missing => Instruction switch
    {
        DotInstruction.Bf16Dot => CpuFeatures.Avx512Bf16 ? null : "the processor has no AVX-512 BF16",
        DotInstruction.Int8DotAvx512 => CpuFeatures.Avx512Vnni ? null : "the processor has no AVX-512 VNNI",
        DotInstruction.Int8DotAvx => CpuFeatures.AvxVnni ? null : "the processor has no AVX-VNNI",
        DotInstruction.Bf16Matrix => CpuFeatures.AmxBf16 ? CpuFeatures.AmxRefused : "the processor has no AMX bf16",
        _ => CpuFeatures.AmxInt8 ? CpuFeatures.AmxRefused : "the processor has no AMX int8",
    };
}
