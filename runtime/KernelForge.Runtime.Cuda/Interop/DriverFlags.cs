namespace KernelForge.Runtime.Cuda.Interop;

/// <summary><c>CUstream_flags</c>.</summary>
public enum StreamKind
{
    /// <summary>Waits for work of the default stream, and that for it.</summary>
    Default = 0,

    /// <summary>Independent of the default stream.</summary>
    NonBlocking = 1,
}

/// <summary><c>CUevent_flags</c>.</summary>
public enum EventKind
{
    /// <summary>Takes the time when it is reached.</summary>
    Timing = 0,

    /// <summary>Only orders work, which is cheaper.</summary>
    Ordering = 2,
}

/// <summary>What a capture refuses to see (<c>CUstreamCaptureMode</c>).</summary>
public enum CaptureMode
{
    /// <summary>Calls of any thread that could break the capture fail.</summary>
    Global = 0,

    /// <summary>Only such calls of the capturing thread fail.</summary>
    ThreadLocal = 1,

    Relaxed = 2,
}

/// <summary>Why a graph could not take the place of the one that was instantiated (<c>CUgraphExecUpdateResult</c>).</summary>
public enum GraphUpdateResult
{
    Success = 0,
    Error = 1,
    TopologyChanged = 2,
    NodeTypeChanged = 3,
    FunctionChanged = 4,
    ParametersChanged = 5,
    NotSupported = 6,
    UnsupportedFunctionChange = 7,
    AttributesChanged = 8,
}
