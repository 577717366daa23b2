using KernelForge.Runtime.Cuda.Interop;

namespace KernelForge.Emulation.Driver;

/// <summary>A piece of a graph.</summary>
internal sealed class GraphNode(Work work, IReadOnlyList<int> after)
{
    public Work Work { get; } = work;

    /// <summary>The nodes that it waits for.</summary>
    public IReadOnlyList<int> After { get; } = after;

    /// <summary>The nodes that wait for it.</summary>
    public List<int> Before { get; } = [];
}

/// <summary>A recording under way: the work of a stream, and of those that waited for its events.</summary>
internal sealed class Capture(EmulatedStream origin, CaptureMode mode, int thread)
{
    private readonly List<GraphNode> nodes = [];
    private readonly List<EmulatedStream> streams = [origin];

    public EmulatedStream Origin { get; } = origin;

    /// <summary>Null while it can be ended well; else what made it useless.</summary>
    public string? InvalidatedBy { get; private set; }

    public IReadOnlyList<GraphNode> Nodes => nodes;

    /// <summary>Whether a call of a thread that could break the recording is refused.</summary>
    public bool Forbids(int caller) => mode == CaptureMode.Global || (mode == CaptureMode.ThreadLocal && caller == thread);

    /// <summary>Whether a thread may end it.</summary>
    public bool CanBeEndedBy(int caller) => mode == CaptureMode.Relaxed || caller == thread;

    public void Invalidate(string cause) => InvalidatedBy ??= cause;

    public void Join(EmulatedStream stream, List<int> tail)
    {
        if (stream.Capture is null) streams.Add(stream);
        stream.Capture = this;
        stream.CaptureTail = [.. stream.CaptureTail.Union(tail)];
    }

    public void Add(EmulatedStream stream, Work work)
    {
        if (work is GraphWork graph) AddAll(stream, graph.Nodes);
        else stream.CaptureTail = [AddNode(work, stream.CaptureTail)];
    }

    /// <summary>Lets the streams go; null where all that was recorded comes before the origin's end, else what does not.</summary>
    public string? End()
    {
        var reached = new HashSet<int>();
        var open = new Stack<int>(Origin.CaptureTail);
        while (open.TryPop(out int node))
            if (reached.Add(node))
                foreach (int before in nodes[node].After) open.Push(before);
        foreach (EmulatedStream stream in streams) (stream.Capture, stream.CaptureTail) = (null, []);
        return reached.Count == nodes.Count ? null
            : $"{nodes.Count - reached.Count} of {nodes.Count} pieces of work were given to streams that the first one did not wait for again";
    }

    private void AddAll(EmulatedStream stream, IReadOnlyList<GraphNode> inner)
    {
        int first = nodes.Count;
        List<int> tail = stream.CaptureTail;
        foreach (GraphNode node in inner) AddNode(node.Work, node.After.Count == 0 ? tail : [.. node.After.Select(i => first + i)]);
        List<int> ends = [.. Enumerable.Range(0, inner.Count).Where(i => inner[i].Before.Count == 0).Select(i => first + i)];
        if (ends.Count > 0) stream.CaptureTail = ends;
    }

    private int AddNode(Work work, List<int> after)
    {
        foreach (int index in after) nodes[index].Before.Add(nodes.Count);
        nodes.Add(new GraphNode(work, [.. after]));
        return nodes.Count - 1;
    }
}
