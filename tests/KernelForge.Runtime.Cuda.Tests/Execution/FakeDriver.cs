using System.Runtime.InteropServices;
using KernelForge.Runtime.Cuda.Interop;

namespace KernelForge.Runtime.Cuda.Tests.Execution;

/// <summary>
/// A device that knows what is alive on it, runs no kernel but those that a test gives it, and fails where it is told to. Device memory is
/// memory of the host, of which it has <see cref="Capacity"/> bytes; work is done when it is given. Once lost, everything answers with the code that lost it, until the context is let go of.
/// </summary>
internal sealed unsafe class FakeDriver : ICudaDriver
{
    private readonly HashSet<(string Kind, long Id)> alive = [];
    private readonly Dictionary<long, nuint> sizes = [];
    private readonly Dictionary<nint, string> functions = [];
    private readonly Dictionary<long, List<Action>> graphs = [];
    private readonly Dictionary<nint, List<Action>> recording = [];
    private readonly Lock state = new();
    private long lastId = 0x1000;
    private CudaResult lost;

    public nuint Capacity { get; init; } = 1 << 20;

    public nuint Used { get; private set; }

    /// <summary>Calls so far, by the driver's names.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>The call of this number (from 1; 0 for none) answers with <see cref="FailWith"/>.</summary>
    public int FailAtCall { get; set; }

    /// <summary>The next call of this name does too.</summary>
    public string? FailNext { get; set; }

    public CudaResult FailWith { get; set; } = CudaResult.InvalidValue;

    /// <summary>What kernels launched from now on turn out to have done, when they are waited for.</summary>
    public CudaResult KernelFault { get; set; }

    public GraphUpdateResult UpdateOutcome { get; set; }

    /// <summary>Launches that ran, as name, shape and arguments; those of a graph when it is launched.</summary>
    public List<(string Kernel, LaunchShape Shape, byte[] Values)> Launches { get; } = [];

    /// <summary>What a kernel does, given its name and arguments; nothing by itself.</summary>
    public Action<string, byte[]>? Kernel { get; set; }

    public IEnumerable<string> Alive => alive.Select(resource => resource.Kind);

    public int Major { get; init; } = 8;

    public string Description => "a fake driver";

    public bool NeedsPtx { get; init; }

    public byte[] LoadedImage { get; private set; } = [];

    public string Explain(CudaResult result) => $"the fake's {result}";

    public CudaResult Initialize() => Answer("cuInit");

    public CudaResult GetVersion(out int version)
    {
        version = 13000;
        return Answer("cuDriverGetVersion");
    }

    public CudaResult GetDeviceCount(out int count)
    {
        count = 1;
        return Answer("cuDeviceGetCount");
    }

    public CudaResult GetDevice(int ordinal, out DeviceHandle device)
    {
        device = new DeviceHandle(ordinal);
        return Answer("cuDeviceGet");
    }

    public CudaResult GetDeviceName(DeviceHandle device, out string name)
    {
        name = "Fake 1000";
        return Answer("cuDeviceGetName");
    }

    public CudaResult GetDeviceMemory(DeviceHandle device, out nuint bytes)
    {
        bytes = Capacity;
        return Answer("cuDeviceTotalMem");
    }

    public CudaResult GetDeviceProperty(DeviceHandle device, DeviceProperty property, out int value)
    {
        value = property switch
        {
            DeviceProperty.ComputeCapabilityMajor => Major,
            DeviceProperty.MultiprocessorCount => 108,
            DeviceProperty.MaxSharedMemoryPerBlockOptin => 163 * 1024,
            _ => 0,
        };
        return Answer("cuDeviceGetAttribute");
    }

    public CudaResult RetainPrimaryContext(DeviceHandle device, out ContextHandle context)
    {
        context = default;
        CudaResult result = Answer("cuDevicePrimaryCtxRetain");
        if (result == CudaResult.Success) context = new ContextHandle((nint)New("context"));
        return result;
    }

    /// <summary>Takes everything that is left with it, as the last owner of a primary context does.</summary>
    public CudaResult ReleasePrimaryContext(DeviceHandle device)
    {
        foreach ((string kind, long id) in alive.ToArray()) Remove(kind, id);
        lost = CudaResult.Success;
        return Answer("cuDevicePrimaryCtxRelease");
    }

    public CudaResult SetCurrentContext(ContextHandle context) => Answer("cuCtxSetCurrent");

    public CudaResult GetCurrentContext(out ContextHandle context)
    {
        context = default;
        return Answer("cuCtxGetCurrent");
    }

    public CudaResult GetCurrentDevice(out DeviceHandle device)
    {
        device = default;
        return Answer("cuCtxGetDevice");
    }

    public CudaResult SynchronizeContext() => Wait("cuCtxSynchronize");

    public CudaResult LoadModule(ReadOnlySpan<byte> image, out CudaModuleHandle module, out string log)
    {
        LoadedImage = image.ToArray();
        CudaResult result = Create("cuModuleLoadDataEx", "module", out long id);
        module = new CudaModuleHandle((nint)id);
        log = result == CudaResult.InvalidPtx ? "line 1: no such instruction" : "";
        return result;
    }

    public CudaResult UnloadModule(CudaModuleHandle module) => Destroy("cuModuleUnload", "module", module.Value);

    public CudaResult GetFunction(CudaModuleHandle module, string name, out FunctionHandle function)
    {
        lock (state)
        {
            function = new FunctionHandle((nint)(++lastId));
            functions[function.Value] = name;
        }
        return name == "absent" ? CudaResult.NotFound : Answer("cuModuleGetFunction");
    }

    public CudaResult GetGlobal(CudaModuleHandle module, string name, out DevicePointer address, out nuint bytes)
    {
        (address, bytes) = (default, 0);
        return Answer("cuModuleGetGlobal");
    }

    public CudaResult GetFunctionProperty(FunctionHandle function, FunctionProperty property, out int value)
    {
        value = property == FunctionProperty.MaxDynamicSharedSizeBytes ? 48 * 1024 : 32;
        return Answer("cuFuncGetAttribute");
    }

    public CudaResult SetFunctionProperty(FunctionHandle function, FunctionProperty property, int value) => Answer("cuFuncSetAttribute");

    public CudaResult GetMaxActiveBlocks(FunctionHandle function, int blockThreads, nuint dynamicSharedBytes, out int blocks)
    {
        blocks = 2;
        return Answer("cuOccupancyMaxActiveBlocksPerMultiprocessor");
    }

    public CudaResult GetMaxActiveClusters(FunctionHandle function, in LaunchShape shape, out int clusters)
    {
        clusters = 2;
        return Answer("cuOccupancyMaxActiveClusters");
    }

    public CudaResult GetMemoryInfo(out nuint free, out nuint total)
    {
        (free, total) = (Capacity - Used, Capacity);
        return Answer("cuMemGetInfo");
    }

    public CudaResult Allocate(nuint bytes, out DevicePointer address)
    {
        address = default;
        CudaResult result = Answer("cuMemAlloc");
        if (result != CudaResult.Success) return result;
        if (bytes > Capacity - Used) return CudaResult.OutOfMemory;
        lock (state)
        {
            address = new DevicePointer((ulong)NativeMemory.AlignedAlloc(bytes, 256));
            Used += bytes;
            sizes[(long)address.Address] = bytes;
            alive.Add(("memory", (long)address.Address));
        }
        return result;
    }

    public CudaResult Free(DevicePointer address) => Destroy("cuMemFree", "memory", (long)address.Address);

    public CudaResult AllocateHost(nuint bytes, out nint address)
    {
        address = 0;
        CudaResult result = Answer("cuMemHostAlloc");
        if (result != CudaResult.Success) return result;
        address = (nint)NativeMemory.AlignedAlloc(bytes, 64);
        lock (state) alive.Add(("pinned memory", address));
        return result;
    }

    public CudaResult FreeHost(nint address) => Destroy("cuMemFreeHost", "pinned memory", address);

    public CudaResult CopyToDevice(DevicePointer destination, nint source, nuint bytes, StreamHandle stream) =>
        Copy(stream, "cuMemcpyHtoDAsync", (nint)destination.Address, source, bytes);

    public CudaResult CopyToHost(nint destination, DevicePointer source, nuint bytes, StreamHandle stream) =>
        Copy(stream, "cuMemcpyDtoHAsync", destination, (nint)source.Address, bytes);

    public CudaResult CopyOnDevice(DevicePointer destination, DevicePointer source, nuint bytes, StreamHandle stream) =>
        Copy(stream, "cuMemcpyDtoDAsync", (nint)destination.Address, (nint)source.Address, bytes);

    public CudaResult Fill(DevicePointer destination, byte value, nuint count, StreamHandle stream)
    {
        CudaResult result = Answer("cuMemsetD8Async");
        return Do(stream, result, () => NativeMemory.Fill((void*)destination.Address, count, value));
    }

    public CudaResult FillWords(DevicePointer destination, uint value, nuint count, StreamHandle stream)
    {
        CudaResult result = Answer("cuMemsetD32Async");
        return Do(stream, result, () => new Span<uint>((void*)destination.Address, (int)count).Fill(value));
    }

    public CudaResult CreateStream(StreamKind kind, out StreamHandle stream)
    {
        CudaResult result = Create("cuStreamCreate", "stream", out long id);
        stream = new StreamHandle((nint)id);
        return result;
    }

    public CudaResult DestroyStream(StreamHandle stream) => Destroy("cuStreamDestroy", "stream", stream.Value);

    public CudaResult SynchronizeStream(StreamHandle stream) => Wait("cuStreamSynchronize");

    public CudaResult QueryStream(StreamHandle stream) => Wait("cuStreamQuery");

    public CudaResult WaitForEvent(StreamHandle stream, EventHandle waited) => Answer("cuStreamWaitEvent");

    public CudaResult CreateEvent(EventKind kind, out EventHandle created)
    {
        CudaResult result = Create("cuEventCreate", "event", out long id);
        created = new EventHandle((nint)id);
        return result;
    }

    public CudaResult DestroyEvent(EventHandle destroyed) => Destroy("cuEventDestroy", "event", destroyed.Value);

    public CudaResult RecordEvent(EventHandle recorded, StreamHandle stream) => Answer("cuEventRecord");

    public CudaResult QueryEvent(EventHandle queried) => Wait("cuEventQuery");

    public CudaResult SynchronizeEvent(EventHandle awaited) => Wait("cuEventSynchronize");

    public CudaResult GetElapsedTime(EventHandle start, EventHandle end, out float milliseconds)
    {
        milliseconds = 2;
        return Answer("cuEventElapsedTime");
    }

    public CudaResult Launch(FunctionHandle function, in LaunchShape shape, StreamHandle stream, KernelArguments arguments)
    {
        CudaResult result = Answer("cuLaunchKernelEx");
        (string name, LaunchShape given, byte[] values) = (functions[function.Value], shape, arguments.Values.ToArray());
        return Do(stream, result, () =>
        {
            lock (state) Launches.Add((name, given, values));
            Kernel?.Invoke(name, values);
        });
    }

    public CudaResult BeginCapture(StreamHandle stream, CaptureMode mode)
    {
        if (Recorded(stream) is not null) return CudaResult.IllegalState;
        CudaResult result = Answer("cuStreamBeginCapture");
        if (result != CudaResult.Success) return result;
        lock (state) recording[stream.Value] = [];
        return result;
    }

    public CudaResult EndCapture(StreamHandle stream, out GraphHandle graph)
    {
        List<Action> work = Recorded(stream) ?? [];
        lock (state) recording.Remove(stream.Value);
        CudaResult result = Create("cuStreamEndCapture", "graph", out long id);
        lock (state) graphs[id] = work;
        graph = new GraphHandle((nint)id);
        return result;
    }

    public CudaResult DestroyGraph(GraphHandle graph) => Destroy("cuGraphDestroy", "graph", graph.Value);

    public CudaResult InstantiateGraph(GraphHandle graph, out ExecutableGraphHandle executable)
    {
        CudaResult result = Create("cuGraphInstantiateWithFlags", "executable graph", out long id);
        lock (state) graphs[id] = graphs[graph.Value];
        executable = new ExecutableGraphHandle((nint)id);
        return result;
    }

    public CudaResult UpdateGraph(ExecutableGraphHandle executable, GraphHandle graph, out GraphUpdateResult outcome)
    {
        outcome = UpdateOutcome;
        CudaResult result = Answer("cuGraphExecUpdate");
        return result == CudaResult.Success && outcome != GraphUpdateResult.Success ? CudaResult.GraphExecUpdateFailure : result;
    }

    public CudaResult LaunchGraph(ExecutableGraphHandle executable, StreamHandle stream)
    {
        CudaResult result = Answer("cuGraphLaunch");
        List<Action> work;
        lock (state) work = graphs[executable.Value];
        if (result == CudaResult.Success)
            foreach (Action piece in work) piece();
        return result;
    }

    public CudaResult DestroyExecutableGraph(ExecutableGraphHandle executable) =>
        Destroy("cuGraphExecDestroy", "executable graph", executable.Value);

    public CudaResult EncodeTensorMap(in TensorMapDescription description, out TensorMap map)
    {
        map = default;
        return Answer("cuTensorMapEncodeTiled");
    }

    private CudaResult Answer(string call)
    {
        lock (state) return AnswerAlone(call);
    }

    private CudaResult AnswerAlone(string call)
    {
        Calls.Add(call);
        if (lost != CudaResult.Success) return lost;
        if (Calls.Count != FailAtCall && call != FailNext) return CudaResult.Success;
        if (call == FailNext) FailNext = null;
        if (FailWith.LosesContext()) lost = FailWith;
        return FailWith;
    }

    private CudaResult Wait(string call)
    {
        if (lost == CudaResult.Success && Launches.Count > 0) lost = KernelFault;
        return Answer(call);
    }

    private long New(string kind)
    {
        lock (state)
        {
            alive.Add((kind, ++lastId));
            return lastId;
        }
    }

    private CudaResult Create(string call, string kind, out long id)
    {
        CudaResult result = Answer(call);
        id = result == CudaResult.Success ? New(kind) : 0;
        return result;
    }

    /// <summary>What answers with an error of earlier work destroys all the same; what is lost or unknown does not.</summary>
    private CudaResult Destroy(string call, string kind, long id)
    {
        CudaResult result = Answer(call);
        if (result.LosesContext()) return result;
        lock (state)
        {
            Assert.True(alive.Contains((kind, id)), $"{call}: there is no such {kind}");
            Remove(kind, id);
        }
        return result;
    }

    private void Remove(string kind, long id)
    {
        alive.Remove((kind, id));
        if (kind is "memory" or "pinned memory") NativeMemory.AlignedFree((void*)id);
        if (kind == "memory") Used -= sizes[id];
    }

    private CudaResult Copy(StreamHandle stream, string call, nint destination, nint source, nuint bytes)
    {
        CudaResult result = Answer(call);
        if (result != CudaResult.Success) return result;
        if (Recorded(stream) is { } recorded) CopyLater(recorded, destination, source, bytes);
        else NativeMemory.Copy((void*)source, (void*)destination, bytes); // a closure would be an allocation of the run's
        return result;
    }

    private static void CopyLater(List<Action> recorded, nint destination, nint source, nuint bytes) =>
        recorded.Add(() => NativeMemory.Copy((void*)source, (void*)destination, bytes));

    /// <summary>At once, or when the graph that is being recorded is launched.</summary>
    private CudaResult Do(StreamHandle stream, CudaResult result, Action work)
    {
        if (result != CudaResult.Success) return result;
        if (Recorded(stream) is { } recorded) recorded.Add(work);
        else work();
        return result;
    }

    private List<Action>? Recorded(StreamHandle stream)
    {
        lock (state) return recording.GetValueOrDefault(stream.Value);
    }
}
