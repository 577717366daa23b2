using System.Runtime.CompilerServices;

using KernelForge.Runtime.Cpu.Dots;

namespace KernelForge.Runtime.Cpu;

/// <summary>The loops over panels, stretches of k, and tiles.</summary>
internal static class GemmTiles
{
    /// <summary>
    /// Cells of a panel that are used for all tiles of a block before the next: so much of the panel stays in the second-level cache beside
    /// the block's activations. A sum that pauses here goes on from its very bits.
    /// </summary>
    private const int LongestStretch = 1024;

    /// <summary>Floats that <see cref="Run"/> needs for a block of rows.</summary>
    public static long ScratchFor<TVector>(int rows) where TVector : unmanaged, IVector<TVector> =>
        (long)rows * PackedMatrix<TVector>.PanelWidth;

    /// <summary>Hands each row of each tile to the epilogue, whose column counts half a panel a panel: that of a pair.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static unsafe void Run<TVector, TEpilogue>(
        Rows<TVector> input, PackedMatrix<TVector> weights, TEpilogue epilogue, int firstRow, int endRow, int firstPanel, int endPanel,
        GemmScratch scratch)
        where TVector : unmanaged, IVector<TVector>
        where TEpilogue : struct, IGemmPairEpilogue<TVector>
    {
        DotTiles? narrow = weights.Tiles;
        int lanes = TVector.Count, width = 2 * lanes, tileRows = narrow?.Rows ?? TVector.TileRows;
        int tiles = (endRow - firstRow + tileRows - 1) / tileRows;
        int stretches = Math.Max(1, (weights.Cells + LongestStretch - 1) / LongestStretch);
        for (int panel = firstPanel; panel < endPanel; panel++)
        {
            for (int stretch = 0; stretch < stretches; stretch++)
            {
                int k = Start(stretch), end = Start(stretch + 1);
                float* b = weights.Panel(panel) + ((nint)k * width);
                for (int tile = 0; tile < tiles; tile++)
                {
                    int row = Even.Start(firstRow, endRow, tile, tiles);
                    int rows = Even.Start(firstRow, endRow, tile + 1, tiles) - row;
                    float* sums = scratch.Sums + ((nint)(row - firstRow) * width);
                    if (stretch + 1 == stretches)
                    {
                        for (int r = 0; r < rows; r++) epilogue.Ask(row + r, panel * lanes);
                    }
                    var ahead = Ahead.Of(b, (nint)(end - k) * width * sizeof(float), tile, tiles);
                    if (narrow is null)
                        Tile.Multiply<TVector>(rows, input.Address(row, k), input.Stride, 1, b, width, end - k, sums, resume: stretch > 0, ahead);
                    else
                        Multiply(narrow, scratch.Cells, weights, panel, row - firstRow, rows, k, end, b, sums, resume: stretch > 0, ahead);
                    if (stretch + 1 < stretches) continue;
                    if (narrow?.Precision == CpuPrecision.Int8)
                    {
                        Hand<TVector, TEpilogue>(epilogue, row, rows, panel * lanes, sums, weights.Steps(panel), scratch.Cells.Steps + (row - firstRow));
                        continue;
                    }
                    for (int r = 0; r < rows; r++, sums += width)
                        epilogue.Apply(row + r, panel * lanes, TVector.Load(sums), TVector.Load(sums + lanes));
                }
            }
        }

        // Stretches of whole steps of the tiles.
        int Start(int stretch)
        {
            int multiple = narrow?.CellMultiple ?? 1;
            return Even.Start(0, weights.Cells / multiple, stretch, stretches) * multiple;
        }
    }

    private static unsafe void Multiply<TVector>(
        DotTiles tiles, RowCells cells, PackedMatrix<TVector> weights, int panel, int row, int rows, int k, int end, float* b, float* sums, bool resume,
        Ahead ahead)
        where TVector : unmanaged, IVector<TVector>
    {
        var call = new TileCall
        {
            A = cells.Cells + ((nint)row * cells.Stride) + k,
            AStride = (nint)cells.Stride * sizeof(int),
            B = (int*)b,
            Cells = end - k,
            Sums = (int*)sums,
            SumsStride = PackedMatrix<TVector>.PanelWidth * sizeof(int),
            Start = resume ? (int*)sums : weights.Start(panel),
            StartStride = resume ? PackedMatrix<TVector>.PanelWidth * sizeof(int) : 0,
            Ahead = ahead.From,
            AheadStep = ahead.Step,
        };
        tiles.Run<TVector>(rows, ref call);
    }

    /// <summary>Whole numbers times what one step of their row and of their column is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static unsafe void Hand<TVector, TEpilogue>(
        TEpilogue epilogue, int row, int rows, int column, float* sums, float* columnSteps, float* rowSteps)
        where TVector : unmanaged, IVector<TVector>
        where TEpilogue : struct, IGemmPairEpilogue<TVector>
    {
        TVector left = TVector.Load(columnSteps), right = TVector.Load(columnSteps + TVector.Count);
        for (int r = 0; r < rows; r++, sums += 2 * TVector.Count)
        {
            TVector step = TVector.Broadcast(rowSteps[r]);
            epilogue.Apply(
                row + r, column, TVector.FromInt32(TVector.Load(sums)) * (left * step), TVector.FromInt32(TVector.Load(sums + TVector.Count)) * (right * step));
        }
    }
}
