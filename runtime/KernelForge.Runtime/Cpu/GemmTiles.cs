using System.Runtime.CompilerServices;

namespace KernelForge.Runtime.Cpu;

/// <summary>The loops over panels, stretches of k, and tiles.</summary>
internal static class GemmTiles
{
    /// <summary>
    /// Inputs of a panel that are used for all tiles of a block before the next: so much of the panel stays in the second-level cache beside
    /// the block's activations. A sum that pauses here goes on from its very bits.
    /// </summary>
    private const int LongestStretch = 1024;

    /// <summary>Floats that <see cref="Run"/> needs for a block of rows.</summary>
    public static long ScratchFor<TVector>(int rows) where TVector : unmanaged, IVector<TVector> =>
        (long)rows * PackedMatrix<TVector>.PanelWidth;

    /// <summary>Hands each row of each tile to the epilogue, whose column counts half a panel a panel: that of a pair.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe void Run<TVector, TEpilogue>(
        Rows<TVector> input, PackedMatrix<TVector> weights, TEpilogue epilogue, int firstRow, int endRow, int firstPanel, int endPanel,
        GemmScratch scratch)
        where TVector : unmanaged, IVector<TVector>
        where TEpilogue : struct, IGemmPairEpilogue<TVector>
    {
        int lanes = TVector.Count, width = 2 * lanes;
        int tiles = (endRow - firstRow + TVector.TileRows - 1) / TVector.TileRows;
        int stretches = Math.Max(1, (weights.Inputs + LongestStretch - 1) / LongestStretch);
        for (int panel = firstPanel; panel < endPanel; panel++)
        {
            for (int stretch = 0; stretch < stretches; stretch++)
            {
                int k = Even.Start(0, weights.Inputs, stretch, stretches), end = Even.Start(0, weights.Inputs, stretch + 1, stretches);
                float* b = weights.Panel(panel) + ((nint)k * width);
                for (int tile = 0; tile < tiles; tile++)
                {
                    int row = Even.Start(firstRow, endRow, tile, tiles);
                    int rows = Even.Start(firstRow, endRow, tile + 1, tiles) - row;
                    float* sums = scratch.Sums + ((nint)(row - firstRow) * width);
                    Tile.Multiply<TVector>(rows, input.Address(row, k), input.Stride, 1, b, width, end - k, sums, resume: stretch > 0);
                    if (stretch + 1 < stretches) continue;
                    for (int r = 0; r < rows; r++, sums += width)
                        epilogue.Apply(row + r, panel * lanes, TVector.Load(sums), TVector.Load(sums + lanes));
                }
            }
        }
    }
}
