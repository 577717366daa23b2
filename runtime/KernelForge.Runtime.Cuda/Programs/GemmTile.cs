namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>What one block of a product computes, and how. Every tile gives the same bits: an output is one chain over ascending k.</summary>
/// <param name="Rows">Rows of a block.</param>
/// <param name="Columns">Columns of a block.</param>
/// <param name="WarpRows">Rows of a warp.</param>
/// <param name="WarpColumns">Columns of a warp.</param>
/// <param name="Stages">Steps of k in shared memory at a time.</param>
/// <param name="Blocks">Blocks that a multiprocessor is meant to run at a time.</param>
internal sealed record GemmTile(int Rows, int Columns, int WarpRows, int WarpColumns, int Stages, int Blocks)
{
    /// <summary>Bytes of a row of a tile in shared memory: a step takes so many bytes of k.</summary>
    private const int StepBytes = 128;

    private static readonly GemmTile[] tensorTiles =
    [
        new(128, 128, 64, 64, 3, 2), new(128, 64, 64, 32, 3, 3), new(64, 64, 32, 32, 4, 3),
    ];

    // Rounding to tf32 takes registers that a warp of 64 x 64 has none left of.
    private static readonly GemmTile[] roundedTiles =
    [
        new(128, 128, 64, 32, 3, 1), new(128, 64, 64, 32, 3, 3), new(64, 64, 32, 32, 4, 3),
    ];

    private static readonly GemmTile[] floatTiles = [new(128, 128, 64, 32, 3, 2), new(64, 64, 32, 32, 3, 3)];

    public int Threads => 32 * (Rows / WarpRows) * (Columns / WarpColumns);

    public int SharedBytes => Stages * (Rows + Columns) * StepBytes;

    public string Name => $"{Rows}x{Columns}";

    /// <summary>The tiles that a block of the device has shared memory for.</summary>
    public static GemmTile[] For(CudaPrecision precision, int sharedLimit) =>
        [.. All(precision).Where(tile => tile.SharedBytes <= sharedLimit)];

    /// <summary>The one that ought to be fastest.</summary>
    /// <param name="tiles">At least one.</param>
    /// <param name="rows">Rows of the input.</param>
    /// <param name="columns">Packed columns of the weight.</param>
    /// <param name="inner">Columns of the input.</param>
    /// <param name="precision">The element.</param>
    /// <param name="multiprocessors">Of the device.</param>
    /// <param name="parts">Parts of the rows that share no tile.</param>
    public static GemmTile Choose(
        ReadOnlySpan<GemmTile> tiles, int rows, int columns, int inner, CudaPrecision precision, int multiprocessors, int parts = 1)
    {
        GemmTile best = tiles[0];
        double least = double.PositiveInfinity;
        foreach (GemmTile tile in tiles)
        {
            double time = tile.Nanoseconds(rows, columns, inner, precision, multiprocessors, parts);
            if (time < least) (best, least) = (tile, time);
        }
        return best;
    }

    /// <summary>
    /// The wave model of <c>tests/Benchmarks/Cuda/README.md</c>, with an H100's constants: they weigh tiles against each other, and hold
    /// on other devices as far as those are alike in proportion. Tensor cores are taken at the 0.53 of their peak that the machine
    /// code of a 128x128 tile allows.
    /// </summary>
    private double Nanoseconds(int rows, int columns, int inner, CudaPrecision precision, int multiprocessors, int parts)
    {
        long tiles = ((long)DivideUp(rows, Rows) + parts - 1) * DivideUp(columns, Columns);
        double waves = Math.Ceiling(tiles / (double)multiprocessors), together = waves > 1 ? Blocks : 1;
        double filled = Math.Min(1, tiles / (double)multiprocessors);
        // Multiply-adds of a step: a 32-bit element takes half as many at half the speed, or at an eighth of that outside the tensor cores.
        double products = 64.0 * Rows * Columns / (2048 * 1.755) / 0.53 * (precision == CudaPrecision.Float32 ? 8 : 1);
        double intake = StepBytes * (Rows + Columns) / 104.0 * (1 + (0.25 * filled));
        double step = Math.Max(Math.Max(intake, products), 1239 / ((Stages - 1) * together));
        double ends = 295 + (1900.0 * Columns / 128);
        double hidden = Blocks >= 2 ? 0.59 : 1;
        int steps = DivideUp(inner * precision.Bytes, StepBytes);
        return 120 + (waves * steps * step) + (ends * (1 + ((waves - 1) * hidden)));
    }

    private static GemmTile[] All(CudaPrecision precision) =>
        precision == CudaPrecision.Float32 ? floatTiles : precision == CudaPrecision.TensorFloat32 ? roundedTiles : tensorTiles;

    private static int DivideUp(int value, int divisor) => (int)(((long)value + divisor - 1) / divisor);
}
