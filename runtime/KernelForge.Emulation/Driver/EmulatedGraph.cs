using KernelForge.Runtime.Cuda.Interop;

namespace KernelForge.Emulation.Driver;

/// <summary>A recorded graph.</summary>
internal sealed record EmulatedGraph(IReadOnlyList<GraphNode> Nodes);

/// <summary>A graph that can be launched.</summary>
internal sealed class ExecutableGraph(IReadOnlyList<GraphNode> nodes)
{
    public IReadOnlyList<GraphNode> Nodes { get; private set; } = nodes;

    /// <summary>Where its last launch stands: the next one comes after it, in another stream too.</summary>
    public (EmulatedStream Stream, long Count)? LastLaunch { get; set; }

    /// <summary>Takes over the work of a graph of the same shape.</summary>
    public GraphUpdateResult Update(IReadOnlyList<GraphNode> other)
    {
        if (other.Count != Nodes.Count) return GraphUpdateResult.TopologyChanged;
        for (int i = 0; i < other.Count; i++)
        {
            if (!other[i].After.SequenceEqual(Nodes[i].After)) return GraphUpdateResult.TopologyChanged;
            GraphUpdateResult result = other[i].Work.Replaces(Nodes[i].Work);
            if (result != GraphUpdateResult.Success) return result;
        }
        Nodes = other;
        return GraphUpdateResult.Success;
    }
}
