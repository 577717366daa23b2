using KernelForge.Emulation.Ptx;

namespace KernelForge.Emulation.Execution;

/// <summary>
/// The shape and types of an mma. Every one lays its fragments out alike: with g = lane / 4 and t = lane % 4, a register that holds E elements
/// has those of row (or column) g at k = t·E … t·E + E - 1; the next register of A is row g + 8, the one after both the next 4·E of k.
/// </summary>
internal sealed unsafe class MatrixShape
{
    public required int Rows { get; init; }

    public required int Depth { get; init; }

    /// <summary>Elements of a factor in one register.</summary>
    public required int PerRegister { get; init; }

    public required ScalarType Factor { get; init; }

    public required ScalarType FactorB { get; init; }

    public required ScalarType Sum { get; init; }

    /// <summary>Whether integer sums stop at their largest value.</summary>
    public required bool Saturates { get; init; }

    public required delegate*<Warp, Instruction, uint, void> Run { get; init; }

    public int RowHalves => Rows / 8;

    /// <summary>Registers of B, and of A for each eight rows.</summary>
    public int Steps => Depth / (4 * PerRegister);

    /// <summary>Registers of the sum.</summary>
    public int SumRegisters => RowHalves * (Sum == ScalarType.F16 ? 1 : 2);

    public int RegisterCount => 2 * SumRegisters + (RowHalves + 1) * Steps;

    public static MatrixShape? Parse(PtxInstruction source)
    {
        (ScalarType sum, ScalarType a, ScalarType b) = (source.Types[0], source.Types[1], source.Types[2]);
        if (sum != source.Types[3]) return null;
        string? shape = source.Modifiers.ToArray().FirstOrDefault(m => m.Length > 4 && m[0] == 'm' && char.IsAsciiDigit(m[1]));
        (int rows, int depth) = shape switch
        {
            "m16n8k4" => (16, 4),
            "m16n8k8" => (16, 8),
            "m16n8k16" => (16, 16),
            "m16n8k32" => (16, 32),
            "m8n8k4" => (8, 4),
            _ => (0, 0),
        };
        int per = a switch
        {
            ScalarType.F16 or ScalarType.BF16 => 2,
            ScalarType.S8 or ScalarType.U8 => 4,
            ScalarType.TF32 or ScalarType.F64 => 1,
            _ => 0,
        };
        bool isInteger = per == 4;
        bool known = per > 0 && (rows, depth) switch
        {
            (8, 4) => a == ScalarType.F64,
            (16, 4) => a == ScalarType.TF32,
            (16, 8) => a != ScalarType.F64 && !isInteger,
            (16, 16) => isInteger || per == 2,
            (16, 32) => isInteger,
            _ => false,
        };
        bool matches = isInteger ? sum == ScalarType.S32 : a == b && (a == ScalarType.F64 ? sum == a : sum is ScalarType.F32 || (sum == a && a == ScalarType.F16));
        return !known || !matches ? null : new MatrixShape
        {
            Rows = rows,
            Depth = depth,
            PerRegister = per,
            Factor = a,
            FactorB = b,
            Sum = sum,
            Saturates = source.Has("satfinite"),
            Run = isInteger ? &MatrixProducts.Integers : a == ScalarType.F64 ? &MatrixProducts.Doubles : &MatrixProducts.Floats,
        };
    }
}
