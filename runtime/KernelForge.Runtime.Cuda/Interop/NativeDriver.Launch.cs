namespace KernelForge.Runtime.Cuda.Interop;

// Launches, graphs and tensor maps: what the driver takes as structures of pointers.
public sealed unsafe partial class NativeDriver
{
    private const int FewArguments = 64;

    public CudaResult Launch(FunctionHandle function, in LaunchShape shape, StreamHandle stream, KernelArguments arguments)
    {
        LaunchAttribute* attributes = stackalloc LaunchAttribute[2];
        LaunchConfig config = Configure(shape, stream, attributes);

        int count = arguments.Count;
        Span<nint> pointers = count <= FewArguments ? stackalloc nint[FewArguments] : new nint[count];
        fixed (byte* values = arguments.Values)
        fixed (nint* addresses = pointers)
        {
            for (int i = 0; i < count; i++) addresses[i] = (nint)(values + arguments.Offsets[i]);
            return DriverApi.cuLaunchKernelEx(&config, function, (void**)addresses, extra: null);
        }
    }

    public CudaResult GetMaxActiveClusters(FunctionHandle function, in LaunchShape shape, out int clusters)
    {
        LaunchAttribute* attributes = stackalloc LaunchAttribute[2];
        LaunchConfig config = Configure(shape, default, attributes);
        return DriverApi.cuOccupancyMaxActiveClusters(out clusters, function, &config);
    }

    public CudaResult BeginCapture(StreamHandle stream, CaptureMode mode) => DriverApi.cuStreamBeginCapture(stream, mode);

    public CudaResult EndCapture(StreamHandle stream, out GraphHandle graph) => DriverApi.cuStreamEndCapture(stream, out graph);

    public CudaResult DestroyGraph(GraphHandle graph) => DriverApi.cuGraphDestroy(graph);

    public CudaResult InstantiateGraph(GraphHandle graph, out ExecutableGraphHandle executable) =>
        DriverApi.cuGraphInstantiate(out executable, graph, flags: 0);

    public CudaResult UpdateGraph(ExecutableGraphHandle executable, GraphHandle graph, out GraphUpdateResult outcome)
    {
        CudaResult result = DriverApi.cuGraphExecUpdate(executable, graph, out GraphUpdateInfo info);
        outcome = info.Result;
        return result;
    }

    public CudaResult LaunchGraph(ExecutableGraphHandle executable, StreamHandle stream) => DriverApi.cuGraphLaunch(executable, stream);

    public CudaResult DestroyExecutableGraph(ExecutableGraphHandle executable) => DriverApi.cuGraphExecDestroy(executable);

    public CudaResult EncodeTensorMap(in TensorMapDescription description, out TensorMap map)
    {
        description.Validate();
        map = default;
        if (DriverApi.cuTensorMapEncodeTiled is null)
        {
            CudaResult found = DriverApi.cuGetProcAddress("cuTensorMapEncodeTiled", out nint address, OldestVersion, flags: 0, out _);
            if (found != CudaResult.Success) return found;
            if (address == 0) return CudaResult.NotFound;
            DriverApi.cuTensorMapEncodeTiled = (delegate* unmanaged<
                TensorMap*, TensorMapDataType, uint, DevicePointer, ulong*, ulong*, uint*, uint*,
                TensorMapInterleave, TensorMapSwizzle, TensorMapPromotion, TensorMapFill, CudaResult>)address;
        }

        byte* room = stackalloc byte[TensorMap.Size + TensorMap.Alignment];
        var aligned = (TensorMap*)(((nuint)room + TensorMap.Alignment - 1) & ~(nuint)(TensorMap.Alignment - 1));
        fixed (ulong* extents = description.Extents, strides = description.Strides)
        fixed (uint* box = description.Box, elementStrides = description.ElementStrides)
        {
            CudaResult result = DriverApi.cuTensorMapEncodeTiled(
                aligned, description.ElementType, (uint)description.Rank, description.Address, extents, strides, box, elementStrides,
                description.Interleave, description.Swizzle, description.Promotion, description.Fill);
            if (result == CudaResult.Success) map = *aligned;
            return result;
        }
    }

    /// <summary>The structure of a launch; <paramref name="attributes"/> has room for two and must outlive it.</summary>
    private static LaunchConfig Configure(in LaunchShape shape, StreamHandle stream, LaunchAttribute* attributes)
    {
        uint used = 0;
        if (shape.Cluster != default)
        {
            attributes[used++] = new LaunchAttribute { Id = LaunchAttributeId.ClusterDimension, ClusterDimension = shape.Cluster };
        }
        if (shape.Overlap)
        {
            attributes[used++] = new LaunchAttribute
            {
                Id = LaunchAttributeId.ProgrammaticStreamSerialization,
                ProgrammaticStreamSerializationAllowed = 1,
            };
        }
        return new LaunchConfig
        {
            GridDimX = (uint)shape.Grid.X,
            GridDimY = (uint)shape.Grid.Y,
            GridDimZ = (uint)shape.Grid.Z,
            BlockDimX = (uint)shape.Block.X,
            BlockDimY = (uint)shape.Block.Y,
            BlockDimZ = (uint)shape.Block.Z,
            SharedMemBytes = (uint)shape.SharedBytes,
            HStream = stream,
            Attrs = used == 0 ? null : attributes,
            NumAttrs = used,
        };
    }
}
