using KernelForge.Runtime.Cuda.Execution;
using KernelForge.Runtime.Cuda.Interop;
using KernelForge.Runtime.Cuda.Memory;
using KernelForge.Runtime.Cuda.Modules;

namespace KernelForge.Runtime.Cuda.Tests.Execution;

/// <summary>A little of everything that a model does with a device.</summary>
internal static class Scenario
{
    /// <summary>Everything that is made is disposed of, whether or not it ends well.</summary>
    public static float[] Run(CudaContext context)
    {
        using var stream = new CudaStream(context);
        using var other = new CudaStream(context);
        using CudaEvent begin = new(context, EventKind.Timing), end = new(context, EventKind.Timing);
        using var pinned = new PinnedBuffer(context, 64);
        new float[] { 1, 2, 3 }.CopyTo(pinned.As<float>());
        using DeviceBuffer weights = context.Memory.Rent(4096, "weights");
        using DeviceBuffer output = context.Memory.Rent(100, "the output");
        using var module = new CudaModule(context, "cubin"u8, "scale");
        CudaKernel kernel = module.Kernel("scale");
        ArgumentBuffer arguments = new ArgumentBuffer().Add(weights).Add(2f);
        var shape = new LaunchShape(new Dim3(8), new Dim3(128), SharedBytes: 64 * 1024);

        stream.Upload<float>([1, 2, 3], weights);
        stream.Record(begin);
        kernel.Launch(stream, shape, arguments);
        using CudaGraph graph = CudaGraph.Capture(stream, "layer", captured =>
        {
            captured.CopyToDevice(pinned, weights, 64);
            kernel.Launch(captured, shape, arguments);
        });
        graph.Launch(stream);
        graph.Update(stream, captured => kernel.Launch(captured, shape, arguments));
        stream.Record(end);
        other.WaitFor(end);
        other.CopyOnDevice(weights, output, 100);
        end.Synchronize();
        _ = end.Since(begin);
        var result = new float[3];
        other.Download(output, result.AsSpan());
        return result;
    }
}
