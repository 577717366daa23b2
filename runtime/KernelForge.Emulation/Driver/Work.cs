using KernelForge.Runtime.Cuda.Interop;

namespace KernelForge.Emulation.Driver;

/// <summary>A piece of work that a stream is given or a graph is made of. It has no state: a graph runs it many times.</summary>
internal abstract class Work
{
    /// <summary>Does it.</summary>
    public abstract void Run(Machine machine);

    /// <summary>Pinned memory that it reads, as it is now; null where it reads none.</summary>
    public virtual HostSnapshot? Snapshot() => null;

    /// <summary>Whether an instantiated graph can have this in the place of another, and if not, why.</summary>
    public virtual GraphUpdateResult Replaces(Work other) =>
        other.GetType() == GetType() ? GraphUpdateResult.Success : GraphUpdateResult.NodeTypeChanged;
}

/// <summary>Takes the time at an event.</summary>
internal sealed class EventWork(EmulatedEvent reached) : Work
{
    public override void Run(Machine machine) => reached.ReachedAt = System.Diagnostics.Stopwatch.GetTimestamp();
}

/// <summary>Nothing goes on before another stream has done so many pieces of work.</summary>
internal sealed class WaitWork(EmulatedStream stream, long count) : Work
{
    public EmulatedStream Stream { get; } = stream;

    public long Count { get; } = count;

    public override void Run(Machine machine)
    {
    }
}

/// <summary>A graph as it was when it was launched.</summary>
internal sealed class GraphWork(IReadOnlyList<GraphNode> nodes) : Work
{
    public IReadOnlyList<GraphNode> Nodes { get; } = nodes;

    public override void Run(Machine machine)
    {
        // Nodes that nothing orders run in a drawn order.
        int[] left = [.. Nodes.Select(node => node.After.Count)];
        List<int> ready = [.. Enumerable.Range(0, Nodes.Count).Where(i => left[i] == 0)];
        while (ready.Count > 0)
        {
            int pick = ready.Count == 1 ? 0 : machine.Random.Next(ready.Count);
            int index = ready[pick];
            ready.RemoveAt(pick);
            if (!machine.Failed) Nodes[index].Work.Run(machine);
            foreach (int next in Nodes[index].Before)
                if (--left[next] == 0) ready.Add(next);
        }
    }
}
