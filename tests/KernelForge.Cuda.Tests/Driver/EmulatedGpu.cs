using KernelForge.Emulation.Driver;
using KernelForge.Runtime.Cuda.Execution;
using KernelForge.Runtime.Cuda.Interop;
using KernelForge.Runtime.Cuda.Memory;
using KernelForge.Runtime.Cuda.Modules;
using KernelForge.Runtime.Cuda.Nvrtc;
using KernelForge.Runtime.Cuda.Tests;

namespace KernelForge.Cuda.Tests.Driver;

/// <summary>The ordinary runtime on an emulated driver, with a stream, and kernels compiled by the real NVRTC.</summary>
internal sealed class EmulatedGpu : IDisposable
{
    /// <summary>Words of <c>x</c> beyond <c>count</c> by <c>BEYOND</c> are touched.</summary>
    public const string Add = """
        extern "C" __global__ void add(int* x, int value, int count)
        {
            const int i = blockIdx.x * 64 + threadIdx.x;
            if (i < count) x[i] += value;
        }
        """;

    public EmulatedGpu(int seed = 0)
    {
        Driver = new EmulatedDriver(seed: seed);
        Context = CudaContext.Open(Driver);
        Stream = new CudaStream(Context);
    }

    public EmulatedDriver Driver { get; }

    public CudaContext Context { get; }

    public CudaStream Stream { get; }

    public CudaKernel Load(string name, string text) => LoadModule(name, text).Kernel(name);

    public CudaModule LoadModule(string name, string text)
    {
        var options = new CompileOptions { LineInfo = true };
        CompiledKernel compiled = NativeCode.Compiler.Compile(new KernelSource(name, text), CompileTarget.FullPtx(Context.Architecture), options);
        return new CudaModule(Context, compiled.Image.AsSpan(), name);
    }

    /// <summary>Device memory that holds the values.</summary>
    public DeviceBuffer Buffer(params ReadOnlySpan<int> values)
    {
        DeviceBuffer buffer = Context.Memory.Rent((nuint)(4 * values.Length));
        Stream.Upload(values, buffer);
        return buffer;
    }

    public int[] Read(DeviceBuffer buffer)
    {
        int[] values = new int[(int)buffer.Bytes / 4];
        Stream.Download(buffer, values.AsSpan());
        return values;
    }

    /// <summary>One block of 64 threads.</summary>
    public static void Launch(CudaKernel kernel, CudaStream stream, DeviceBuffer x, int value, int count) =>
        kernel.Launch(stream, new LaunchShape(new Dim3(1), new Dim3(64)), new ArgumentBuffer().Add(x).Add(value).Add(count));

    public void Dispose()
    {
        Stream.Dispose();
        Context.Dispose();
    }
}
