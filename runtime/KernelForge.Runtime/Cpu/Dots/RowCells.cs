namespace KernelForge.Runtime.Cpu.Dots;

/// <summary>Rows rounded to cells, [rows, <see cref="Stride"/>], and of bytes what one step of each row is.</summary>
internal readonly unsafe struct RowCells(int* cells, int stride, float* steps)
{
    public int* Cells => cells;

    /// <summary>Cells from one row to the next: whole lines of the cache, an odd number of them.</summary>
    public int Stride => stride;

    public float* Steps => steps;

    /// <summary>Room for so many rows, in cells.</summary>
    public static long RoomFor(DotTiles? tiles, int rows, int values) => tiles is null ? 0 : rows * ((long)StrideOf(tiles, values) + 1);

    /// <summary>Rounds rows of an input.</summary>
    /// <param name="tiles">What the cells are for.</param>
    /// <param name="input">[rows, values].</param>
    /// <param name="first">The first row.</param>
    /// <param name="end">The row after the last.</param>
    /// <param name="room">As much as <see cref="RoomFor"/> says, aligned to a line of the cache.</param>
    public static RowCells Fill<TVector>(DotTiles tiles, Rows<TVector> input, int first, int end, float* room)
        where TVector : unmanaged, IVector<TVector>
    {
        int stride = StrideOf(tiles, input.Columns), cells = tiles.CellsOf(input.Columns);
        var rows = new RowCells((int*)room, stride, room + ((nint)(end - first) * stride));
        for (int row = first; row < end && cells > 0; row++)
        {
            int* to = rows.Cells + ((nint)(row - first) * stride);
            if (tiles.Precision == CpuPrecision.BFloat16) Narrow.ToBFloat16(input.Address(row, 0), input.Columns, to, cells);
            else rows.Steps[row - first] = Narrow.ToBytes(input.Address(row, 0), input.Columns, to, cells);
        }
        return rows;
    }

    private static int StrideOf(DotTiles tiles, int values)
    {
        const int line = 16;
        return (((tiles.CellsOf(values) + line - 1) / line) | 1) * line;
    }
}
