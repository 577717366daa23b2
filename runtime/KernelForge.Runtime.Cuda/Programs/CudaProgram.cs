using KernelForge.Runtime.Caches;
using KernelForge.Runtime.Cpu;
using KernelForge.Runtime.Cuda.Execution;
using KernelForge.Runtime.Cuda.Interop;
using KernelForge.Runtime.Cuda.Modules;
using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>
/// What the generated CUDA program of a layer derives from. Its constructor packs the weights and ends with <see cref="Ready"/>; its schedule
/// is then recorded as a graph for each size of batch, and replayed for every batch of that size.
/// </summary>
public abstract class CudaProgram : CompiledProgram
{
    private readonly CudaDevice device;
    private readonly SharedContext? shared;
    private readonly ProgramPlan plan = new();
    private readonly ProgramKernels kernels;
    private readonly DeviceLimits limits;
    private readonly WorkspacePool ordinary;

    /// <summary>Runs that go on with sequences: their plan and their workspaces; null where the layer is not incremental.</summary>
    private ProgramPlan? keptPlan;

    private WorkspacePool? incremental;
    private CubinCache? cache;

    /// <param name="device">Where it runs.</param>
    /// <exception cref="CudaException">There is no such device, or it cannot be used.</exception>
    protected CudaProgram(CudaDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        this.device = device;
        if (device.PlannedFor is { } architecture) limits = DeviceLimits.Of(architecture);
        else
        {
            shared = SharedContext.Of(device);
            limits = DeviceLimits.Of(shared.Context);
        }
        kernels = new ProgramKernels(device.Precision, lineInfo: shared?.Context.Driver.NeedsPtx ?? false);
        Weights = new DeviceWeights(device.Precision, shared?.Context, Dispose);
        ordinary = Pool(plan);
    }

    /// <summary>Every kernel in every variant that a batch may need.</summary>
    public IReadOnlyList<KernelBuild> Kernels => kernels.Builds;

    /// <inheritdoc/>
    public sealed override CacheLayout? Layout => keptPlan?.Kept!.Layout;

    /// <summary>Puts weights into device memory.</summary>
    protected DeviceWeights Weights { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The batch is too large for one run, or inputs do not belong together.</exception>
    /// <exception cref="CudaException">The device has too little memory, fails or is lost; a later run starts with memory of its own.</exception>
    public sealed override void Run(ReadOnlySpan<RunInput> inputs, ReadOnlySpan<RunOutput> outputs) => RunOn(ordinary, inputs, outputs, null);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">
    /// The batch is too large for one run, or inputs do not belong together, or new rows see others that have not come yet.
    /// </exception>
    /// <exception cref="CudaException">The device has too little memory, fails or is lost; a later run starts with memory of its own.</exception>
    public sealed override void Run(ReadOnlySpan<RunInput> inputs, ReadOnlySpan<RunOutput> outputs, CacheRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (incremental is null) base.Run(inputs, outputs, run);
        else RunOn(incremental, inputs, outputs, run);
    }

    /// <summary>The times that a batch takes on the device, one for each of some replays of its graph, in a workspace of its own.</summary>
    internal void Time(ReadOnlySpan<RunInput> inputs, ReadOnlySpan<RunOutput> outputs, Span<TimeSpan> times)
    {
        using CudaWorkspace workspace = Workspace(plan);
        workspace.Time(inputs, outputs, times);
    }

    /// <summary>The kernels of the plan, one after another; see <see cref="CudaRun"/> for when it is run.</summary>
    protected abstract void Schedule(CudaRun run);

    /// <summary>Fills a table of differences for a batch.</summary>
    /// <param name="table">The table's number.</param>
    /// <param name="values">The value of difference d at <paramref name="zero"/> + d.</param>
    /// <param name="zero">How many differences are below zero.</param>
    protected virtual void Differences(int table, Span<int> values, int zero) =>
        throw new NotSupportedException($"the program fills no table {table} of differences");

    /// <summary>Computes the lengths of a batch's sequences in a row space that has lengths of its own.</summary>
    /// <param name="space">The space's number.</param>
    /// <param name="given">What the pass of a loop gives: see <see cref="CudaRun.SpaceOfLengths"/>.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="lengths">[sequences].</param>
    protected virtual void Lengths(int space, ReadOnlySpan<int> given, CudaBatch batch, Span<int> lengths) =>
        throw new NotSupportedException($"the program computes no lengths for space {space}");

    /// <summary>Computes integers of a batch that kernels read.</summary>
    /// <param name="number">The integers' number.</param>
    /// <param name="given">What the pass of a loop gives: see <see cref="CudaRun.HostIntegers"/>.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="values">[rows].</param>
    protected virtual void Integers(int number, ReadOnlySpan<int> given, CudaBatch batch, Span<int> values) =>
        throw new NotSupportedException($"the program computes no integers {number}");

    /// <summary>Whether queries of an attention, whose keys go on with them, see keys.</summary>
    /// <param name="mask">The attention's number: see <see cref="CudaRun.SeesNoFurther"/>.</param>
    /// <param name="given">Indices of the loops around it.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="sequence">One of its sequences.</param>
    /// <param name="queries">Positions of queries.</param>
    /// <param name="keys">Positions of keys.</param>
    protected virtual Coverage Sees(int mask, ReadOnlySpan<int> given, CudaBatch batch, int sequence, Interval queries, Interval keys) =>
        throw new NotSupportedException($"the program has no mask {mask}");

    /// <summary>
    /// Last in the constructor: runs the schedule without a device to learn what it needs, and compiles its kernels, unless the device takes
    /// PTX, where each is compiled when it is first launched.
    /// </summary>
    /// <exception cref="CudaException">A kernel does not compile, or there is no NVRTC and it is not in the cache.</exception>
    /// <exception cref="NotSupportedException">Heads of attention are too wide, or the device has too little shared memory for the layer's sizes.</exception>
    protected void Ready()
    {
        try
        {
            Learn(plan);
            if (plan.IsIncremental)
            {
                keptPlan = new ProgramPlan(new KeptEntries(), plan.SlotCount);
                Learn(keptPlan);
                incremental = Pool(keptPlan);
            }
            Weights.EndUploads();
            if (shared is null) return;
            cache = device.Cache ?? CubinCache.Open();
            if (!shared.Context.Driver.NeedsPtx) kernels.LoadAll(shared.Context, cache);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    protected sealed override void Free()
    {
        DropIdle();
        Weights.Dispose();
        kernels.Dispose();
        shared?.Dispose();
    }

    /// <summary>Has every kernel of a graph loaded, then records them.</summary>
    internal CudaGraph Capture(ProgramPlan of, CudaWorkspace workspace, BatchKey key, RecordLayout layout, CudaStream stream, Action<CudaStream> copyRecord)
    {
        var run = new CudaRun(of, kernels, device.Precision, limits, Differences);
        run.Recorder = new GraphRecorder(run, workspace, key, layout, Context, cache!);
        Schedule(run);
        return CudaGraph.Capture(stream, $"{GetType().Name} with {key}", captured =>
        {
            copyRecord(captured);
            run.Again();
            run.Recorder.Stream = captured;
            Schedule(run);
        });
    }

    /// <inheritdoc/>
    internal sealed override CacheStore NewStore() => new DeviceStore(device, GetType().Name, DropIdle);

    /// <exception cref="ArgumentException">A new query sees a key that has not come yet.</exception>
    internal void CheckSight(ProgramPlan of, CudaBatch batch)
    {
        foreach ((CudaSpace queries, CudaSpace keys, Computation mask) in of.Kept!.Masks)
        {
            for (int s = 0; s < batch.SequenceCount(queries); s++)
            {
                int before = batch.Bases(queries)[s], rows = batch.Length(queries, s), last = batch.Length(keys, s);
                if (rows == before || batch.Cache!.Batch[s].IsFinished) continue;
                if (Sees(mask.Number, mask.Given, batch, s, new Interval(before, rows - 1), new Interval(last, int.MaxValue)) != Coverage.None)
                    throw CacheRun.SeesBehind(s, rows - before, before);
            }
        }
    }

    private CudaContext Context => shared?.Context
        ?? throw new InvalidOperationException($"{GetType().Name} was made for '{device}' and only lists its kernels");

    private void RunOn(WorkspacePool workspaces, ReadOnlySpan<RunInput> inputs, ReadOnlySpan<RunOutput> outputs, CacheRun? run)
    {
        Enter();
        try
        {
            workspaces.Run(inputs, outputs, run);
        }
        catch (CudaException error) when (error.Result == CudaResult.OutOfMemory)
        {
            if (!DropIdle()) throw;
            workspaces.Run(inputs, outputs, run);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Runs the schedule to learn what a plan needs.</summary>
    private void Learn(ProgramPlan into)
    {
        Schedule(new CudaRun(into, kernels, device.Precision, limits, Differences));
        into.Complete();
    }

    private WorkspacePool Pool(ProgramPlan of) => new(() => Workspace(of));

    private CudaWorkspace Workspace(ProgramPlan of) => new(this, Context, of, new CudaBatch(of, Lengths, Integers));

    /// <summary>Gives back the memory that other runs left for later ones; false where there was none.</summary>
    private bool DropIdle() => ordinary.Drop() | (incremental?.Drop() ?? false);
}
