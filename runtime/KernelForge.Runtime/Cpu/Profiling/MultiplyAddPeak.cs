using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace KernelForge.Runtime.Cpu.Profiling;

/// <summary>What the machine's multiply-adds reach in this minute: the 100 % of every percentage.</summary>
/// <remarks>Sixteen independent chains in registers hide the latency of the instruction; nothing touches memory.</remarks>
public static class MultiplyAddPeak
{
    /// <summary>
    /// A slice takes about two milliseconds: many then pass without another process in them. Items are short, so that threads end together.
    /// </summary>
    private const int Steps = 20_000, ItemsPerThread = 16, Slices = 50;

    private const int Chains = 16;

    /// <summary>GFLOP/s of all threads together, the best of some short slices of time.</summary>
    /// <param name="threads">Threads; 0 for one a core.</param>
    public static double Measure(int threads = 0)
    {
        var pool = WorkerPool.Shared(threads);
        var chains = new Chain(VectorWidth.Widest);
        double flops = 2.0 * Chains * Steps * ItemsPerThread * pool.Threads * (Math.Max(256, VectorWidth.Widest) / 32);
        double best = double.MaxValue;
        for (int slice = 0; slice < Slices; slice++)
        {
            long start = Stopwatch.GetTimestamp();
            pool.Run(ItemsPerThread * pool.Threads, chains);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds);
        }
        return flops / best;
    }

    private readonly struct Chain(int bits) : IWork
    {
        public void Run(int item, int worker)
        {
            float sum = bits == 512 ? Chains512() : Chains256();
            if (float.IsNaN(sum)) throw new InvalidOperationException("The chains converge to one half; they did not.");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Chains512()
    {
        Vector512<float> x = Vector512.Create(0.5f), y = Vector512.Create(0.25f);
        Vector512<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = y, j = y, k = y, l = y, m = y, n = y, o = y, p = y;
        for (int step = 0; step < Steps; step++)
        {
            a = Vector512.MultiplyAddEstimate(a, x, y);
            b = Vector512.MultiplyAddEstimate(b, x, y);
            c = Vector512.MultiplyAddEstimate(c, x, y);
            d = Vector512.MultiplyAddEstimate(d, x, y);
            e = Vector512.MultiplyAddEstimate(e, x, y);
            f = Vector512.MultiplyAddEstimate(f, x, y);
            g = Vector512.MultiplyAddEstimate(g, x, y);
            h = Vector512.MultiplyAddEstimate(h, x, y);
            i = Vector512.MultiplyAddEstimate(i, x, y);
            j = Vector512.MultiplyAddEstimate(j, x, y);
            k = Vector512.MultiplyAddEstimate(k, x, y);
            l = Vector512.MultiplyAddEstimate(l, x, y);
            m = Vector512.MultiplyAddEstimate(m, x, y);
            n = Vector512.MultiplyAddEstimate(n, x, y);
            o = Vector512.MultiplyAddEstimate(o, x, y);
            p = Vector512.MultiplyAddEstimate(p, x, y);
        }
        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p);
    }

    /// <summary>Serves 128-bit machines too, which take two instructions for each of these.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Chains256()
    {
        Vector256<float> x = Vector256.Create(0.5f), y = Vector256.Create(0.25f);
        Vector256<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = y, j = y, k = y, l = y, m = y, n = y, o = y, p = y;
        for (int step = 0; step < Steps; step++)
        {
            a = Vector256.MultiplyAddEstimate(a, x, y);
            b = Vector256.MultiplyAddEstimate(b, x, y);
            c = Vector256.MultiplyAddEstimate(c, x, y);
            d = Vector256.MultiplyAddEstimate(d, x, y);
            e = Vector256.MultiplyAddEstimate(e, x, y);
            f = Vector256.MultiplyAddEstimate(f, x, y);
            g = Vector256.MultiplyAddEstimate(g, x, y);
            h = Vector256.MultiplyAddEstimate(h, x, y);
            i = Vector256.MultiplyAddEstimate(i, x, y);
            j = Vector256.MultiplyAddEstimate(j, x, y);
            k = Vector256.MultiplyAddEstimate(k, x, y);
            l = Vector256.MultiplyAddEstimate(l, x, y);
            m = Vector256.MultiplyAddEstimate(m, x, y);
            n = Vector256.MultiplyAddEstimate(n, x, y);
            o = Vector256.MultiplyAddEstimate(o, x, y);
            p = Vector256.MultiplyAddEstimate(p, x, y);
        }
        return Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p);
    }
}
