using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace KernelForge.Runtime.Cpu.Profiling;

/// <summary>What the machine's memory gives all threads together in this minute: they add up an array far larger than the caches.</summary>
public sealed class MemoryBandwidth : IDisposable
{
    /// <summary>A slice takes a few milliseconds: some then pass without another process in them.</summary>
    private const int Floats = 64 << 20, FloatsPerItem = 1 << 18, ItemsPerSlice = 64, Slices = 48;

    /// <summary>Floats ahead of those that are added, which are asked for, as products ask for weights.</summary>
    private const int Distance = 3 << 13;

    private readonly WorkerPool pool;
    private readonly RowBuffer array = new(1, Floats);
    private readonly float[] sums = new float[ItemsPerSlice];

    /// <param name="threads">Threads; 0 for one a core.</param>
    public MemoryBandwidth(int threads = 0)
    {
        pool = WorkerPool.Shared(threads);
        array.View<Float512>()[0].Fill(1);
    }

    /// <summary>GB/s, the best of some short slices of time.</summary>
    public double Measure()
    {
        double best = double.MaxValue;
        for (int slice = 0; slice < Slices; slice++)
        {
            int first = slice * ItemsPerSlice * FloatsPerItem % Floats;
            long start = Stopwatch.GetTimestamp();
            pool.Run(ItemsPerSlice, new Add(array.View<Float512>(), first, sums));
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds);
            if (sums[^1] != FloatsPerItem) throw new InvalidOperationException("The sum is wrong.");
        }
        return ItemsPerSlice * FloatsPerItem * (double)sizeof(float) / best;
    }

    public void Dispose() => array.Dispose();

    private readonly struct Add(Rows<Float512> array, int first, float[] sums) : IWork
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public unsafe void Run(int item, int worker)
        {
            Float512 a = Float512.Zero, b = a, c = a, d = a;
            int start = first + (item * FloatsPerItem);
            for (int i = start; i < start + FloatsPerItem; i += 64)
            {
                for (int line = 0; line < 64 && Sse.IsSupported; line += 16) Sse.Prefetch1(array.Address(0, 0) + i + Distance + line);
                a += array.Load(0, i);
                b += array.Load(0, i + 16);
                c += array.Load(0, i + 32);
                d += array.Load(0, i + 48);
            }
            sums[item] = Float512.Sum(a + b + (c + d));
        }
    }
}
