namespace KernelForge.Runtime.Cpu.Dots;

/// <summary>Rows rounded to cells, [rows, <see cref="Stride"/>], and of bytes what one step of each row is.</summary>
internal readonly unsafe struct RowCells(int* cells, int stride, float* steps)
{
    public int* Cells => cells;

    /// <summary>Cells from one row to the next: whole lines of the cache, an odd number of them.</summary>
    public int Stride => stride;

    public float* Steps => steps;

    public static int StrideOf(DotTiles tiles, int values)
    {
        const int line = 16;
        return (((tiles.CellsOf(values) + line - 1) / line) | 1) * line;
    }

    /// <summary>From a row on.</summary>
    public RowCells From(int row) => new(cells + ((nint)row * stride), stride, steps + row);

    /// <summary>Rounds a row.</summary>
    public void Fill(DotTiles tiles, int row, float* values, int count)
    {
        int* to = cells + ((nint)row * stride);
        int cellCount = tiles.CellsOf(count);
        if (tiles.Precision == CpuPrecision.BFloat16) Narrow.ToBFloat16(values, count, to, cellCount);
        else steps[row] = Narrow.ToBytes(values, count, to, cellCount);
    }
}
