using System.Diagnostics;
using KernelForge.Runtime.Cpu;
using KernelForge.Runtime.Cpu.Profiling;

namespace KernelForge.Runtime.Tests.Cpu;

public sealed class KernelProfileTests
{
    [Fact]
    public void A_profile_counts_the_calls_and_the_work_of_each_kernel_and_there_is_one_at_a_time()
    {
        using var pool = new WorkerPool(2);
        using RowBuffer input = RowBuffer.Of(Samples.Normal(1, 6 * 10), 6, 10), output = new(6, 64);
        using PackedMatrix<Float512> weights = PackedMatrix.Concat<Float512>(10, new WeightPart(Samples.Normal(2, 64 * 10), 64));
        Product();
        using (var profile = KernelProfile.Start())
        {
            Assert.Throws<InvalidOperationException>(KernelProfile.Start);
            Product();
            Product();
            // Tests beside this one may run kernels of their own.
            KernelTime kernel = Assert.Single(profile.Kernels, k => k.Names == "profiled");
            Assert.Equal(("gemm", 2), (kernel.Kind, kernel.Calls));
            Assert.Equal(2 * 2.0 * 6 * 10 * 64, kernel.Cost.Flops);
            Assert.Equal(2 * 4.0 * ((10 * 64) + (6 * 10) + (6 * 64)), kernel.Cost.Bytes);
            Assert.True(kernel.Time > TimeSpan.Zero);
        }
        using var next = KernelProfile.Start();
        Assert.DoesNotContain(next.Kernels, k => k.Names == "profiled");

        void Product() => Gemm.Run(pool, input.View<Float512>(), Gemm.Block(weights, new ProfiledEpilogue(output.View<Float512>())));
    }

    [Fact]
    public void What_threads_run_alone_takes_a_share_of_their_time()
    {
        using var pool = new WorkerPool(4);
        using var profile = KernelProfile.Start();
        var inside = TimeSpan.Zero;
        long start = Stopwatch.GetTimestamp();
        pool.Run(1, new Kernels(pool, time => inside = time));
        TimeSpan outside = Stopwatch.GetElapsedTime(start);
        Assert.DoesNotContain(profile.Kernels, k => k.Kind == "kernels");
        KernelTime kernel = Assert.Single(profile.Kernels, k => k.Kind == "nap");
        Assert.InRange(kernel.Time, inside / 4.01, outside / 3.99);
    }

    private readonly struct Kernels(WorkerPool pool, Action<TimeSpan> tell) : IWorkOfKernels
    {
        public void Run(int item, int worker) => pool.Alone(worker).Run(1, new Nap(tell));
    }

    private readonly struct Nap(Action<TimeSpan> tell) : IWork
    {
        public void Run(int item, int worker)
        {
            long start = Stopwatch.GetTimestamp();
            Thread.Sleep(20);
            tell(Stopwatch.GetElapsedTime(start));
        }
    }

    private readonly struct ProfiledEpilogue(Rows<Float512> output) : IGemmEpilogue<Float512>
    {
        public void Apply(int row, int column, Float512 value) => output.Store(row, column, value);

        public void Ask(int row, int column) { }
    }
}
