using KernelForge.Runtime.Cpu.Packing;
using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime.Cpu;

/// <summary>What the generated CPU program of a layer derives from: its threads, its packed weights, and buffers for each run in progress.</summary>
public abstract class CpuProgram<TVector> : CompiledProgram where TVector : unmanaged, IVector<TVector>
{
    private readonly Lock idleLock = new();

    /// <summary>The one used last is taken first: its memory is still near. (A concurrent stack would allocate at each push.)</summary>
    private readonly Stack<CpuWorkspace> idle = [];

    private readonly Lock fillLock = new();
    private readonly WeightImage weights = new();
    private readonly WeightCache? cache;
    private readonly int spaces, slots, integers;
    private readonly CpuPrecision precision;
    private readonly WorkerPool pool;
    private volatile bool isFilled;

    /// <param name="device">How many threads to use, and in which numbers to multiply.</param>
    /// <param name="spaces">Row spaces of the plan.</param>
    /// <param name="slots">Buffers of the plan that are in use at the same time.</param>
    /// <param name="integers">Rows of integers that the inputs bring.</param>
    protected CpuProgram(CpuDevice device, int spaces, int slots, int integers)
    {
        ArgumentNullException.ThrowIfNull(device);
        pool = WorkerPool.Shared(device.Threads);
        precision = device.Precision;
        cache = device.WeightCache is { } folder ? new WeightCache(folder) : null;
        (this.spaces, this.slots, this.integers) = (spaces, slots, integers);
    }

    /// <summary>See <see cref="AttentionHeads"/>: where products with weights are rounded, those of attention are, too.</summary>
    protected bool RoundsAttention => precision != CpuPrecision.Float32;

    /// <inheritdoc/>
    public sealed override void Run(ReadOnlySpan<RunInput> inputs, ReadOnlySpan<RunOutput> outputs) => RunOn(null, inputs, outputs);

    /// <inheritdoc/>
    public sealed override void Run(ReadOnlySpan<RunInput> inputs, ReadOnlySpan<RunOutput> outputs, CacheRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        RunOn(run, inputs, outputs);
    }

    /// <inheritdoc/>
    internal sealed override void ReadWeights()
    {
        lock (fillLock)
        {
            if (isFilled) return;
            weights.Fill(pool, cache, GetType().Name.Split('`')[0]);
            isFilled = true;
        }
    }

    private void RunOn(CacheRun? run, ReadOnlySpan<RunInput> inputs, ReadOnlySpan<RunOutput> outputs)
    {
        Enter();
        try
        {
            if (!isFilled) ReadWeights();
            CpuWorkspace? workspace;
            lock (idleLock) idle.TryPop(out workspace);
            workspace ??= new CpuWorkspace(spaces, slots, integers, pool);
            workspace.Cache = run;
            if (run is null && AreOfTheSameSequences(inputs, outputs)) RunInParts(workspace, inputs, outputs);
            else RunTogether(workspace, inputs, outputs);
            workspace.Cache = null;
            // Not after an exception: what a run left half done is not worth keeping.
            lock (idleLock) idle.Push(workspace);
        }
        finally
        {
            Leave();
        }
    }

    private static bool AreOfTheSameSequences(ReadOnlySpan<RunInput> inputs, ReadOnlySpan<RunOutput> outputs)
    {
        if (inputs.IsEmpty) return false;
        foreach (RunInput input in inputs)
        {
            if (input.SequenceCount != inputs[0].SequenceCount) return false;
        }
        foreach (RunOutput output in outputs)
        {
            if (output.SequenceCount != inputs[0].SequenceCount) return false;
        }
        return true;
    }

    private void RunInParts(CpuWorkspace workspace, ReadOnlySpan<RunInput> inputs, ReadOnlySpan<RunOutput> outputs)
    {
        RunInput longest = inputs[0];
        foreach (RunInput input in inputs)
        {
            if (input.RowCount > longest.RowCount) longest = input;
        }
        RunDivision division = workspace.Division;
        division.Cut(longest.Offsets, pool.Threads);
        try
        {
            RunAlone(workspace, inputs, outputs);
            foreach (RunPart part in division.Together)
            {
                workspace.View.Set(inputs, outputs, part);
                RunTogether(workspace, workspace.View.Inputs, workspace.View.Outputs);
            }
        }
        catch (ArgumentException)
        {
            // A refused sequence is to be told by its number among all.
            RunTogether(workspace, inputs, outputs);
            throw;
        }
        workspace.View.Clear();
    }

    /// <summary>The parts that threads take through the whole plan by themselves, as long as nobody else waits for the threads; then the rest.</summary>
    private void RunAlone(CpuWorkspace workspace, ReadOnlySpan<RunInput> inputs, ReadOnlySpan<RunOutput> outputs)
    {
        workspace.View.Set(inputs, outputs);
        for (int left = workspace.Division.Left; left > 0; left = workspace.Division.Left)
        {
            using Turns.Turn turn = pool.TakeTurn();
            pool.Run(left, new PartsAlone(this, workspace));
        }
    }

    private void RunTogether(CpuWorkspace workspace, ReadOnlySpan<RunInput> inputs, ReadOnlySpan<RunOutput> outputs)
    {
        using Turns.Turn turn = pool.TakeTurn();
        Run(workspace, inputs, outputs);
    }

    /// <summary>The kernels of the plan, one after another.</summary>
    protected abstract void Run(CpuWorkspace workspace, ReadOnlySpan<RunInput> inputs, ReadOnlySpan<RunOutput> outputs);

    /// <summary>A weight that lives as long as the program.</summary>
    /// <param name="packed">The weight.</param>
    /// <param name="pinned">Its precision whatever that of the device; null for the device's.</param>
    protected PackedMatrix<TVector> Keep(PackedMatrix<TVector> packed, Precision? pinned = null)
    {
        ArgumentNullException.ThrowIfNull(packed);
        packed.To(pinned?.OnCpu ?? precision);
        weights.Add(packed);
        return packed;
    }

    /// <summary>A bank of weights that lives as long as the program.</summary>
    /// <param name="bank">The weights.</param>
    /// <param name="pinned">Their precision whatever that of the device; null for the device's.</param>
    protected Bank<TVector> Keep(Bank<TVector> bank, Precision? pinned = null)
    {
        ArgumentNullException.ThrowIfNull(bank);
        for (int i = 0; i < bank.Count; i++) Keep(bank[i], pinned);
        return bank;
    }

    /// <summary>A table, [rows, columns], turned round to [columns, rows], that lives as long as the program.</summary>
    protected Rows<TVector> KeepTransposed(WeightValues values, int rows, int columns) => Keep(new TablePart(values, columns, rows, isTurned: true));

    /// <summary>A vector or table, [rows, columns], that lives as long as the program.</summary>
    protected Rows<TVector> Keep(WeightValues values, int rows, int columns) => Keep(new TablePart(values, rows, columns, isTurned: false));

    private Rows<TVector> Keep(TablePart table)
    {
        weights.Add(table);
        return table.View<TVector>();
    }

    /// <inheritdoc/>
    protected sealed override void Free()
    {
        weights.Dispose();
        while (idle.TryPop(out CpuWorkspace? workspace)) workspace.Dispose();
    }

    /// <summary>As many items as there are parts to be taken.</summary>
    private readonly struct PartsAlone(CpuProgram<TVector> program, CpuWorkspace workspace) : IWorkOfKernels
    {
        public void Run(int item, int worker)
        {
            // The first items always run: who waits gets the turn after one part a thread, and the run goes on at each of its own.
            if (item >= workspace.Pool.Threads && workspace.Pool.IsAwaited) return;
            if (!workspace.Division.TryTake(worker, out int owner, out RunPart part)) return;
            CpuWorkspace lent = workspace.Lend(owner, worker);
            lent.View.Set(workspace.View.Inputs, workspace.View.Outputs, part);
            program.Run(lent, lent.View.Inputs, lent.View.Outputs);
            lent.View.Clear();
            workspace.TakeBack(lent);
        }
    }
}
