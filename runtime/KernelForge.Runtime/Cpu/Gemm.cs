using KernelForge.Runtime.Cpu.Dots;
using KernelForge.Runtime.Cpu.Profiling;

namespace KernelForge.Runtime.Cpu;

/// <summary>What becomes of a product's numbers: adds the bias, applies the activation, adds the residual, stores.</summary>
public interface IGemmEpilogue<TVector> where TVector : unmanaged, IVector<TVector>
{
    /// <param name="row">Row of the input, and of whatever else has its rows.</param>
    /// <param name="column">First of the columns in the lanes; lanes past the last column hold nothing of meaning.</param>
    /// <param name="value">The finished sums over k.</param>
    void Apply(int row, int column, TVector value);

    /// <summary>Asks the cache for what <see cref="Apply"/> reads and writes of a row, some time before.</summary>
    /// <param name="row">Row of the input, and of whatever else has its rows.</param>
    /// <param name="column">First of the columns.</param>
    void Ask(int row, int column);
}

/// <summary>As <see cref="IGemmEpilogue{TVector}"/>, for two products of the same input: gate and value.</summary>
public interface IGemmPairEpilogue<TVector> where TVector : unmanaged, IVector<TVector>
{
    /// <param name="row">Row of the input, and of whatever else has its rows.</param>
    /// <param name="column">First of the columns in the lanes; lanes past the last column hold nothing of meaning.</param>
    /// <param name="first">The sums with the first weight.</param>
    /// <param name="second">The sums with the second weight.</param>
    void Apply(int row, int column, TVector first, TVector second);

    /// <inheritdoc cref="IGemmEpilogue{TVector}.Ask"/>
    void Ask(int row, int column);
}

/// <summary>[rows, inputs] times packed weights, each finished sum handed to a generated epilogue.</summary>
/// <remarks>
/// A block of rows is small enough that its activations stay in the second-level cache while the weights stream past them once. Blocks
/// and ranges of panels are the items that threads take. Neither changes a result: each sum is one chain over ascending k.
/// </remarks>
public static class Gemm
{
    /// <summary>Weights with what becomes of their product.</summary>
    public static GemmBlock<TVector, TEpilogue> Block<TVector, TEpilogue>(PackedMatrix<TVector> weights, TEpilogue epilogue)
        where TVector : unmanaged, IVector<TVector>
        where TEpilogue : struct, IGemmEpilogue<TVector> => new(weights, epilogue);

    /// <summary>A <see cref="PackedMatrix.Pair"/> of weights with what becomes of both products.</summary>
    public static GemmPairBlock<TVector, TEpilogue> PairBlock<TVector, TEpilogue>(PackedMatrix<TVector> weights, TEpilogue epilogue)
        where TVector : unmanaged, IVector<TVector>
        where TEpilogue : struct, IGemmPairEpilogue<TVector> => new(weights, epilogue);

    /// <summary>Multiplies <paramref name="input"/> with the weights of a block.</summary>
    /// <exception cref="ArgumentException">The rows are not as wide as the weights take them.</exception>
    public static void Run<TVector, TBlock>(WorkerPool pool, Rows<TVector> input, TBlock block)
        where TVector : unmanaged, IVector<TVector>
        where TBlock : struct, IGemmBlock<TVector>
    {
        if (input.Columns != block.Inputs)
            throw new ArgumentException($"Rows of {input.Columns} columns do not meet a weight of {block.Inputs} inputs.", nameof(block));
        if (input.Count == 0 || block.Panels == 0) return;
        DotTiles? tiles = block.Tiles;
        GemmShape shape = GemmShape.Choose(
            input.Count, tiles?.CellsOf(block.Inputs) ?? block.Inputs, block.Panels, tiles?.Rows ?? TVector.TileRows, pool.Threads);
        SharedRoom room = tiles is null ? default : SharedCells.RoomFor(tiles, shape, input.Columns);
        int own = OwnItems.RoomFor(pool.Threads);
        room = new SharedRoom(room.Floats + own, room.Zeros + own);
        pool.Run(shape.Items, room, new Work<TVector, TBlock>(pool, input, block, shape));
    }

    /// <summary>Multiplies <paramref name="input"/> with the weights of two blocks in one pass.</summary>
    /// <inheritdoc cref="Run{TVector, TBlock}"/>
    public static void Run<TVector, TFirst, TSecond>(WorkerPool pool, Rows<TVector> input, TFirst first, TSecond second)
        where TVector : unmanaged, IVector<TVector>
        where TFirst : struct, IGemmBlock<TVector>
        where TSecond : struct, IGemmBlock<TVector> =>
        Run(pool, input, new GemmBlocks<TVector, TFirst, TSecond>(first, second));

    /// <summary>Multiplies <paramref name="input"/> with the weights of three blocks in one pass.</summary>
    /// <inheritdoc cref="Run{TVector, TBlock}"/>
    public static void Run<TVector, TFirst, TSecond, TThird>(WorkerPool pool, Rows<TVector> input, TFirst first, TSecond second, TThird third)
        where TVector : unmanaged, IVector<TVector>
        where TFirst : struct, IGemmBlock<TVector>
        where TSecond : struct, IGemmBlock<TVector>
        where TThird : struct, IGemmBlock<TVector> =>
        Run(pool, input, first, new GemmBlocks<TVector, TSecond, TThird>(second, third));

    private readonly struct Work<TVector, TBlock>(WorkerPool pool, Rows<TVector> input, TBlock block, GemmShape shape)
        : IWork, IMeasuredWork
        where TVector : unmanaged, IVector<TVector>
        where TBlock : struct, IGemmBlock<TVector>
    {
        public string Kind => "gemm";

        /// <summary>Weights, rows in and rows out; columns that fill up panels count as if they were some.</summary>
        public KernelCost Cost
        {
            get
            {
                double rows = input.Count, columns = (double)block.Panels * PackedMatrix<TVector>.PanelWidth;
                double cells = block.Tiles?.CellsOf(block.Inputs) ?? block.Inputs;
                return new(2 * rows * block.Inputs * columns, sizeof(float) * ((cells * columns) + (rows * block.Inputs) + (rows * columns)));
            }
        }

        public unsafe void Run(int item, int worker)
        {
            item = new OwnItems((int*)pool.SharedMemory, shape.Items, pool.Threads).Take(worker);
            (int firstRow, int endRow) = shape.Rows(item);
            (int firstPanel, int endPanel) = shape.Panels(item);
            RowCells cells = block.Tiles is { } tiles
                ? new SharedCells(tiles, shape, input.Columns, pool.SharedMemory + OwnItems.RoomFor(pool.Threads)).Require(input, shape.BlockOf(item))
                : default;
            float* sums = pool.Scratch(worker, GemmTiles.ScratchFor<TVector>(endRow - firstRow));
            block.Run(input, firstRow, endRow, firstPanel, endPanel, new GemmScratch(sums, cells));
        }
    }
}
