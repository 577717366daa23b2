using KernelForge.Runtime.Caches;
using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime;

/// <summary>
/// A ragged set of running sequences of one model: what their earlier rows left for the next, such as keys and values. Memory is used in
/// blocks of 32 rows, and never more of it than a budget in bytes.
/// </summary>
/// <remarks>
/// One run at a time uses a cache, and its sequences stay as they are meanwhile: a second run, and adding, forking or removing during one,
/// throws <see cref="InvalidOperationException"/>. A run that fails changes nothing. Memory of sequences that were removed serves the next
/// ones; it goes back to the system when the cache is disposed of. What a run works in is
/// not counted.
/// </remarks>
public sealed class SequenceCache : IDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<int, CachedSequence> sequences = [];
    private readonly CompiledProgram? program;
    private readonly CacheMemory memory;
    private readonly CacheRun run;
    private readonly string layer;
    private readonly int slot;
    private int next;
    private bool disposed;

    private SequenceCache(CompiledProgram? program, CacheLayout layout, string layer, long budget)
    {
        (this.program, this.layer, Budget) = (program, layer, budget);
        memory = new CacheMemory(layout, program?.NewStore() ?? new HostStore(), budget);
        run = new CacheRun(this, memory, layer);
        for (int s = layout.Spaces.Count - 1; s >= 0; s--)
        {
            if (layout.Spaces[s].GoesOn) slot = s;
        }
    }

    /// <summary>Bytes that may be in use at the same time.</summary>
    public long Budget { get; }

    /// <summary>Bytes of blocks and states in use; what several sequences share counts once.</summary>
    public long Used
    {
        get
        {
            lock (gate) return UsedNow();
        }
    }

    /// <summary>Sequences.</summary>
    public int Count
    {
        get
        {
            lock (gate) return sequences.Count;
        }
    }

    /// <summary>A cache for the sequences of one layer: what a generated <c>NewCache</c> calls.</summary>
    /// <param name="program">The layer's program, or null where the reference runs it.</param>
    /// <param name="inputs">The row spaces of the layer's inputs, and no entries: all that the reference keeps is rows of inputs.</param>
    /// <param name="layer">The layer, for messages.</param>
    /// <param name="budget">Bytes that may be in use at the same time.</param>
    /// <exception cref="ArgumentOutOfRangeException">The budget is below 1 byte.</exception>
    /// <exception cref="NotSupportedException">The program keeps nothing: its layer is not incremental.</exception>
    public static SequenceCache For(CompiledProgram? program, CacheLayout inputs, string layer, long budget)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentException.ThrowIfNullOrEmpty(layer);
        ArgumentOutOfRangeException.ThrowIfLessThan(budget, 1);
        CacheLayout layout = program is null ? inputs : program.Layout
            ?? throw new NotSupportedException($"{layer} has no incremental run: its program keeps nothing of a sequence");
        return new SequenceCache(program, layout, layer, budget);
    }

    /// <summary>A new sequence, without rows.</summary>
    /// <returns>Its number, which no other sequence of this cache ever has.</returns>
    public int Add()
    {
        lock (gate)
        {
            CheckIdle();
            sequences.Add(next, new CachedSequence(memory.Layout.Spaces.Count));
            return next++;
        }
    }

    /// <summary>A second sequence with the same past. The two share blocks until one writes to them.</summary>
    /// <returns>Its number.</returns>
    /// <exception cref="ArgumentException">There is no such sequence.</exception>
    /// <exception cref="CacheFullException">The budget has no room for the states of the sequence, which cannot be shared.</exception>
    public int Fork(int sequence)
    {
        lock (gate)
        {
            CheckIdle();
            CachedSequence from = Find(sequence);
            if (from.HasRun) CheckRoom("a fork", memory.StateBytes);
            sequences.Add(next, memory.Fork(from));
            return next++;
        }
    }

    /// <summary>Forgets a sequence; its memory serves others.</summary>
    /// <exception cref="ArgumentException">There is no such sequence.</exception>
    public void Remove(int sequence)
    {
        lock (gate)
        {
            CheckIdle();
            memory.Release(Find(sequence));
            sequences.Remove(sequence);
        }
    }

    /// <summary>
    /// The next run brings the last rows of a sequence: they may look at where rows would follow, such as at the rest of a chunk. No run
    /// takes the sequence after that.
    /// </summary>
    /// <exception cref="ArgumentException">There is no such sequence.</exception>
    public void Finish(int sequence)
    {
        lock (gate)
        {
            CheckIdle();
            Find(sequence).IsFinished = true;
        }
    }

    /// <summary>How many rows a sequence has so far, of the input that goes on from run to run.</summary>
    /// <exception cref="ArgumentException">There is no such sequence.</exception>
    public int Length(int sequence)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            return Find(sequence).Lengths[slot];
        }
    }

    /// <summary>Begins a run on further rows of sequences, and takes all the memory that it will need.</summary>
    /// <param name="program">The program that runs; null for the reference.</param>
    /// <param name="sequences">The number of each sequence of the batch.</param>
    /// <param name="fresh">Whether the sequences are to have no rows yet: the run brings what does not go on.</param>
    /// <param name="added">New rows of row spaces; a space that is not named gets none.</param>
    /// <returns>The run: disposed of without <see cref="CacheRun.Commit"/>, nothing has happened.</returns>
    /// <exception cref="ArgumentException">Program, numbers and rows do not fit the cache or each other.</exception>
    /// <exception cref="CacheFullException">The budget has no room for the new rows.</exception>
    /// <exception cref="InvalidOperationException">Another run is in progress.</exception>
    public CacheRun Begin(CompiledProgram? program, ReadOnlySpan<int> sequences, bool fresh, params ReadOnlySpan<AddedRows> added)
    {
        lock (gate)
        {
            CheckIdle();
            if (!ReferenceEquals(program, this.program))
                throw new ArgumentException($"the cache is not of this {layer} as it is loaded now: make one with its NewCache");
            run.Begin(sequences, fresh, added);
            return run;
        }
    }

    /// <summary>Frees the memory of all sequences; where a run is in progress, when that has ended.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            if (!run.IsActive) Free();
        }
    }

    /// <summary>Does something that the end of a run changes.</summary>
    internal void End(Action end)
    {
        lock (gate)
        {
            end();
            if (disposed && !run.IsActive) Free();
        }
    }

    internal CachedSequence Find(int sequence) => sequences.TryGetValue(sequence, out CachedSequence? found)
        ? found
        : throw new ArgumentException(
            $"the cache has no sequence {sequence}: a number comes from Add or Fork, and ends with Remove", nameof(sequence));

    /// <exception cref="CacheFullException">The budget leaves less.</exception>
    internal void CheckRoom(string what, long needed)
    {
        long used = UsedNow();
        if (needed > Budget - used) throw new CacheFullException(what, needed, used, Budget);
    }

    private void Free()
    {
        memory.Dispose();
        run.Entries.Dispose();
    }

    private long UsedNow() => program is null ? History.BytesOf(sequences.Values) : memory.Used;

    private void CheckIdle()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (run.IsActive) throw new InvalidOperationException($"a run of {layer} is in progress on this cache: one at a time");
    }
}
