using KernelForge.Runtime.Cuda.Interop;

namespace KernelForge.Runtime.Cuda.Execution;

/// <summary>Work of a stream, recorded once and launched many times as a whole.</summary>
/// <remarks>Everything that the work reads and writes must outlive the graph, at the addresses that it had.</remarks>
public sealed class CudaGraph : IDisposable
{
    private readonly CudaContext context;
    private readonly string name;
    private OwnedHandle owned;
    private ExecutableGraphHandle executable;

    private CudaGraph(CudaContext context, string name, ExecutableGraphHandle executable)
    {
        this.context = context;
        this.name = name;
        this.executable = executable;
        owned = Own(executable);
    }

    /// <summary>Records what <paramref name="work"/> gives to the stream, without running it.</summary>
    /// <param name="stream">Idle or not; no default stream.</param>
    /// <param name="name">What the graph is, for errors.</param>
    /// <param name="work">Gives its work to the stream alone, allocates nothing on the device and waits for nothing.</param>
    /// <exception cref="CudaException">The work cannot be recorded; or the graph cannot be made ready.</exception>
    public static CudaGraph Capture(CudaStream stream, string name, Action<CudaStream> work)
    {
        ArgumentNullException.ThrowIfNull(stream);
        GraphHandle recorded = Record(stream, name, work);
        try
        {
            return new CudaGraph(stream.Context, name, Instantiate(stream.Context, name, recorded));
        }
        finally
        {
            stream.Context.Destroy(driver => driver.DestroyGraph(recorded));
        }
    }

    /// <summary>
    /// Records again: the graph takes over the new arguments and shapes, which is cheaper than a new graph; where the new work differs in
    /// more than that, the graph is made ready anew. Says which.
    /// </summary>
    /// <inheritdoc cref="Capture" path="/exception"/>
    public GraphUpdateResult Update(CudaStream stream, Action<CudaStream> work)
    {
        ArgumentNullException.ThrowIfNull(stream);
        owned.ThrowIfDestroyed(this);
        GraphHandle recorded = Record(stream, name, work);
        try
        {
            CudaResult result = context.Driver.UpdateGraph(executable, recorded, out GraphUpdateResult outcome);
            if (result != CudaResult.GraphExecUpdateFailure)
            {
                context.Check("cuGraphExecUpdate", result, kernel: null, $"the graph is '{name}'");
                return outcome;
            }
            ExecutableGraphHandle anew = Instantiate(context, name, recorded);
            owned.Dispose();
            (executable, owned) = (anew, Own(anew));
            return outcome;
        }
        finally
        {
            context.Destroy(driver => driver.DestroyGraph(recorded));
        }
    }

    /// <exception cref="CudaException">The driver refuses.</exception>
    public void Launch(CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        context.Enter();
        owned.ThrowIfDestroyed(this);
        CudaResult result = context.Driver.LaunchGraph(executable, stream.Stream);
        if (result != CudaResult.Success) context.Check("cuGraphLaunch", result, kernel: null, $"the graph is '{name}'");
        stream.Given(name);
    }

    public void Dispose() => owned.Dispose();

    private static GraphHandle Record(CudaStream stream, string name, Action<CudaStream> work)
    {
        CudaContext context = stream.Context;
        context.Enter();
        CudaResult begun = context.Driver.BeginCapture(stream.Stream, CaptureMode.ThreadLocal);
        context.Check("cuStreamBeginCapture", begun, kernel: null, $"the graph is '{name}'");
        GraphHandle recorded;
        try
        {
            work(stream);
        }
        catch
        {
            // The stream is usable again only after the capture ended, and what was recorded is of no use.
            if (context.Driver.EndCapture(stream.Stream, out recorded) == CudaResult.Success)
                context.Destroy(driver => driver.DestroyGraph(recorded));
            throw;
        }
        CudaResult ended = context.Driver.EndCapture(stream.Stream, out recorded);
        context.Check("cuStreamEndCapture", ended, kernel: null, $"the graph is '{name}'");
        return recorded;
    }

    private static ExecutableGraphHandle Instantiate(CudaContext context, string name, GraphHandle recorded)
    {
        CudaResult result = context.Driver.InstantiateGraph(recorded, out ExecutableGraphHandle executable);
        context.Check("cuGraphInstantiateWithFlags", result, kernel: null, $"the graph is '{name}'");
        return executable;
    }

    private OwnedHandle Own(ExecutableGraphHandle graph) => new(context, driver => driver.DestroyExecutableGraph(graph));
}
