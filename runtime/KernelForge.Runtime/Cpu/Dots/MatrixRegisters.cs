using System.Runtime.InteropServices;

namespace KernelForge.Runtime.Cpu.Dots;

/// <summary>
/// What AMX's registers are, for each number of rows: 0 to 3 hold the sums of two times 16 rows and 16 columns, 4 and 5 the rows, 6 and 7 the
/// weights, 16 cells of each.
/// </summary>
internal static unsafe class MatrixRegisters
{
    public const int MostRows = 32;

    private const int Bytes = 64, RowBytes = 64, Palette = 0, Widths = 16, Heights = 48;

    private static readonly byte* All = Make();

    /// <summary>The 64 bytes for so many rows.</summary>
    public static byte* For(int rows) => All + (rows * Bytes);

    private static byte* Make()
    {
        var memory = (byte*)NativeMemory.AlignedAlloc((MostRows + 1) * Bytes, 64);
        NativeMemory.Clear(memory, (MostRows + 1) * Bytes);
        for (int rows = 1; rows <= MostRows; rows++)
        {
            int first = Math.Min(rows, 16), second = rows - first;
            byte* one = memory + (rows * Bytes);
            one[Palette] = 1;
            ReadOnlySpan<int> heights = [first, first, second, second, first, second, 16, 16];
            for (int i = 0; i < heights.Length; i++)
            {
                if (heights[i] == 0) continue;
                one[Heights + i] = (byte)heights[i];
                *(ushort*)(one + Widths + (2 * i)) = RowBytes;
            }
        }
        return memory;
    }
}
