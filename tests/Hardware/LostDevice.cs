using KernelForge.Runtime.Cuda;
using KernelForge.Runtime.Cuda.Execution;
using KernelForge.Runtime.Cuda.Interop;
using KernelForge.Runtime.Cuda.Modules;
using KernelForge.Runtime.Cuda.Nvrtc;

namespace KernelForge.Hardware;

/// <summary>A kernel that writes where nothing is: the last thing that this process does with the device.</summary>
internal static class LostDevice
{
    private const string Text = "extern \"C\" __global__ void astray(int* nowhere) { nowhere[threadIdx.x] = 1; }\n";

    public static void Check(Report report)
    {
        string folder = Path.Combine(Path.GetTempPath(), $"kernelforge-astray-{Environment.ProcessId}");
        CudaContext context = CudaDevice.Number(0).Open();
        var stream = new CudaStream(context);
        var module = CudaModule.Load(context, new CubinCache(folder, NvrtcCompiler.Open), new KernelSource("astray", Text), CompileOptions.Default);
        report.Fails("a stray write is told with its kernel", () =>
        {
            module.Kernel("astray").Launch(stream, new LaunchShape(new Dim3(1), new Dim3(32)), new ArgumentBuffer().Add(64UL));
            stream.Synchronize();
        }, "astray");
        report.Check("the device counts as lost", context.LostBy is { DeviceIsLost: true }, context.LostBy?.Message ?? "not lost");
        report.Fails("nothing more is tried on it", () => context.Memory.Rent(1024), "lost");
        module.Dispose();
        stream.Dispose();
        context.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
