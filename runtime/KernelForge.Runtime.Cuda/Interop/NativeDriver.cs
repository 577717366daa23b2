using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace KernelForge.Runtime.Cuda.Interop;

/// <summary>The driver of this machine. <see cref="Open"/> is the only place that binds it.</summary>
public sealed unsafe partial class NativeDriver : ICudaDriver
{
    /// <summary>CUDA 12.0: every function that the runtime calls exists since.</summary>
    private const int OldestVersion = 12000;

    private readonly bool measuresByNewSymbol;

    private NativeDriver(FoundLibrary library, int version)
    {
        Description = $"{library.Path} (CUDA {VersionText(version)})";
        measuresByNewSymbol = NativeLibrary.TryGetExport(library.Handle, "cuEventElapsedTime_v2", out _);
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <summary>A GPU runs machine code; PTX only after it was compiled again.</summary>
    public bool NeedsPtx => false;

    /// <summary>Finds and binds the driver, and initialises it.</summary>
    /// <exception cref="CudaException">
    /// There is none, with the places where it was looked for; it is older than CUDA 12; or it does not initialise.
    /// </exception>
    public static NativeDriver Open()
    {
        FoundLibrary library = NativeLibraries.Driver.Library ?? throw new CudaException(NativeLibraries.Driver.Explain());

        CudaResult answer = DriverApi.cuDriverGetVersion(out int version);
        if (answer != CudaResult.Success) throw CudaException.FromCall("cuDriverGetVersion", answer, Sentence(answer));
        if (version < OldestVersion)
        {
            throw new CudaException(
                $"the driver '{library.Path}' is of CUDA {VersionText(version)}; CUDA {VersionText(OldestVersion)} or later is needed");
        }

        var driver = new NativeDriver(library, version);
        answer = driver.Initialize();
        return answer == CudaResult.Success ? driver : throw CudaException.FromCall("cuInit", answer, driver.Explain(answer));
    }

    public string Explain(CudaResult result) => Sentence(result);

    public CudaResult Initialize() => DriverApi.cuInit(0);

    public CudaResult GetVersion(out int version) => DriverApi.cuDriverGetVersion(out version);

    public CudaResult GetDeviceCount(out int count) => DriverApi.cuDeviceGetCount(out count);

    public CudaResult GetDevice(int ordinal, out DeviceHandle device) => DriverApi.cuDeviceGet(out device, ordinal);

    public CudaResult GetDeviceName(DeviceHandle device, out string name)
    {
        Span<byte> buffer = stackalloc byte[256];
        buffer.Clear();
        fixed (byte* start = buffer)
        {
            CudaResult result = DriverApi.cuDeviceGetName(start, buffer.Length, device);
            name = TextOf(buffer);
            return result;
        }
    }

    public CudaResult GetDeviceMemory(DeviceHandle device, out nuint bytes) => DriverApi.cuDeviceTotalMem(out bytes, device);

    public CudaResult GetDeviceProperty(DeviceHandle device, DeviceProperty property, out int value) =>
        DriverApi.cuDeviceGetAttribute(out value, property, device);

    public CudaResult RetainPrimaryContext(DeviceHandle device, out ContextHandle context) =>
        DriverApi.cuDevicePrimaryCtxRetain(out context, device);

    public CudaResult ReleasePrimaryContext(DeviceHandle device) => DriverApi.cuDevicePrimaryCtxRelease(device);

    public CudaResult SetCurrentContext(ContextHandle context) => DriverApi.cuCtxSetCurrent(context);

    public CudaResult GetCurrentContext(out ContextHandle context) => DriverApi.cuCtxGetCurrent(out context);

    public CudaResult GetCurrentDevice(out DeviceHandle device) => DriverApi.cuCtxGetDevice(out device);

    public CudaResult SynchronizeContext() => DriverApi.cuCtxSynchronize();

    public CudaResult LoadModule(ReadOnlySpan<byte> image, out CudaModuleHandle module, out string log)
    {
        const int LogBytes = 8192;
        byte[] text = new byte[LogBytes];
        fixed (byte* bytes = image, logBytes = text)
        {
            JitOption* options = stackalloc JitOption[] { JitOption.ErrorLogBuffer, JitOption.ErrorLogBufferSizeBytes };
            void** values = stackalloc void*[] { logBytes, (void*)LogBytes };
            CudaResult result = DriverApi.cuModuleLoadDataEx(out module, bytes, 2, options, values);
            log = TextOf(text);
            return result;
        }
    }

    public CudaResult UnloadModule(CudaModuleHandle module) => DriverApi.cuModuleUnload(module);

    public CudaResult GetFunction(CudaModuleHandle module, string name, out FunctionHandle function) =>
        DriverApi.cuModuleGetFunction(out function, module, name);

    public CudaResult GetGlobal(CudaModuleHandle module, string name, out DevicePointer address, out nuint bytes) =>
        DriverApi.cuModuleGetGlobal(out address, out bytes, module, name);

    public CudaResult GetFunctionProperty(FunctionHandle function, FunctionProperty property, out int value) =>
        DriverApi.cuFuncGetAttribute(out value, property, function);

    public CudaResult SetFunctionProperty(FunctionHandle function, FunctionProperty property, int value) =>
        DriverApi.cuFuncSetAttribute(function, property, value);

    public CudaResult GetMaxActiveBlocks(FunctionHandle function, int blockThreads, nuint dynamicSharedBytes, out int blocks) =>
        DriverApi.cuOccupancyMaxActiveBlocksPerMultiprocessor(out blocks, function, blockThreads, dynamicSharedBytes);

    public CudaResult GetMemoryInfo(out nuint free, out nuint total) => DriverApi.cuMemGetInfo(out free, out total);

    public CudaResult Allocate(nuint bytes, out DevicePointer address) => DriverApi.cuMemAlloc(out address, bytes);

    public CudaResult Free(DevicePointer address) => DriverApi.cuMemFree(address);

    public CudaResult AllocateHost(nuint bytes, out nint address) => DriverApi.cuMemHostAlloc(out address, bytes, flags: 0);

    public CudaResult FreeHost(nint address) => DriverApi.cuMemFreeHost(address);

    public CudaResult CopyToDevice(DevicePointer destination, nint source, nuint bytes, StreamHandle stream) =>
        DriverApi.cuMemcpyHtoDAsync(destination, source, bytes, stream);

    public CudaResult CopyToHost(nint destination, DevicePointer source, nuint bytes, StreamHandle stream) =>
        DriverApi.cuMemcpyDtoHAsync(destination, source, bytes, stream);

    public CudaResult CopyOnDevice(DevicePointer destination, DevicePointer source, nuint bytes, StreamHandle stream) =>
        DriverApi.cuMemcpyDtoDAsync(destination, source, bytes, stream);

    public CudaResult Fill(DevicePointer destination, byte value, nuint count, StreamHandle stream) =>
        DriverApi.cuMemsetD8Async(destination, value, count, stream);

    public CudaResult FillWords(DevicePointer destination, uint value, nuint count, StreamHandle stream) =>
        DriverApi.cuMemsetD32Async(destination, value, count, stream);

    public CudaResult CreateStream(StreamKind kind, out StreamHandle stream) => DriverApi.cuStreamCreate(out stream, kind);

    public CudaResult DestroyStream(StreamHandle stream) => DriverApi.cuStreamDestroy(stream);

    public CudaResult SynchronizeStream(StreamHandle stream) => DriverApi.cuStreamSynchronize(stream);

    public CudaResult QueryStream(StreamHandle stream) => DriverApi.cuStreamQuery(stream);

    public CudaResult WaitForEvent(StreamHandle stream, EventHandle waited) => DriverApi.cuStreamWaitEvent(stream, waited, flags: 0);

    public CudaResult CreateEvent(EventKind kind, out EventHandle created) => DriverApi.cuEventCreate(out created, kind);

    public CudaResult DestroyEvent(EventHandle destroyed) => DriverApi.cuEventDestroy(destroyed);

    public CudaResult RecordEvent(EventHandle recorded, StreamHandle stream) => DriverApi.cuEventRecord(recorded, stream);

    public CudaResult QueryEvent(EventHandle queried) => DriverApi.cuEventQuery(queried);

    public CudaResult SynchronizeEvent(EventHandle awaited) => DriverApi.cuEventSynchronize(awaited);

    public CudaResult GetElapsedTime(EventHandle start, EventHandle end, out float milliseconds) => measuresByNewSymbol
        ? DriverApi.cuEventElapsedTime(out milliseconds, start, end)
        : DriverApi.cuEventElapsedTimeOfCuda12(out milliseconds, start, end);

    private static string Sentence(CudaResult result) =>
        DriverApi.cuGetErrorString(result, out byte* text) == CudaResult.Success && text is not null
            ? Marshal.PtrToStringUTF8((nint)text) ?? ""
            : "the driver does not know this code";

    private static string TextOf(ReadOnlySpan<byte> buffer)
    {
        int end = buffer.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? buffer : buffer[..end]);
    }

    private static string VersionText(int version) =>
        string.Create(CultureInfo.InvariantCulture, $"{version / 1000}.{version % 1000 / 10}");
}
