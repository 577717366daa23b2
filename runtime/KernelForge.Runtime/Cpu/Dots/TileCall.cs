using System.Runtime.InteropServices;

namespace KernelForge.Runtime.Cpu.Dots;

/// <summary>What a tile of dots works on: sums[r, c] = start[r, c] + Σ a[r, t] · b[t, c] over cells t ascending.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TileCall
{
    /// <summary>Cells of the rows.</summary>
    public int* A;

    /// <summary>Bytes from one row to the next.</summary>
    public nint AStride;

    /// <summary>Cells of the panel, [cells, 2 vectors].</summary>
    public int* B;

    /// <summary>Cells of a row: at least one where a tile was assembled.</summary>
    public nint Cells;

    /// <summary>[rows, 2 vectors]: float32, or int32 of bytes.</summary>
    public int* Sums;

    /// <summary>Bytes from one row of the sums to the next.</summary>
    public nint SumsStride;

    /// <summary>Where the sums start.</summary>
    public int* Start;

    /// <summary>Bytes from one row of the start to the next; 0 where all rows start alike.</summary>
    public nint StartStride;

    /// <summary>Two lines of the cache that each step asks for (see <see cref="Cpu.Ahead"/>): of vectors' tiles alone. Never null.</summary>
    public byte* Ahead;

    /// <summary>Bytes to the next step's.</summary>
    public nint AheadStep;

    /// <summary>What AMX's registers are to be for the number of rows; else null.</summary>
    public byte* Registers;
}
