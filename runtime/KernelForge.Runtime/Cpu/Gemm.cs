using System.Runtime.CompilerServices;

namespace KernelForge.Runtime.Cpu;

/// <summary>What becomes of a product's numbers: adds the bias, applies the activation, adds the residual, stores.</summary>
public interface IGemmEpilogue<TVector> where TVector : unmanaged, IVector<TVector>
{
    /// <param name="row">Row of the input, and of whatever else has its rows.</param>
    /// <param name="column">First of the columns in the lanes; lanes past the last column hold nothing of meaning.</param>
    /// <param name="value">The finished sums over k.</param>
    void Apply(int row, int column, TVector value);
}

/// <summary>As <see cref="IGemmEpilogue{TVector}"/>, for two products of the same input: gate and value.</summary>
public interface IGemmPairEpilogue<TVector> where TVector : unmanaged, IVector<TVector>
{
    /// <param name="row">Row of the input, and of whatever else has its rows.</param>
    /// <param name="column">First of the columns in the lanes; lanes past the last column hold nothing of meaning.</param>
    /// <param name="first">The sums with the first weight.</param>
    /// <param name="second">The sums with the second weight.</param>
    void Apply(int row, int column, TVector first, TVector second);
}

/// <summary>[rows, inputs] times packed weights, each finished sum handed to a generated epilogue.</summary>
/// <remarks>
/// A block of rows is small enough that its activations stay in the second-level cache while the weights stream past them once. Blocks
/// and ranges of panels are the items that threads take. Neither changes a result: each sum is one chain over ascending k.
/// </remarks>
public static class Gemm
{
    /// <summary>Runs <paramref name="epilogue"/> over input · weights.</summary>
    public static void Run<TVector, TEpilogue>(WorkerPool pool, Rows<TVector> input, PackedMatrix<TVector> weights, TEpilogue epilogue)
        where TVector : unmanaged, IVector<TVector>
        where TEpilogue : struct, IGemmEpilogue<TVector> =>
        Split(pool, input, weights, new Columns<TVector, TEpilogue>(epilogue, weights.Outputs));

    /// <summary>Runs <paramref name="epilogue"/> over both products of input with a <see cref="PackedMatrix.Pair"/>.</summary>
    public static void RunPair<TVector, TEpilogue>(WorkerPool pool, Rows<TVector> input, PackedMatrix<TVector> weights, TEpilogue epilogue)
        where TVector : unmanaged, IVector<TVector>
        where TEpilogue : struct, IGemmPairEpilogue<TVector> =>
        Split(pool, input, weights, new Pairs<TVector, TEpilogue>(epilogue));

    private static void Split<TVector, TFinish>(WorkerPool pool, Rows<TVector> input, PackedMatrix<TVector> weights, TFinish finish)
        where TVector : unmanaged, IVector<TVector>
        where TFinish : struct, IFinish<TVector>
    {
        if (input.Columns != weights.Inputs)
            throw new ArgumentException($"Rows of {input.Columns} columns do not meet a weight of {weights.Inputs} inputs.", nameof(weights));
        if (input.Count == 0 || weights.Panels == 0) return;
        GemmShape shape = GemmShape.Choose(input.Count, weights.Inputs, weights.Panels, TVector.TileRows, pool.Threads);
        pool.Run(shape.Items, new Work<TVector, TFinish>(pool, input, weights, finish, shape));
    }

    /// <summary>Two neighbouring vectors of a panel, either two columns' worth or a pair.</summary>
    private interface IFinish<TVector> where TVector : unmanaged, IVector<TVector>
    {
        void Apply(int row, int panelColumn, TVector left, TVector right);
    }

    private readonly struct Columns<TVector, TEpilogue>(TEpilogue epilogue, int columns) : IFinish<TVector>
        where TVector : unmanaged, IVector<TVector>
        where TEpilogue : struct, IGemmEpilogue<TVector>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply(int row, int panelColumn, TVector left, TVector right)
        {
            epilogue.Apply(row, panelColumn, left);
            if (panelColumn + TVector.Count < columns) epilogue.Apply(row, panelColumn + TVector.Count, right);
        }
    }

    private readonly struct Pairs<TVector, TEpilogue>(TEpilogue epilogue) : IFinish<TVector>
        where TVector : unmanaged, IVector<TVector>
        where TEpilogue : struct, IGemmPairEpilogue<TVector>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply(int row, int panelColumn, TVector left, TVector right) => epilogue.Apply(row, panelColumn / 2, left, right);
    }

    private readonly struct Work<TVector, TFinish>(
        WorkerPool pool, Rows<TVector> input, PackedMatrix<TVector> weights, TFinish finish, GemmShape shape) : IWork
        where TVector : unmanaged, IVector<TVector>
        where TFinish : struct, IFinish<TVector>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public unsafe void Run(int item, int worker)
        {
            int lanes = TVector.Count, width = 2 * lanes;
            float* sums = pool.Scratch(worker, TVector.TileRows * width);
            (int firstRow, int endRow) = shape.Rows(item);
            (int firstPanel, int endPanel) = shape.Panels(item);
            int tiles = (endRow - firstRow + TVector.TileRows - 1) / TVector.TileRows;
            for (int panel = firstPanel; panel < endPanel; panel++)
            {
                float* b = weights.Panel(panel);
                for (int tile = 0; tile < tiles; tile++)
                {
                    int row = Even.Start(firstRow, endRow, tile, tiles);
                    int rows = Even.Start(firstRow, endRow, tile + 1, tiles) - row;
                    Tile.Multiply<TVector>(rows, input.Address(row, 0), input.Stride, 1, b, width, weights.Inputs, sums, resume: false);
                    for (int r = 0; r < rows; r++)
                    {
                        float* sum = sums + (r * width);
                        finish.Apply(row + r, panel * width, TVector.Load(sum), TVector.Load(sum + lanes));
                    }
                }
            }
        }
    }
}
