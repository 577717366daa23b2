using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using KernelForge.Runtime.Cpu.Profiling;

namespace KernelForge.Runtime.Cpu;

/// <summary>Work in numbered items, any of which may run on any thread, at the same time as others.</summary>
public interface IWork
{
    /// <param name="item">Which item.</param>
    /// <param name="worker">Which of the pool's threads this is, the caller being 0: an index for scratch memory.</param>
    void Run(int item, int worker);
}

/// <summary>
/// Persistent threads that spin briefly for work, then park. A run hands out its items in ascending order to whoever is free, so that a
/// thread that is slow or comes late costs nothing; give the costliest items the lowest numbers.
/// </summary>
/// <remarks>
/// Runs of several callers follow one another. A run allocates nothing. The caller works too, and waits only for threads that took part.
/// </remarks>
public sealed unsafe class WorkerPool : IDisposable
{
    /// <summary>The job's word: how many threads are inside (16 bits), whether more may enter, and the job's number.</summary>
    private const long Open = 1 << 16, Inside = Open - 1, NextJob = Open << 1;

    /// <summary>About 30 µs: longer than the gap between two kernels of a model, much shorter than a time slice.</summary>
    private const int SpinsBeforeParking = 1000;

    private const long LeastScratch = 1 << 14;

    private static readonly Lock SharedLock = new();
    private static readonly Dictionary<int, WorkerPool> Pools = [];

    [ThreadStatic]
    private static WorkerPool? workingFor;

    private readonly Lock runLock = new();
    private readonly object parking = new();
    private readonly NativeFloats?[] scratch;
    private readonly WorkerPool[] alone;

    /// <summary>Whose worker this pool's one thread is; null for a pool with threads of its own.</summary>
    private readonly WorkerPool? whole;

    private readonly Turns turns = new();

    private NativeFloats shared = NativeFloats.Allocate(0);
    private long state;
    private int parked, next, items;
    private bool stopped;
    private void* work;
    private delegate*<void*, int, int, void> run;
    private ExceptionDispatchInfo? failure;

    /// <param name="threads">Threads that work, the caller among them; 0 for one a core.</param>
    public WorkerPool(int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        Threads = threads == 0 ? Environment.ProcessorCount : threads;
        scratch = new NativeFloats?[Threads];
        alone = new WorkerPool[Threads];
        for (int worker = 0; worker < Threads; worker++) alone[worker] = new WorkerPool(this);
        for (int worker = 1; worker < Threads; worker++)
        {
            int index = worker;
            new Thread(() => Serve(index)) { IsBackground = true, Name = $"KernelForge worker {index}" }.Start();
        }
    }

    private WorkerPool(WorkerPool whole)
    {
        (Threads, this.whole) = (1, whole);
        scratch = new NativeFloats?[1];
        alone = [];
    }

    /// <summary>Threads that work, the caller among them.</summary>
    public int Threads { get; }

    /// <summary>Somebody waits for a turn while another has it.</summary>
    internal bool IsAwaited => turns.AreAwaited;

    /// <summary>Waits until nobody else runs a program on the pool; the turn ends when it is disposed of.</summary>
    /// <exception cref="InvalidOperationException">Called from inside an item of this pool.</exception>
    internal Turns.Turn TakeTurn()
    {
        RefuseInside();
        return turns.Take();
    }

    /// <summary>The pool that has no thread but a worker of this one, for use inside of an item that the worker runs.</summary>
    internal WorkerPool Alone(int worker) => alone[worker];

    /// <summary>The process's one pool of that many threads (0 for one a core); never disposed.</summary>
    public static WorkerPool Shared(int threads = 0)
    {
        int count = threads == 0 ? Environment.ProcessorCount : threads;
        lock (SharedLock)
        {
            if (!Pools.TryGetValue(count, out WorkerPool? pool)) Pools.Add(count, pool = new WorkerPool(count));
            return pool;
        }
    }

    /// <summary>Runs items 0 to <paramref name="count"/> - 1 and returns when all are done.</summary>
    /// <exception cref="InvalidOperationException">Called from inside an item of this pool.</exception>
    /// <remarks>An exception in an item abandons the items not yet begun and is thrown here.</remarks>
    public void Run<TWork>(int count, TWork work) where TWork : IWork => Run(count, default, work);

    /// <summary>As <see cref="Run{TWork}(int, TWork)"/>, with <see cref="SharedMemory"/> for all items.</summary>
    internal void Run<TWork>(int count, SharedRoom room, TWork work) where TWork : IWork
    {
        if (count <= 0) return;
        KernelProfile? profile = work is IWorkOfKernels ? null : KernelProfile.Current;
        long start = profile is null ? 0 : Stopwatch.GetTimestamp();
        RefuseInside();
        lock (runLock)
        {
            ObjectDisposedException.ThrowIf(stopped, this);
            Reserve(room);

            // The job is on this frame, which outlives it: nobody is inside when this method leaves.
            this.work = Unsafe.AsPointer(ref work);
            run = &Invoke<TWork>;
            (next, items, failure) = (0, count, null);
            long opened = ((Volatile.Read(ref state) | Inside | Open) + 1) | Open;
            Interlocked.Exchange(ref state, opened);
            if (count > 1 && Volatile.Read(ref parked) > 0)
            {
                lock (parking) Monitor.PulseAll(parking);
            }

            TakeItems(worker: 0);
            Interlocked.And(ref state, ~Open);
            var spin = new SpinWait();
            while ((Volatile.Read(ref state) & Inside) != 0) spin.SpinOnce(sleep1Threshold: -1);
            ExceptionDispatchInfo? thrown = failure;
            failure = null;
            thrown?.Throw();
            profile?.Add(work, (Stopwatch.GetTimestamp() - start) / (whole?.Threads ?? 1));
        }
    }

    /// <summary>What the run asked for, 64-byte aligned: zeros first, then unspecified content.</summary>
    internal float* SharedMemory => shared.Pointer;

    /// <summary>Memory of one worker, 64-byte aligned, unspecified content, valid until the item ends.</summary>
    internal float* Scratch(int worker, long floats)
    {
        if (scratch[worker] is not { } memory || memory.Length < floats)
        {
            scratch[worker]?.Dispose();
            // With room to spare: which items a worker meets differs from run to run.
            scratch[worker] = memory = NativeFloats.Allocate(Math.Max(LeastScratch, floats * 3 / 2));
        }
        return memory.Pointer;
    }

    /// <summary>Ends the threads, once the run in progress has finished.</summary>
    public void Dispose()
    {
        lock (runLock)
        {
            stopped = true;
            Interlocked.Add(ref state, NextJob);
            lock (parking) Monitor.PulseAll(parking);
            foreach (NativeFloats? memory in scratch) memory?.Dispose();
            shared.Dispose();
        }
        foreach (WorkerPool pool in alone) pool.Dispose();
    }

    private void RefuseInside()
    {
        if (workingFor is { } busy && (busy == this || busy.whole == this))
            throw new InvalidOperationException("A run of this pool was started from inside another: its threads are taken.");
    }

    private void Reserve(SharedRoom room)
    {
        if (room.Floats > shared.Length)
        {
            shared.Dispose();
            shared = NativeFloats.Allocate(room.Floats);
        }
        if (room.Zeros > 0) new Span<float>(shared.Pointer, room.Zeros).Clear();
    }

    private static void Invoke<TWork>(void* work, int item, int worker) where TWork : IWork =>
        Unsafe.AsRef<TWork>(work).Run(item, worker);

    private void Serve(int worker)
    {
        long seen = 0;
        while (true)
        {
            seen = AwaitJobAfter(seen);
            if (Volatile.Read(ref stopped)) return;
            if (!TryEnter(ref seen)) continue;
            TakeItems(worker);
            Interlocked.Decrement(ref state);
        }
    }

    private long AwaitJobAfter(long seen)
    {
        for (int spins = 0; spins < SpinsBeforeParking; spins++)
        {
            long job = Volatile.Read(ref state) / NextJob;
            if (job != seen) return job;
            Thread.SpinWait(8);
        }
        lock (parking)
        {
            // Announced before the last look: a run that begins now either is seen here or sees a parked thread to wake.
            Interlocked.Increment(ref parked);
            while (Volatile.Read(ref state) / NextJob == seen) Monitor.Wait(parking);
            Interlocked.Decrement(ref parked);
            return Volatile.Read(ref state) / NextJob;
        }
    }

    /// <summary>Counts this thread in, unless the job has closed; a closed job is one less to look at.</summary>
    private bool TryEnter(ref long job)
    {
        while (true)
        {
            long now = Volatile.Read(ref state);
            job = now / NextJob;
            if ((now & Open) == 0) return false;
            if (Interlocked.CompareExchange(ref state, now + 1, now) == now) return true;
        }
    }

    private void TakeItems(int worker)
    {
        WorkerPool? outer = workingFor;
        workingFor = this;
        try
        {
            for (int item = Interlocked.Increment(ref next) - 1; item < items; item = Interlocked.Increment(ref next) - 1)
                run(work, item, worker);
        }
        catch (Exception exception)
        {
            // Whatever it was, it belongs to the caller, and one is enough.
            Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(exception), null);
            Volatile.Write(ref next, items);
        }
        workingFor = outer;
    }
}

/// <summary>Work whose items run kernels, each on the pool of its worker alone: these are measured, not it.</summary>
internal interface IWorkOfKernels : IWork;

/// <summary>Memory for all items of a run.</summary>
/// <param name="Floats">How much.</param>
/// <param name="Zeros">How much of it is zeros when the run begins: the first.</param>
internal readonly record struct SharedRoom(long Floats, int Zeros);
