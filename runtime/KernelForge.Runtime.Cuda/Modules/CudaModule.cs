using KernelForge.Runtime.Cuda.Execution;
using KernelForge.Runtime.Cuda.Interop;
using KernelForge.Runtime.Cuda.Nvrtc;

namespace KernelForge.Runtime.Cuda.Modules;

/// <summary>Compiled code, loaded on a device.</summary>
public sealed class CudaModule : IDisposable
{
    private readonly OwnedHandle owned;
    private readonly CudaModuleHandle handle;

    /// <param name="context">The device.</param>
    /// <param name="image">A cubin, or PTX ended by a zero byte.</param>
    /// <param name="name">What it holds, for errors.</param>
    /// <exception cref="CudaException">It is not for this device, or no such code.</exception>
    public CudaModule(CudaContext context, ReadOnlySpan<byte> image, string name)
    {
        ArgumentNullException.ThrowIfNull(context);
        Context = context;
        Name = name;
        context.Enter();
        CudaResult result = context.Driver.LoadModule(image, out handle, out string log);
        context.Check("cuModuleLoadDataEx", result, name, log.Length > 0 ? log : $"the device is '{context.Name}', {context.Architecture}");
        CudaModuleHandle loaded = handle;
        owned = new OwnedHandle(context, driver => driver.UnloadModule(loaded));
    }

    public CudaContext Context { get; }

    public string Name { get; }

    /// <summary>Compiles a kernel for the device, or takes it from the cache, and loads it.</summary>
    /// <exception cref="CudaException">It does not compile, or does not load.</exception>
    public static CudaModule Load(CudaContext context, CubinCache cache, KernelSource source, CompileOptions options)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(cache);
        ArgumentNullException.ThrowIfNull(source);
        CompileTarget target = context.Driver.NeedsPtx
            ? CompileTarget.FullPtx(context.Architecture)
            : cache.TargetFor(context.Architecture);
        return new CudaModule(context, cache.Load(source, target, options), source.Name);
    }

    /// <param name="name">As it stands in the code, without a mangled type: <c>extern "C"</c>.</param>
    /// <exception cref="CudaException">There is no such kernel.</exception>
    public CudaKernel Kernel(string name)
    {
        Context.Enter();
        owned.ThrowIfDestroyed(this);
        CudaResult result = Context.Driver.GetFunction(handle, name, out FunctionHandle function);
        Context.Check("cuModuleGetFunction", result, name, $"the module is '{Name}'");
        return new CudaKernel(this, function, name);
    }

    internal void ThrowIfUnloaded() => owned.ThrowIfDestroyed(this);

    public void Dispose() => owned.Dispose();
}
