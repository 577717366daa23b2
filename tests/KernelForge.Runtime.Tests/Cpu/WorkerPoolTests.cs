using KernelForge.Runtime.Cpu;

namespace KernelForge.Runtime.Tests.Cpu;

public sealed class WorkerPoolTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Every_item_runs_once(int threads)
    {
        using var pool = new WorkerPool(threads);
        for (int items = 0; items < 300; items++)
        {
            int[] counts = new int[items];
            pool.Run(items, new Count(counts));
            Assert.All(counts, count => Assert.Equal(1, count));
        }
    }

    [Fact]
    public void Callers_at_the_same_time_follow_one_another()
    {
        using var pool = new WorkerPool(3);
        int[] counts = new int[64];
        var callers = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            // Not atomic: two runs at once, or one item twice, would lose counts.
            for (int i = 0; i < 500; i++) pool.Run(counts.Length, new PlainCount(counts));
        })).ToArray();
        foreach (Thread caller in callers) caller.Start();
        foreach (Thread caller in callers) caller.Join();
        Assert.All(counts, count => Assert.Equal(2000, count));
    }

    [Fact]
    public void An_exception_in_an_item_reaches_the_caller_and_the_pool_goes_on()
    {
        using var pool = new WorkerPool(3);
        for (int i = 0; i < 50; i++)
        {
            var exception = Assert.Throws<InvalidDataException>(() => pool.Run(20, new Fail(At: 11)));
            Assert.Equal("item 11", exception.Message);
            int[] counts = new int[20];
            pool.Run(20, new Count(counts));
            Assert.All(counts, count => Assert.Equal(1, count));
        }
    }

    [Fact]
    public void A_run_inside_a_run_is_refused()
    {
        using var pool = new WorkerPool(1);
        Assert.Throws<InvalidOperationException>(() => pool.Run(1, new Nested(pool)));
        Assert.Throws<InvalidOperationException>(() => pool.Run(1, new Nested(pool.Alone(0), new Nested(pool))));
        Assert.Throws<InvalidOperationException>(() => pool.Run(1, new Waiting(pool)));
        pool.Run(1, new Nested(pool.Alone(0)));
    }

    [Fact]
    public void Callers_take_turns_in_the_order_in_which_they_came()
    {
        using var pool = new WorkerPool(2);
        var order = new List<int>();
        var callers = new List<Thread>();
        using (pool.TakeTurn())
        {
            Assert.False(pool.IsAwaited);
            for (int caller = 0; caller < 5; caller++)
            {
                int number = caller;
                var thread = new Thread(() =>
                {
                    using Turns.Turn turn = pool.TakeTurn();
                    order.Add(number);
                });
                callers.Add(thread);
                thread.Start();
                // Waits, and so has its place.
                Assert.True(SpinWait.SpinUntil(() => thread.ThreadState.HasFlag(System.Threading.ThreadState.WaitSleepJoin), TimeSpan.FromSeconds(20)));
            }
            Assert.True(pool.IsAwaited);
        }
        foreach (Thread thread in callers) thread.Join();
        Assert.Equal([0, 1, 2, 3, 4], order);
    }

    [Fact]
    public void A_run_allocates_nothing()
    {
        using var pool = new WorkerPool(2);
        int[] counts = new int[8];
        for (int i = 0; i < 100; i++) pool.Run(8, new Count(counts));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) pool.Run(8, new Count(counts));
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Threads_that_have_parked_wake_up_for_work()
    {
        using var pool = new WorkerPool(2);
        for (int i = 0; i < 5; i++)
        {
            Thread.Sleep(20);
            // Each of two items waits for the other: one thread alone could not finish.
            using var barrier = new Barrier(2);
            pool.Run(2, new Meet(barrier));
        }
    }

    [Fact]
    public void Items_share_memory_that_begins_with_zeros()
    {
        using var pool = new WorkerPool(3);
        int[] counts = new int[40];
        for (int floats = 16; floats < 40_000; floats *= 3)
        {
            pool.Run(counts.Length, new SharedRoom(floats, Zeros: 16), new Tickets(pool, counts, floats));
            Assert.Equal(Enumerable.Range(1, counts.Length), counts.Order());
        }
    }

    [Fact]
    public void A_disposed_pool_refuses_work()
    {
        var pool = new WorkerPool(2);
        pool.Dispose();
        Assert.Throws<ObjectDisposedException>(() => pool.Run(1, new Count(new int[1])));
    }

    private readonly record struct Count(int[] Counts) : IWork
    {
        public void Run(int item, int worker) => Interlocked.Increment(ref Counts[item]);
    }

    private readonly record struct PlainCount(int[] Counts) : IWork
    {
        public void Run(int item, int worker) => Counts[item]++;
    }

    private readonly record struct Fail(int At) : IWork
    {
        public void Run(int item, int worker)
        {
            if (item == At) throw new InvalidDataException($"item {item}");
        }
    }

    /// <summary>A run inside an item, and inside of that one more, if there is one.</summary>
    private sealed record Nested(WorkerPool Pool, Nested? Next = null) : IWork
    {
        public void Run(int item, int worker)
        {
            if (Next is null) Pool.Run(1, new Count(new int[1]));
            else Pool.Run(1, Next);
        }
    }

    private readonly record struct Waiting(WorkerPool Pool) : IWork
    {
        public void Run(int item, int worker) => Pool.TakeTurn().Dispose();
    }

    /// <summary>Each item takes the next number from the memory's first word, and writes to the last.</summary>
    private readonly record struct Tickets(WorkerPool Pool, int[] Counts, int Floats) : IWork
    {
        public unsafe void Run(int item, int worker)
        {
            Counts[item] = Interlocked.Increment(ref *(int*)Pool.SharedMemory);
            Pool.SharedMemory[Floats - 1] = item;
        }
    }

    private readonly record struct Meet(Barrier Barrier) : IWork
    {
        public void Run(int item, int worker) => Barrier.SignalAndWait(TimeSpan.FromSeconds(20));
    }
}
