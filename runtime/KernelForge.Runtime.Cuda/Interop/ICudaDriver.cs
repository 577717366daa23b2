namespace KernelForge.Runtime.Cuda.Interop;

/// <summary>
/// The seam between the runtime and a GPU: the driver of the machine, or an emulated device. Everything above sees only this.
/// </summary>
/// <remarks>
/// Every call answers with the driver's code and never throws for it; what the code means to the caller (an exception that names the
/// call and the kernel, a device that is lost) is decided above. Unless stated, a call needs a current context on its thread, work of
/// one stream runs in order, and errors of asynchronous work come with a later call. Sizes are in bytes. Implementations are
/// safe for use by several threads.
/// </remarks>
public interface ICudaDriver
{
    /// <summary>What answers, in words: the library's path and version, or the emulated architecture.</summary>
    string Description { get; }

    /// <summary>Whether it executes PTX of its own architecture and no machine code, as an emulated device does.</summary>
    bool NeedsPtx { get; }

    /// <summary>What a code means, in a sentence; an emulated device adds what it found.</summary>
    string Explain(CudaResult result);

    // Needs no context.
    CudaResult Initialize();

    /// <param name="version">1000 x major + 10 x minor.</param>
    CudaResult GetVersion(out int version);

    CudaResult GetDeviceCount(out int count);

    CudaResult GetDevice(int ordinal, out DeviceHandle device);

    CudaResult GetDeviceName(DeviceHandle device, out string name);

    CudaResult GetDeviceMemory(DeviceHandle device, out nuint bytes);

    CudaResult GetDeviceProperty(DeviceHandle device, DeviceProperty property, out int value);

    CudaResult RetainPrimaryContext(DeviceHandle device, out ContextHandle context);

    CudaResult ReleasePrimaryContext(DeviceHandle device);

    CudaResult SetCurrentContext(ContextHandle context);

    CudaResult GetCurrentContext(out ContextHandle context);

    CudaResult GetCurrentDevice(out DeviceHandle device);

    CudaResult SynchronizeContext();

    // Modules.

    /// <param name="image">A cubin, or PTX ended by a zero byte.</param>
    /// <param name="module">The loaded module.</param>
    /// <param name="log">What the driver's own compiler or the emulator says of a refused image; otherwise empty.</param>
    CudaResult LoadModule(ReadOnlySpan<byte> image, out CudaModuleHandle module, out string log);

    CudaResult UnloadModule(CudaModuleHandle module);

    CudaResult GetFunction(CudaModuleHandle module, string name, out FunctionHandle function);

    CudaResult GetGlobal(CudaModuleHandle module, string name, out DevicePointer address, out nuint bytes);

    CudaResult GetFunctionProperty(FunctionHandle function, FunctionProperty property, out int value);

    CudaResult SetFunctionProperty(FunctionHandle function, FunctionProperty property, int value);

    /// <param name="function">The kernel.</param>
    /// <param name="blockThreads">Threads of a block.</param>
    /// <param name="dynamicSharedBytes">Dynamic shared memory of a block.</param>
    /// <param name="blocks">Blocks that one multiprocessor runs at a time.</param>
    CudaResult GetMaxActiveBlocks(FunctionHandle function, int blockThreads, nuint dynamicSharedBytes, out int blocks);

    /// <param name="function">The kernel.</param>
    /// <param name="shape">A shape with a cluster.</param>
    /// <param name="clusters">Clusters that the device runs at a time.</param>
    CudaResult GetMaxActiveClusters(FunctionHandle function, in LaunchShape shape, out int clusters);

    // Memory.
    CudaResult GetMemoryInfo(out nuint free, out nuint total);

    /// <param name="bytes">More than zero.</param>
    /// <param name="address">A multiple of 256.</param>
    CudaResult Allocate(nuint bytes, out DevicePointer address);

    CudaResult Free(DevicePointer address);

    /// <summary>Pinned memory of the host, which a copy may read or write while the host goes on.</summary>
    CudaResult AllocateHost(nuint bytes, out nint address);

    CudaResult FreeHost(nint address);

    /// <summary>Asynchronous when <paramref name="source"/> is pinned: it must then stay as it is until the stream has passed.</summary>
    CudaResult CopyToDevice(DevicePointer destination, nint source, nuint bytes, StreamHandle stream);

    /// <inheritdoc cref="CopyToDevice"/>
    CudaResult CopyToHost(nint destination, DevicePointer source, nuint bytes, StreamHandle stream);

    CudaResult CopyOnDevice(DevicePointer destination, DevicePointer source, nuint bytes, StreamHandle stream);

    CudaResult Fill(DevicePointer destination, byte value, nuint count, StreamHandle stream);

    /// <param name="destination">A multiple of four.</param>
    /// <param name="value">Written <paramref name="count"/> times.</param>
    /// <param name="count">Words, not bytes.</param>
    /// <param name="stream">The stream.</param>
    CudaResult FillWords(DevicePointer destination, uint value, nuint count, StreamHandle stream);

    // Streams and events.
    CudaResult CreateStream(StreamKind kind, out StreamHandle stream);

    CudaResult DestroyStream(StreamHandle stream);

    CudaResult SynchronizeStream(StreamHandle stream);

    /// <summary><see cref="CudaResult.NotReady"/> while work is outstanding.</summary>
    CudaResult QueryStream(StreamHandle stream);

    CudaResult WaitForEvent(StreamHandle stream, EventHandle waited);

    CudaResult CreateEvent(EventKind kind, out EventHandle created);

    CudaResult DestroyEvent(EventHandle destroyed);

    CudaResult RecordEvent(EventHandle recorded, StreamHandle stream);

    /// <summary><see cref="CudaResult.NotReady"/> while the event was not reached.</summary>
    CudaResult QueryEvent(EventHandle queried);

    CudaResult SynchronizeEvent(EventHandle awaited);

    CudaResult GetElapsedTime(EventHandle start, EventHandle end, out float milliseconds);

    // Launches and graphs.
    CudaResult Launch(FunctionHandle function, in LaunchShape shape, StreamHandle stream, KernelArguments arguments);

    CudaResult BeginCapture(StreamHandle stream, CaptureMode mode);

    /// <summary>Ends the capture even where it answers with an error; the graph is then null.</summary>
    CudaResult EndCapture(StreamHandle stream, out GraphHandle graph);

    CudaResult DestroyGraph(GraphHandle graph);

    CudaResult InstantiateGraph(GraphHandle graph, out ExecutableGraphHandle executable);

    /// <summary>Gives an instantiated graph the arguments of another of the same shape.</summary>
    CudaResult UpdateGraph(ExecutableGraphHandle executable, GraphHandle graph, out GraphUpdateResult outcome);

    CudaResult LaunchGraph(ExecutableGraphHandle executable, StreamHandle stream);

    CudaResult DestroyExecutableGraph(ExecutableGraphHandle executable);

    // Tensor copies, sm_90 and later.
    CudaResult EncodeTensorMap(in TensorMapDescription description, out TensorMap map);
}
