using KernelForge.Runtime.Cuda.Execution;
using KernelForge.Runtime.Cuda.Interop;
using KernelForge.Runtime.Cuda.Memory;
using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>
/// What one run of a program needs for itself: buffers, the record of the batch, and a graph for each size of batch that came. All of it
/// grows with the batches and is used again, so that a run allocates nothing once warm.
/// </summary>
internal sealed class CudaWorkspace : IDisposable
{
    /// <summary>A graph is kept until so many others were used after it.</summary>
    private const int MostGraphs = 32;

    private readonly CudaProgram program;
    private readonly CudaContext context;
    private readonly ProgramPlan plan;
    private readonly CudaStream stream;
    private readonly DeviceBuffer?[] slots;
    private readonly HostCopy[] copiesIn, copiesOut;
    private readonly List<BatchGraph> graphs = [];
    private readonly BatchKey key;
    private readonly CudaBatch batch;
    private DeviceBuffer? record, scratch;
    private PinnedBuffer? recordOnHost;

    /// <exception cref="CudaException">The driver refuses a stream.</exception>
    public CudaWorkspace(CudaProgram program, CudaContext context, ProgramPlan plan, CudaBatch batch)
    {
        this.batch = batch;
        (this.program, this.context, this.plan) = (program, context, plan);
        slots = new DeviceBuffer?[plan.SlotCount];
        key = new BatchKey(plan.InputCount, plan.LengthsCount, plan.Pairs.Count, plan.TotalCount);
        copiesIn = [.. plan.CopiesIn.Select(copy => new HostCopy(context, copy.Number, copy.View))];
        copiesOut = [.. plan.CopiesOut.Select(copy => new HostCopy(context, copy.Number, copy.View))];
        stream = new CudaStream(context);
    }

    public DevicePointer Record => record!.Pointer;

    /// <summary>What kernels leave for one another; null where none does for the graph's batches.</summary>
    public DevicePointer Scratch => scratch?.Pointer ?? default;

    public DevicePointer Slot(int number) => slots[number]!.Pointer;

    /// <param name="inputs">The batch.</param>
    /// <param name="outputs">Its results.</param>
    /// <param name="run">What was kept of its sequences; null in an ordinary run.</param>
    public void Run(ReadOnlySpan<RunInput> inputs, ReadOnlySpan<RunOutput> outputs, CacheRun? run = null)
    {
        if (inputs.Length < plan.InputCount)
            throw new ArgumentException($"{inputs.Length} inputs were given, the program takes {plan.InputCount}", nameof(inputs));
        batch.Set(inputs, run);
        Check(inputs, outputs);
        if (run is not null) program.CheckSight(plan, batch);
        plan.SetKey(key, batch);
        BatchGraph graph = Find() ?? Make();
        graph.Layout.Fill(recordOnHost!.As<int>(), plan.Parts, batch, graph.Key);
        foreach (HostCopy copy in copiesIn) copy.ToDevice(inputs[copy.Number].Values, slots[copy.View.Slot]!, stream);
        graph.Graph.Launch(stream);
        foreach (HostCopy copy in copiesOut) copy.ToHost(slots[copy.View.Slot]!, outputs[copy.Number].Values, stream);
        stream.Synchronize(); // what is pinned is written again by the next run
        batch.Clear();
    }

    /// <summary>
    /// Runs a batch, then replays its graph and takes the time of each replay between two events: the record's copy and every kernel, without
    /// what the host converts.
    /// </summary>
    /// <param name="inputs">The batch.</param>
    /// <param name="outputs">Its results.</param>
    /// <param name="times">As many replays as it is long.</param>
    /// <exception cref="CudaException">The device fails.</exception>
    public void Time(ReadOnlySpan<RunInput> inputs, ReadOnlySpan<RunOutput> outputs, Span<TimeSpan> times)
    {
        Run(inputs, outputs);
        batch.Set(inputs);
        plan.SetKey(key, batch);
        CudaGraph graph = Find()!.Graph;
        using var begin = new CudaEvent(context, EventKind.Timing);
        using var end = new CudaEvent(context, EventKind.Timing);
        foreach (ref TimeSpan time in times)
        {
            stream.Record(begin);
            graph.Launch(stream);
            stream.Record(end);
            end.Synchronize();
            time = end.Since(begin);
        }
    }

    /// <summary>Waits for what is under way, whatever becomes of it, and gives everything back.</summary>
    public void Dispose()
    {
        try
        {
            stream.Synchronize();
        }
        catch (CudaException)
        {
            // A failure was reported already, or belongs to work whose results nobody takes.
        }
        DisposeGraphs();
        foreach (HostCopy copy in copiesIn) copy.Dispose();
        foreach (HostCopy copy in copiesOut) copy.Dispose();
        foreach (DeviceBuffer? slot in slots) slot?.Dispose();
        record?.Dispose();
        scratch?.Dispose();
        recordOnHost?.Dispose();
        stream.Dispose();
    }

    private BatchGraph? Find()
    {
        for (int i = 0; i < graphs.Count; i++)
        {
            BatchGraph found = graphs[i];
            if (!found.Key.Is(key)) continue;
            // The one used last stands first.
            if (i > 0)
            {
                graphs.RemoveAt(i);
                graphs.Insert(0, found);
            }
            return found;
        }
        return null;
    }

    private BatchGraph Make()
    {
        BatchKey kept = key.Copy();
        var layout = new RecordLayout(plan.Parts, kept);
        Reserve(kept, layout);
        if (graphs.Count == MostGraphs)
        {
            graphs[^1].Graph.Dispose();
            graphs.RemoveAt(graphs.Count - 1);
        }
        CudaGraph graph = program.Capture(
            plan, this, kept, layout, stream, captured => captured.CopyToDevice(recordOnHost!, record!, layout.Length * sizeof(int)));
        var made = new BatchGraph(kept, layout, graph);
        graphs.Insert(0, made);
        return made;
    }

    /// <summary>Memory for a graph. What has to grow moves, and the graphs that know it by its address are made again when they are needed.</summary>
    private void Reserve(BatchKey wanted, RecordLayout layout)
    {
        nuint recordBytes = (nuint)layout.Length * sizeof(int);
        if (record is null || record.Bytes < recordBytes)
        {
            DisposeGraphs();
            Replace(ref record, recordBytes, $"the record of a batch with {wanted}");
            recordOnHost?.Dispose();
            recordOnHost = null;
            recordOnHost = new PinnedBuffer(context, (int)recordBytes);
            recordOnHost.As<int>().Clear();
        }
        nuint scratchBytes = (nuint)plan.ScratchIntegers(wanted) * sizeof(int);
        if (scratchBytes > (scratch?.Bytes ?? 0))
        {
            DisposeGraphs();
            Replace(ref scratch, scratchBytes, $"the scratch of a batch with {wanted}");
        }
        for (int i = 0; i < slots.Length; i++)
        {
            nuint bytes = (nuint)plan.SlotBytes(i, wanted);
            if (slots[i] is { } present && present.Bytes >= bytes) continue;
            DisposeGraphs();
            Replace(ref slots[i], bytes, $"buffer {i} of {program.GetType().Name} with {wanted}");
        }
    }

    private void Replace(ref DeviceBuffer? buffer, nuint bytes, string purpose)
    {
        buffer?.Dispose();
        buffer = null;
        buffer = context.Memory.Rent(bytes, purpose);
    }

    private void DisposeGraphs()
    {
        foreach (BatchGraph graph in graphs) graph.Graph.Dispose();
        graphs.Clear();
    }

    private void Check(ReadOnlySpan<RunInput> inputs, ReadOnlySpan<RunOutput> outputs)
    {
        foreach (HostCopy copy in copiesIn) CheckSize("input", copy, inputs[copy.Number].Values.Length);
        foreach (HostCopy copy in copiesOut)
        {
            if (copy.Number >= outputs.Length)
                throw new ArgumentException($"{outputs.Length} outputs were given, the program fills number {copy.Number}", nameof(outputs));
            CheckSize("output", copy, outputs[copy.Number].Values.Length);
        }
    }

    private void CheckSize(string what, HostCopy copy, int values)
    {
        int rows = batch.Rows(copy.View.Space);
        if (values != (long)rows * copy.View.Count)
            throw new ArgumentException($"{what} {copy.Number} has {values} values, the batch has {rows} rows of {copy.View.Count}");
    }

    /// <summary>A graph and what it has room for.</summary>
    private sealed record BatchGraph(BatchKey Key, RecordLayout Layout, CudaGraph Graph);
}
