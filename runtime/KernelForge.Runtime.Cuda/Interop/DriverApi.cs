using System.Runtime.InteropServices;

namespace KernelForge.Runtime.Cuda.Interop;

/// <summary>
/// The driver's functions, under the names of its manual. The symbols are those that the headers of CUDA 12 and 13 map these names to;
/// the library is <see cref="NativeLibraries.Driver"/>, and each function is bound when it is first called.
/// </summary>
internal static unsafe partial class DriverApi
{
    internal const string Library = "cuda";

    /// <summary><c>cuTensorMapEncodeTiled</c>, which is asked of the driver by <see cref="cuGetProcAddress"/>; null until then.</summary>
    internal static delegate* unmanaged<
        TensorMap*, TensorMapDataType, uint, DevicePointer, ulong*, ulong*, uint*, uint*,
        TensorMapInterleave, TensorMapSwizzle, TensorMapPromotion, TensorMapFill, CudaResult> cuTensorMapEncodeTiled;

    [LibraryImport(Library)]
    internal static partial CudaResult cuInit(uint flags);

    [LibraryImport(Library)]
    internal static partial CudaResult cuDriverGetVersion(out int driverVersion);

    [LibraryImport(Library)]
    internal static partial CudaResult cuGetErrorString(CudaResult error, out byte* text);

    [LibraryImport(Library, EntryPoint = "cuGetProcAddress_v2", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial CudaResult cuGetProcAddress(string symbol, out nint address, int cudaVersion, ulong flags, out int status);

    [LibraryImport(Library)]
    internal static partial CudaResult cuDeviceGetCount(out int count);

    [LibraryImport(Library)]
    internal static partial CudaResult cuDeviceGet(out DeviceHandle device, int ordinal);

    [LibraryImport(Library)]
    internal static partial CudaResult cuDeviceGetName(byte* name, int length, DeviceHandle device);

    [LibraryImport(Library, EntryPoint = "cuDeviceTotalMem_v2")]
    internal static partial CudaResult cuDeviceTotalMem(out nuint bytes, DeviceHandle device);

    [LibraryImport(Library)]
    internal static partial CudaResult cuDeviceGetAttribute(out int value, DeviceProperty property, DeviceHandle device);

    [LibraryImport(Library)]
    internal static partial CudaResult cuDevicePrimaryCtxRetain(out ContextHandle context, DeviceHandle device);

    [LibraryImport(Library, EntryPoint = "cuDevicePrimaryCtxRelease_v2")]
    internal static partial CudaResult cuDevicePrimaryCtxRelease(DeviceHandle device);

    [LibraryImport(Library)]
    internal static partial CudaResult cuCtxSetCurrent(ContextHandle context);

    [LibraryImport(Library)]
    internal static partial CudaResult cuCtxGetCurrent(out ContextHandle context);

    [LibraryImport(Library)]
    internal static partial CudaResult cuCtxGetDevice(out DeviceHandle device);

    [LibraryImport(Library)]
    internal static partial CudaResult cuCtxSynchronize();

    [LibraryImport(Library)]
    internal static partial CudaResult cuModuleLoadDataEx(
        out CudaModuleHandle module, byte* image, uint optionCount, JitOption* options, void** optionValues);

    [LibraryImport(Library)]
    internal static partial CudaResult cuModuleUnload(CudaModuleHandle module);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial CudaResult cuModuleGetFunction(out FunctionHandle function, CudaModuleHandle module, string name);

    [LibraryImport(Library, EntryPoint = "cuModuleGetGlobal_v2", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial CudaResult cuModuleGetGlobal(out DevicePointer address, out nuint bytes, CudaModuleHandle module, string name);

    [LibraryImport(Library)]
    internal static partial CudaResult cuFuncGetAttribute(out int value, FunctionProperty property, FunctionHandle function);

    [LibraryImport(Library)]
    internal static partial CudaResult cuFuncSetAttribute(FunctionHandle function, FunctionProperty property, int value);

    [LibraryImport(Library)]
    internal static partial CudaResult cuOccupancyMaxActiveBlocksPerMultiprocessor(
        out int blocks, FunctionHandle function, int blockSize, nuint dynamicSharedBytes);

    [LibraryImport(Library)]
    internal static partial CudaResult cuOccupancyMaxActiveClusters(out int clusters, FunctionHandle function, LaunchConfig* config);

    [LibraryImport(Library, EntryPoint = "cuMemGetInfo_v2")]
    internal static partial CudaResult cuMemGetInfo(out nuint free, out nuint total);

    [LibraryImport(Library, EntryPoint = "cuMemAlloc_v2")]
    internal static partial CudaResult cuMemAlloc(out DevicePointer address, nuint bytes);

    [LibraryImport(Library, EntryPoint = "cuMemFree_v2")]
    internal static partial CudaResult cuMemFree(DevicePointer address);

    [LibraryImport(Library)]
    internal static partial CudaResult cuMemHostAlloc(out nint address, nuint bytes, uint flags);

    [LibraryImport(Library)]
    internal static partial CudaResult cuMemFreeHost(nint address);

    [LibraryImport(Library, EntryPoint = "cuMemcpyHtoDAsync_v2")]
    internal static partial CudaResult cuMemcpyHtoDAsync(DevicePointer destination, nint source, nuint bytes, StreamHandle stream);

    [LibraryImport(Library, EntryPoint = "cuMemcpyDtoHAsync_v2")]
    internal static partial CudaResult cuMemcpyDtoHAsync(nint destination, DevicePointer source, nuint bytes, StreamHandle stream);

    [LibraryImport(Library, EntryPoint = "cuMemcpyDtoDAsync_v2")]
    internal static partial CudaResult cuMemcpyDtoDAsync(DevicePointer destination, DevicePointer source, nuint bytes, StreamHandle stream);

    [LibraryImport(Library)]
    internal static partial CudaResult cuMemsetD8Async(DevicePointer destination, byte value, nuint count, StreamHandle stream);

    [LibraryImport(Library)]
    internal static partial CudaResult cuMemsetD32Async(DevicePointer destination, uint value, nuint count, StreamHandle stream);

    [LibraryImport(Library)]
    internal static partial CudaResult cuStreamCreate(out StreamHandle stream, StreamKind flags);

    [LibraryImport(Library, EntryPoint = "cuStreamDestroy_v2")]
    internal static partial CudaResult cuStreamDestroy(StreamHandle stream);

    [LibraryImport(Library)]
    internal static partial CudaResult cuStreamSynchronize(StreamHandle stream);

    [LibraryImport(Library)]
    internal static partial CudaResult cuStreamQuery(StreamHandle stream);

    [LibraryImport(Library)]
    internal static partial CudaResult cuStreamWaitEvent(StreamHandle stream, EventHandle waited, uint flags);

    [LibraryImport(Library)]
    internal static partial CudaResult cuEventCreate(out EventHandle created, EventKind flags);

    [LibraryImport(Library, EntryPoint = "cuEventDestroy_v2")]
    internal static partial CudaResult cuEventDestroy(EventHandle destroyed);

    [LibraryImport(Library)]
    internal static partial CudaResult cuEventRecord(EventHandle recorded, StreamHandle stream);

    [LibraryImport(Library)]
    internal static partial CudaResult cuEventQuery(EventHandle queried);

    [LibraryImport(Library)]
    internal static partial CudaResult cuEventSynchronize(EventHandle awaited);

    [LibraryImport(Library, EntryPoint = "cuEventElapsedTime_v2")]
    internal static partial CudaResult cuEventElapsedTime(out float milliseconds, EventHandle start, EventHandle end);

    /// <summary>The same in drivers of CUDA 12, some of which lack the newer symbol.</summary>
    [LibraryImport(Library, EntryPoint = "cuEventElapsedTime")]
    internal static partial CudaResult cuEventElapsedTimeOfCuda12(out float milliseconds, EventHandle start, EventHandle end);

    [LibraryImport(Library)]
    internal static partial CudaResult cuLaunchKernelEx(LaunchConfig* config, FunctionHandle function, void** arguments, void** extra);

    [LibraryImport(Library, EntryPoint = "cuStreamBeginCapture_v2")]
    internal static partial CudaResult cuStreamBeginCapture(StreamHandle stream, CaptureMode mode);

    [LibraryImport(Library)]
    internal static partial CudaResult cuStreamEndCapture(StreamHandle stream, out GraphHandle graph);

    [LibraryImport(Library)]
    internal static partial CudaResult cuGraphDestroy(GraphHandle graph);

    [LibraryImport(Library, EntryPoint = "cuGraphInstantiateWithFlags")]
    internal static partial CudaResult cuGraphInstantiate(out ExecutableGraphHandle executable, GraphHandle graph, ulong flags);

    [LibraryImport(Library, EntryPoint = "cuGraphExecUpdate_v2")]
    internal static partial CudaResult cuGraphExecUpdate(ExecutableGraphHandle executable, GraphHandle graph, out GraphUpdateInfo info);

    [LibraryImport(Library)]
    internal static partial CudaResult cuGraphLaunch(ExecutableGraphHandle executable, StreamHandle stream);

    [LibraryImport(Library)]
    internal static partial CudaResult cuGraphExecDestroy(ExecutableGraphHandle executable);
}
