using KernelForge.Runtime.Cuda.Interop;

namespace KernelForge.Emulation.Driver;

/// <summary>Work that is given and not done, in order.</summary>
internal sealed class EmulatedStream(StreamKind kind)
{
    private readonly Queue<(Work Work, HostSnapshot[] Snapshots)> waiting = [];

    /// <summary>Whether it waits for the default stream, and that one for it.</summary>
    public bool MeetsDefault => kind == StreamKind.Default;

    /// <summary>Pieces of work so far.</summary>
    public long Given { get; private set; }

    public long Done { get; private set; }

    /// <summary>Gets no more work.</summary>
    public bool IsDestroyed { get; set; }

    public bool IsIdle => waiting.Count == 0;

    /// <summary>What records the work instead of having it done; null while nothing does.</summary>
    public Capture? Capture { get; set; }

    /// <summary>While work is recorded: the nodes that the next one comes after.</summary>
    public List<int> CaptureTail { get; set; } = [];

    public void Give(Work work, HostSnapshot[] snapshots)
    {
        waiting.Enqueue((work, snapshots));
        Given++;
    }

    /// <summary>Another stream's work that must be done before the next piece; null where there is none.</summary>
    public WaitWork? Blocker => waiting.TryPeek(out var next) && next.Work is WaitWork wait && wait.Stream.Done < wait.Count ? wait : null;

    /// <summary>Does the next piece.</summary>
    public void Step(Machine machine)
    {
        (Work work, HostSnapshot[] snapshots) = waiting.Dequeue();
        machine.Do(work, snapshots);
        Done++;
    }

    public void Drop()
    {
        Done += waiting.Count;
        waiting.Clear();
    }
}

/// <summary>A place in a stream's work.</summary>
internal sealed class EmulatedEvent(EventKind kind)
{
    public bool TakesTime => kind == EventKind.Timing;

    /// <summary>Null before it is recorded.</summary>
    public EmulatedStream? Stream { get; private set; }

    /// <summary>How much of the stream's work must be done.</summary>
    public long Count { get; private set; }

    /// <summary>When it was reached last, in ticks of the host's clock.</summary>
    public long ReachedAt { get; set; }

    public bool IsReached => Stream is null || Stream.Done >= Count;

    /// <summary>The recording that it stands in, and the nodes that come before it.</summary>
    public (Capture Capture, List<int> Tail)? Captured { get; private set; }

    /// <summary>The next piece of work reaches it.</summary>
    public void RecordIn(EmulatedStream stream) => (Stream, Count, Captured) = (stream, stream.Given + 1, null);

    public void RecordIn(Capture capture, List<int> tail) => (Stream, Captured) = (null, (capture, tail));
}
