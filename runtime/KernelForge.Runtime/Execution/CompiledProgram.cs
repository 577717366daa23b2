using KernelForge.Runtime.Caches;

namespace KernelForge.Runtime.Execution;

/// <summary>A compiled layer with its weights on one device: what generated code derives from.</summary>
/// <remarks>
/// Several threads may run the same program at once; each run has buffers of its own. What the program holds is freed when it was disposed of
/// and the last run in progress has ended.
/// </remarks>
public abstract class CompiledProgram : IDisposable
{
    /// <summary>One for the program itself until it is disposed, and one for each run in progress: the last to go frees the memory.</summary>
    private int users = 1;

    private int disposed;

    /// <summary>Runs the layer; allocates nothing once it has run a batch as large.</summary>
    /// <param name="inputs">One for each parameter of the entry, with indices already checked.</param>
    /// <param name="outputs">One for each result, of the right size.</param>
    public abstract void Run(ReadOnlySpan<RunInput> inputs, ReadOnlySpan<RunOutput> outputs);

    /// <summary>What a sequence leaves for its next rows; null where the layer is not incremental.</summary>
    public virtual CacheLayout? Layout => null;

    /// <summary>Runs an incremental layer on further rows of sequences; <see cref="CacheRun.Commit"/> is the caller's.</summary>
    /// <inheritdoc cref="Run(ReadOnlySpan{RunInput}, ReadOnlySpan{RunOutput})"/>
    /// <param name="inputs">One for each parameter of the entry, with indices already checked; without a row what does not go on.</param>
    /// <param name="outputs">One for each result, of the size that the new rows give it.</param>
    /// <param name="run">What was kept of the sequences.</param>
    /// <exception cref="NotSupportedException">The program has no <see cref="Layout"/>.</exception>
    public virtual void Run(ReadOnlySpan<RunInput> inputs, ReadOnlySpan<RunOutput> outputs, CacheRun run) =>
        throw new NotSupportedException("this program runs whole sequences alone: its layer is not incremental");

    /// <summary>Reads all weights, unless that is done: the checkpoint may be closed afterwards.</summary>
    /// <exception cref="WeightException">A tensor does not hold what it should; the message names it.</exception>
    internal virtual void ReadWeights() { }

    /// <summary>Memory for what sequences leave, where the program's kernels reach it.</summary>
    internal virtual CacheStore NewStore() => new HostStore();

    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 0) Leave();
        GC.SuppressFinalize(this);
    }

    /// <summary>A run begins; <see cref="Leave"/> ends it.</summary>
    /// <exception cref="ObjectDisposedException">The program was disposed of.</exception>
    protected void Enter()
    {
        int now = Volatile.Read(ref users);
        while (true)
        {
            ObjectDisposedException.ThrowIf(now == 0 || disposed != 0, this);
            int before = Interlocked.CompareExchange(ref users, now + 1, now);
            if (before == now) return;
            now = before;
        }
    }

    protected void Leave()
    {
        if (Interlocked.Decrement(ref users) == 0) Free();
    }

    /// <summary>Frees what the program holds; called once, when nobody uses it any more.</summary>
    protected abstract void Free();
}
