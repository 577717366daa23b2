using KernelForge.Runtime.Cuda.Execution;
using KernelForge.Runtime.Cuda.Interop;
using KernelForge.Runtime.Cuda.Modules;
using KernelForge.Runtime.Cuda.Nvrtc;

namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>Takes a schedule's kernels for one graph: first only to have them compiled and loaded, then onto a stream that records.</summary>
internal sealed class GraphRecorder(CudaRun run, CudaWorkspace workspace, BatchKey key, RecordLayout layout, CudaContext context, CubinCache cache)
{
    private bool followsKernel;

    public BatchKey Key => key;

    public ArgumentBuffer Arguments { get; } = new();

    /// <summary>Where kernels are recorded; null while they are only loaded.</summary>
    public CudaStream? Stream { get; set; }

    public DevicePointer Address(CudaView view) => workspace.Slot(view.Slot) + (nuint)(view.Start * view.Precision.Bytes);

    public DevicePointer Address(CudaIntegers integers) =>
        workspace.Record + (nuint)((long)(layout.Start(integers.Part) + integers.Offset) * sizeof(int));

    public DevicePointer Address(CudaScratch scratch) => workspace.Scratch + (nuint)((long)scratch.Offset * sizeof(int));

    public void Launch(KernelSource source, IReadOnlyList<(string Name, string Value)> definitions, KernelShape shape, Dim3 grid)
    {
        if (grid.Y > Buckets.MostInGridY)
        {
            throw new ArgumentException(
                $"kernel '{source.Name}' would need {grid.Y} blocks side by side for a batch with {key}; a device takes {Buckets.MostInGridY}: " +
                "split the batch");
        }
        CudaKernel kernel = run.Kernels.Load(source, definitions, shape, context, cache);
        if (Stream is null) return;
        // The first follows a copy, which lets nobody start before its end.
        bool overlap = followsKernel && key.HasRowsEverywhere && context.Architecture.Major >= 9;
        followsKernel = true;
        kernel.Launch(Stream, new LaunchShape(grid, new Dim3(shape.Threads), shape.SharedBytes, Overlap: overlap), Arguments);
    }
}
