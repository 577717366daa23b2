using System.Diagnostics;
using KernelForge.Runtime.Cuda.Interop;

namespace KernelForge.Emulation.Driver;

// Streams, events, and how work is given to them.
public sealed partial class EmulatedDriver
{
    private readonly HandleTable<EmulatedStream> streams = new("stream");
    private readonly HandleTable<EmulatedEvent> events = new("event");
    private EmulatedStream? defaultStream;

    public CudaResult CreateStream(StreamKind kind, out StreamHandle stream)
    {
        lock (gate)
        {
            stream = default;
            CudaResult result = Begin();
            if (result != CudaResult.Success) return result;
            var created = new EmulatedStream(kind);
            scheduler.Add(created);
            stream = new StreamHandle(streams.Add(created));
            return CudaResult.Success;
        }
    }

    /// <summary>Its work is done all the same.</summary>
    public CudaResult DestroyStream(StreamHandle stream)
    {
        lock (gate)
        {
            CudaResult result = Begin();
            if (!streams.Remove(stream.Value, out EmulatedStream destroyed))
                return result != CudaResult.Success ? result : Fail(CudaResult.InvalidHandle, streams.Missing(stream.Value));
            destroyed.Capture?.Invalidate("a stream of the recording was destroyed");
            destroyed.IsDestroyed = true;
            return result;
        }
    }

    public CudaResult SynchronizeStream(StreamHandle stream)
    {
        lock (gate)
        {
            CudaResult result = BeginWait(stream, out EmulatedStream awaited);
            return result != CudaResult.Success ? result : Finish(awaited);
        }
    }

    public CudaResult QueryStream(StreamHandle stream)
    {
        lock (gate)
        {
            CudaResult result = BeginWait(stream, out EmulatedStream queried);
            if (result != CudaResult.Success) return result;
            // Whoever asks often enough comes to an end.
            if (!queried.IsIdle) scheduler.RunUntil(queried, queried.Done + 1);
            result = Waited();
            return result != CudaResult.Success || queried.IsIdle ? result : CudaResult.NotReady;
        }
    }

    public CudaResult WaitForEvent(StreamHandle stream, EventHandle waited)
    {
        lock (gate)
        {
            CudaResult result = BeginWork(stream, out EmulatedStream waiting);
            if (result != CudaResult.Success) return result;
            if (!events.TryFind(waited.Value, out EmulatedEvent found)) return Fail(CudaResult.InvalidHandle, events.Missing(waited.Value));
            if (found.Captured is { } captured) return Join(waiting, captured.Capture, captured.Tail);
            if (found.IsReached) return CudaResult.Success;
            if (waiting.Capture is not null)
                return Invalidate(waiting.Capture, CudaResult.StreamCaptureIsolation, "the recording waits for work that was given before it began");
            return Give(waiting, new WaitWork(found.Stream!, found.Count));
        }
    }

    public CudaResult CreateEvent(EventKind kind, out EventHandle created)
    {
        lock (gate)
        {
            created = default;
            CudaResult result = Begin();
            if (result == CudaResult.Success) created = new EventHandle(events.Add(new EmulatedEvent(kind)));
            return result;
        }
    }

    public CudaResult DestroyEvent(EventHandle destroyed)
    {
        lock (gate)
        {
            CudaResult result = Begin();
            bool existed = events.Remove(destroyed.Value, out _);
            return result != CudaResult.Success || existed ? result : Fail(CudaResult.InvalidHandle, events.Missing(destroyed.Value));
        }
    }

    public CudaResult RecordEvent(EventHandle recorded, StreamHandle stream)
    {
        lock (gate)
        {
            CudaResult result = BeginWork(stream, out EmulatedStream given);
            if (result != CudaResult.Success) return result;
            if (!events.TryFind(recorded.Value, out EmulatedEvent found)) return Fail(CudaResult.InvalidHandle, events.Missing(recorded.Value));
            if (given.Capture is { } capture)
            {
                found.RecordIn(capture, [.. given.CaptureTail]);
                return CudaResult.Success;
            }
            found.RecordIn(given);
            return Give(given, new EventWork(found));
        }
    }

    public CudaResult QueryEvent(EventHandle queried)
    {
        lock (gate)
        {
            CudaResult result = BeginWait(queried, out EmulatedEvent found);
            if (result != CudaResult.Success) return result;
            if (found.Stream is { } stream && !found.IsReached) scheduler.RunUntil(stream, stream.Done + 1);
            result = Waited();
            return result != CudaResult.Success || found.IsReached ? result : CudaResult.NotReady;
        }
    }

    public CudaResult SynchronizeEvent(EventHandle awaited)
    {
        lock (gate)
        {
            CudaResult result = BeginWait(awaited, out EmulatedEvent found);
            if (result != CudaResult.Success) return result;
            if (found.Stream is { } stream) scheduler.RunUntil(stream, found.Count);
            return Waited();
        }
    }

    /// <summary>By the clock of the host that emulates: it tells nothing of a GPU.</summary>
    public CudaResult GetElapsedTime(EventHandle start, EventHandle end, out float milliseconds)
    {
        lock (gate)
        {
            milliseconds = 0;
            CudaResult result = BeginWait(start, out EmulatedEvent first);
            if (result != CudaResult.Success) return result;
            if (!events.TryFind(end.Value, out EmulatedEvent second)) return Fail(CudaResult.InvalidHandle, events.Missing(end.Value));
            if (!first.TakesTime || !second.TakesTime) return Fail(CudaResult.InvalidHandle, "an event that only orders takes no time");
            if (first.Stream is null || second.Stream is null) return Fail(CudaResult.InvalidHandle, "an event was not recorded");
            if (!first.IsReached || !second.IsReached) return Fail(CudaResult.NotReady, "an event was not reached yet");
            milliseconds = (float)Stopwatch.GetElapsedTime(first.ReachedAt, second.ReachedAt).TotalMilliseconds;
            return Waited();
        }
    }

    private EmulatedStream Default => defaultStream ??= NewDefaultStream();

    private EmulatedStream NewDefaultStream()
    {
        var stream = new EmulatedStream(StreamKind.Default);
        scheduler.Add(stream);
        return stream;
    }

    private CudaResult FindStream(StreamHandle handle, out EmulatedStream stream)
    {
        if (handle.Value == 0)
        {
            stream = Default;
            return CudaResult.Success;
        }
        return streams.TryFind(handle.Value, out stream) ? CudaResult.Success : Fail(CudaResult.InvalidHandle, streams.Missing(handle.Value));
    }

    /// <summary>Before a call that gives a stream work: it, and the default stream, meet.</summary>
    private CudaResult BeginWork(StreamHandle handle, out EmulatedStream stream)
    {
        stream = Default;
        CudaResult result = Begin();
        if (result == CudaResult.Success) result = FindStream(handle, out stream);
        if (result != CudaResult.Success) return result;
        if (stream.Capture?.InvalidatedBy is { } cause) return Fail(CudaResult.StreamCaptureInvalidated, cause);
        return stream.Capture is null ? Meet(stream) : CudaResult.Success;
    }

    private CudaResult BeginWait(StreamHandle handle, out EmulatedStream stream)
    {
        stream = Default;
        CudaResult result = Begin();
        if (result == CudaResult.Success) result = FindStream(handle, out stream);
        if (result != CudaResult.Success || stream.Capture is null) return result;
        return Invalidate(stream.Capture, "a stream was waited for while its work was recorded");
    }

    private CudaResult BeginWait(EventHandle handle, out EmulatedEvent found)
    {
        found = null!;
        CudaResult result = Begin();
        if (result != CudaResult.Success) return result;
        if (!events.TryFind(handle.Value, out found)) return Fail(CudaResult.InvalidHandle, events.Missing(handle.Value));
        return found.Captured is null ? CudaResult.Success
            : Fail(CudaResult.CapturedEvent, "the event stands in recorded work: it can only be waited for by streams of the recording");
    }

    // Streams that are not told otherwise wait for the default stream, and it for them.
    private CudaResult Meet(EmulatedStream stream)
    {
        if (!stream.MeetsDefault) return CudaResult.Success;
        foreach (EmulatedStream other in streams.All.Append(Default))
        {
            if (ReferenceEquals(other, stream) || !other.MeetsDefault) continue;
            if (!ReferenceEquals(stream, Default) && !ReferenceEquals(other, Default)) continue;
            if (other.Capture is { } capture)
                return Invalidate(capture, CudaResult.StreamCaptureImplicit, "the default stream was given work while a stream was recorded that waits for it");
            if (!other.IsIdle) scheduler.Give(stream, new WaitWork(other, other.Given));
        }
        return CudaResult.Success;
    }

    private CudaResult Give(EmulatedStream stream, Work work)
    {
        if (stream.Capture is { } capture) capture.Add(stream, work);
        else if (work.Snapshot() is { } snapshot) scheduler.Give(stream, work, snapshot);
        else scheduler.Give(stream, work);
        return CudaResult.Success;
    }

    private CudaResult Finish(EmulatedStream stream)
    {
        scheduler.RunUntil(stream, stream.Given);
        return Waited();
    }
}
