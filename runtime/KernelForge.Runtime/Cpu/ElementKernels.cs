using System.Runtime.CompilerServices;

namespace KernelForge.Runtime.Cpu;

/// <summary>Features of a row, each by itself, from anything that the row's lambda reads. Generated.</summary>
public interface IElementKernel
{
    /// <summary>Computes the features from <paramref name="first"/> to below <paramref name="end"/> of a row.</summary>
    void Run(int row, int first, int end);
}

/// <summary>Runs an element kernel over all rows and features, on all threads.</summary>
public static class ElementKernels
{
    /// <summary>Elements an item: some microseconds at least, whatever an element takes.</summary>
    private const int ElementsPerItem = 1 << 14, ElementsWithFolds = 1 << 10;

    /// <summary>Few rows are divided by their features: into multiples of the widest vector.</summary>
    private const int FewestFeatures = 256;

    /// <param name="pool">The threads.</param>
    /// <param name="rows">How many rows there are.</param>
    /// <param name="features">Features of a row.</param>
    /// <param name="folds">Whether an element folds terms, so that it may take long.</param>
    /// <param name="kernel">What to do with a row.</param>
    public static void Run<TKernel>(WorkerPool pool, int rows, int features, bool folds, TKernel kernel) where TKernel : struct, IElementKernel
    {
        if (rows == 0 || features == 0) return;
        int perItem = folds ? ElementsWithFolds : ElementsPerItem;
        int parts = pool.Threads == 1 || rows >= 4 * pool.Threads ? 1 : Math.Clamp(4 * pool.Threads / rows, 1, Math.Max(1, features / FewestFeatures));
        int partFeatures = (((features + parts - 1) / parts) + 15) / 16 * 16;
        parts = (features + partFeatures - 1) / partFeatures;
        int rowsPerItem = Math.Max(1, perItem / Math.Min(features, partFeatures));
        int blocks = (int)(((long)rows + rowsPerItem - 1) / rowsPerItem);
        pool.Run(blocks * parts, new Work<TKernel>(rows, blocks, features, parts, partFeatures, kernel));
    }

    private readonly struct Work<TKernel>(int rows, int blocks, int features, int parts, int partFeatures, TKernel kernel) : IWork
        where TKernel : struct, IElementKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Run(int item, int worker)
        {
            int block = item / parts, first = item % parts * partFeatures, last = Math.Min(features, first + partFeatures);
            int end = Even.Start(0, rows, block + 1, blocks);
            for (int row = Even.Start(0, rows, block, blocks); row < end; row++) kernel.Run(row, first, last);
        }
    }
}
