namespace KernelForge.Emulation.Driver;

/// <summary>
/// Decides when work is done: when it must be, because somebody waits for it, or now and then before, as the seed draws it. Work of
/// different streams that nothing orders mixes.
/// </summary>
internal sealed class Scheduler(Machine machine, int seed)
{
    // Of five seeds that follow each other one does everything as late as it can.
    private readonly double eagerness = (uint)seed % 5 / 5.0;
    private readonly List<EmulatedStream> streams = [];

    /// <summary>What a stream was given before it was destroyed is done all the same.</summary>
    public void Add(EmulatedStream stream)
    {
        streams.RemoveAll(other => other.IsDestroyed && other.IsIdle);
        streams.Add(stream);
    }

    /// <summary>Gives a stream work, and may do some of what waits.</summary>
    public void Give(EmulatedStream stream, Work work, params HostSnapshot[] snapshots)
    {
        stream.Give(work, snapshots);
        Drift();
    }

    /// <summary>Does work until the stream has done so much.</summary>
    public void RunUntil(EmulatedStream stream, long count)
    {
        while (stream.Done < count)
        {
            Drift();
            if (stream.Done < count) Step(stream);
        }
    }

    public void RunAll()
    {
        while (Pick() is { } stream) Step(stream);
    }

    /// <summary>Nothing that waits is done any more.</summary>
    public void Clear()
    {
        foreach (EmulatedStream stream in streams) stream.Drop();
        streams.Clear();
    }

    private void Drift()
    {
        while (eagerness > 0 && machine.Random.NextDouble() < eagerness && Pick() is { } stream) Step(stream);
    }

    private EmulatedStream? Pick()
    {
        int busy = 0;
        EmulatedStream? picked = null;
        foreach (EmulatedStream stream in streams)
            if (!stream.IsIdle && machine.Random.Next(++busy) == 0) picked = stream;
        return picked;
    }

    // What a stream waits for was given before: following it comes to an end.
    private void Step(EmulatedStream stream)
    {
        while (stream.Blocker is { } wait) Step(wait.Stream);
        stream.Step(machine);
    }
}
