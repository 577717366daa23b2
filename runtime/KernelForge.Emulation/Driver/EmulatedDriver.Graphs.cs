using KernelForge.Runtime.Cuda.Interop;

namespace KernelForge.Emulation.Driver;

// Launches, recordings and graphs.
public sealed partial class EmulatedDriver
{
    private readonly HandleTable<EmulatedGraph> graphs = new("graph");
    private readonly HandleTable<ExecutableGraph> executables = new("executable graph");

    public CudaResult Launch(FunctionHandle function, in LaunchShape shape, StreamHandle stream, KernelArguments arguments)
    {
        lock (gate)
        {
            CudaResult result = BeginWork(stream, out EmulatedStream given);
            if (result != CudaResult.Success) return result;
            if (!functions.TryFind(function.Value, out LoadedFunction loaded))
                return Fail(CudaResult.InvalidHandle, $"{functions.Missing(function.Value)}: its module may have been unloaded");
            if (shape.Cluster != default) return Fail(CudaResult.NotSupported, $"kernel '{loaded.Name}': an emulated GPU runs no clusters");
            if (Faults.NextLaunchFails()) return Fail(CudaResult.LaunchOutOfResources, "the launch fails, as the fault plan says");
            try
            {
                return Give(given, new KernelWork(loaded, shape, arguments, device));
            }
            catch (EmulationException refused)
            {
                return Fail(CudaResult.InvalidValue, refused.Message);
            }
        }
    }

    public CudaResult BeginCapture(StreamHandle stream, CaptureMode mode)
    {
        lock (gate)
        {
            CudaResult result = Begin();
            if (result == CudaResult.Success && stream.Value == 0)
                return Fail(CudaResult.StreamCaptureUnsupported, "the work of the default stream cannot be recorded");
            EmulatedStream recorded = Default;
            if (result == CudaResult.Success) result = FindStream(stream, out recorded);
            if (result != CudaResult.Success) return result;
            if (recorded.Capture is not null) return Fail(CudaResult.IllegalState, "the stream's work is being recorded already");
            recorded.Capture = new Capture(recorded, mode, Environment.CurrentManagedThreadId);
            return CudaResult.Success;
        }
    }

    public CudaResult EndCapture(StreamHandle stream, out GraphHandle graph)
    {
        lock (gate)
        {
            graph = default;
            CudaResult result = Begin();
            if (!streams.TryFind(stream.Value, out EmulatedStream recorded))
                return result != CudaResult.Success ? result : Fail(CudaResult.InvalidHandle, streams.Missing(stream.Value));
            if (recorded.Capture is not { } capture)
                return result != CudaResult.Success ? result : Fail(CudaResult.IllegalState, "the stream's work is not being recorded");
            if (!ReferenceEquals(capture.Origin, recorded))
                return Invalidate(capture, CudaResult.StreamCaptureUnmatched, "a recording ends on the stream that it began on");
            if (!capture.CanBeEndedBy(Environment.CurrentManagedThreadId))
                return Fail(CudaResult.StreamCaptureWrongThread, "a recording ends on the thread that it began on");
            string? unjoined = capture.End();
            if (result != CudaResult.Success) return result;
            if (capture.InvalidatedBy is { } cause) return Fail(CudaResult.StreamCaptureInvalidated, cause);
            if (unjoined is not null) return Fail(CudaResult.StreamCaptureUnjoined, unjoined);
            graph = new GraphHandle(graphs.Add(new EmulatedGraph(capture.Nodes)));
            return CudaResult.Success;
        }
    }

    public CudaResult DestroyGraph(GraphHandle graph)
    {
        lock (gate)
        {
            CudaResult result = Begin();
            bool existed = graphs.Remove(graph.Value, out _);
            return result != CudaResult.Success || existed ? result : Fail(CudaResult.InvalidHandle, graphs.Missing(graph.Value));
        }
    }

    public CudaResult InstantiateGraph(GraphHandle graph, out ExecutableGraphHandle executable)
    {
        lock (gate)
        {
            executable = default;
            CudaResult result = Begin();
            if (result != CudaResult.Success) return result;
            if (!graphs.TryFind(graph.Value, out EmulatedGraph found)) return Fail(CudaResult.InvalidHandle, graphs.Missing(graph.Value));
            executable = new ExecutableGraphHandle(executables.Add(new ExecutableGraph(found.Nodes)));
            return CudaResult.Success;
        }
    }

    public CudaResult UpdateGraph(ExecutableGraphHandle executable, GraphHandle graph, out GraphUpdateResult outcome)
    {
        lock (gate)
        {
            outcome = GraphUpdateResult.Error;
            CudaResult result = Begin();
            if (result != CudaResult.Success) return result;
            if (!executables.TryFind(executable.Value, out ExecutableGraph updated))
                return Fail(CudaResult.InvalidHandle, executables.Missing(executable.Value));
            if (!graphs.TryFind(graph.Value, out EmulatedGraph other)) return Fail(CudaResult.InvalidHandle, graphs.Missing(graph.Value));
            outcome = updated.Update(other.Nodes);
            return outcome == GraphUpdateResult.Success ? CudaResult.Success
                : Fail(CudaResult.GraphExecUpdateFailure, $"the graph cannot take over the other one's work: {outcome}");
        }
    }

    public CudaResult LaunchGraph(ExecutableGraphHandle executable, StreamHandle stream)
    {
        lock (gate)
        {
            CudaResult result = BeginWork(stream, out EmulatedStream given);
            if (result != CudaResult.Success) return result;
            if (!executables.TryFind(executable.Value, out ExecutableGraph launched))
                return Fail(CudaResult.InvalidHandle, executables.Missing(executable.Value));
            if (Faults.NextLaunchFails()) return Fail(CudaResult.LaunchOutOfResources, "the launch fails, as the fault plan says");
            var work = new GraphWork(launched.Nodes);
            if (given.Capture is not null) return Give(given, work);
            if (launched.LastLaunch is { } last && !ReferenceEquals(last.Stream, given) && last.Stream.Done < last.Count)
                scheduler.Give(given, new WaitWork(last.Stream, last.Count));
            scheduler.Give(given, work, [.. launched.Nodes.Select(node => node.Work.Snapshot()).OfType<HostSnapshot>()]);
            launched.LastLaunch = (given, given.Given);
            return CudaResult.Success;
        }
    }

    public CudaResult DestroyExecutableGraph(ExecutableGraphHandle executable)
    {
        lock (gate)
        {
            CudaResult result = Begin();
            bool existed = executables.Remove(executable.Value, out _);
            return result != CudaResult.Success || existed ? result : Fail(CudaResult.InvalidHandle, executables.Missing(executable.Value));
        }
    }

    // A stream that waits for an event of a recording becomes part of it.
    private CudaResult Join(EmulatedStream stream, Capture capture, List<int> tail)
    {
        if (stream.Capture is { } other && !ReferenceEquals(other, capture))
            return Invalidate(other, CudaResult.StreamCaptureMerge, "two recordings cannot become one");
        if (capture.Origin.Capture != capture) return Fail(CudaResult.InvalidValue, "the recording that the event stands in has ended");
        if (capture.InvalidatedBy is { } cause) return Fail(CudaResult.StreamCaptureInvalidated, cause);
        capture.Join(stream, tail);
        return CudaResult.Success;
    }

    /// <summary>Before a call that a recording does not allow.</summary>
    private CudaResult BeginUnrecorded(string what)
    {
        CudaResult result = Begin();
        int thread = Environment.CurrentManagedThreadId;
        return result != CudaResult.Success ? result
            : InvalidateCaptures($"{what} while a stream's work was recorded", capture => capture.Forbids(thread)) ?? CudaResult.Success;
    }

    private CudaResult? InvalidateCaptures(string cause, Func<Capture, bool> concerned)
    {
        CudaResult? refused = null;
        foreach (EmulatedStream stream in streams.All)
            if (stream.Capture is { } capture && concerned(capture)) refused = Invalidate(capture, cause);
        return refused;
    }

    private CudaResult Invalidate(Capture capture, string cause) => Invalidate(capture, CudaResult.StreamCaptureUnsupported, cause);

    private CudaResult Invalidate(Capture capture, CudaResult result, string cause)
    {
        capture.Invalidate(cause);
        return Fail(result, cause);
    }
}
