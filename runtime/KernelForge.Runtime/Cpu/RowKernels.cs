using System.Runtime.CompilerServices;
using KernelForge.Runtime.Cpu.Profiling;

namespace KernelForge.Runtime.Cpu;

/// <summary>A chain of work on one row by itself: sums, norms, gates. Generated.</summary>
public interface IRowKernel<TVector> where TVector : unmanaged, IVector<TVector>
{
    /// <param name="row">Which row.</param>
    /// <param name="locals">Rows to keep intermediate values in; they hold nothing when the row begins.</param>
    void Run(int row, Rows<TVector> locals);
}

/// <summary>Runs a row kernel over all rows, on all threads.</summary>
public static class RowKernels
{
    /// <summary>Elements an item: some ten microseconds, far more than it costs to take one.</summary>
    private const int ElementsPerItem = 1 << 15;

    /// <param name="pool">The threads.</param>
    /// <param name="rows">How many rows there are.</param>
    /// <param name="elements">Elements that a row's sweeps visit together: its cost.</param>
    /// <param name="localRows">Intermediate rows that the kernel keeps.</param>
    /// <param name="localColumns">Columns of the widest of them.</param>
    /// <param name="kernel">What to do with a row.</param>
    public static void Run<TVector, TKernel>(WorkerPool pool, int rows, long elements, int localRows, int localColumns, TKernel kernel)
        where TVector : unmanaged, IVector<TVector>
        where TKernel : struct, IRowKernel<TVector>
    {
        int rowsPerItem = (int)Math.Clamp(ElementsPerItem / Math.Max(1, elements), 1, int.MaxValue);
        int items = (int)(((long)rows + rowsPerItem - 1) / rowsPerItem);
        int own = OwnItems.RoomFor(pool.Threads);
        pool.Run(items, new SharedRoom(own, own), new Work<TVector, TKernel>(pool, rows, elements, items, localRows, localColumns, kernel));
    }

    private readonly struct Work<TVector, TKernel>(
        WorkerPool pool, int rows, long elements, int items, int localRows, int localColumns, TKernel kernel) : IWork, IMeasuredWork
        where TVector : unmanaged, IVector<TVector>
        where TKernel : struct, IRowKernel<TVector>
    {
        public string Kind => "row";

        public KernelCost Cost => new(0, (double)rows * elements * sizeof(float));

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public unsafe void Run(int item, int worker)
        {
            item = new OwnItems((int*)pool.SharedMemory, items, pool.Threads).Take(worker);
            int stride = RowBuffer.StrideOf(localColumns);
            float* scratch = pool.Scratch(worker, (long)localRows * stride);
            var locals = new Rows<TVector>(scratch, localRows, localColumns, stride, RowBuffer.WritableOf(localColumns));
            int end = Even.Start(0, rows, item + 1, items);
            for (int row = Even.Start(0, rows, item, items); row < end; row++) kernel.Run(row, locals);
        }
    }
}
