using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using KernelForge.Runtime.Cuda.Execution;
using KernelForge.Runtime.Cuda.Modules;
using KernelForge.Runtime.Cuda.Nvrtc;

namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>
/// Every kernel of a program in every variant. A GPU has all of them loaded before the first batch; a device that executes PTX, where
/// compiling costs more than most runs, only those that a batch needs.
/// </summary>
internal sealed class ProgramKernels(CudaPrecision precision, bool lineInfo) : IDisposable
{
    private readonly Dictionary<string, Loaded> byKey = new(StringComparer.Ordinal);
    private readonly List<KernelBuild> builds = [];
    private readonly Lock loading = new();

    public IReadOnlyList<KernelBuild> Builds => builds;

    /// <summary>The build of a kernel with its definitions in one shape, noted when it is first asked for.</summary>
    public KernelBuild Build(KernelSource source, IReadOnlyList<(string Name, string Value)> definitions, KernelShape shape)
    {
        string key = KeyOf(source, definitions, shape);
        if (byKey.TryGetValue(key, out Loaded? known)) return known.Build;
        IEnumerable<(string Name, string Value)> all =
            [("ELEMENT", precision.Element), .. definitions, .. shape.Definitions.Select(d => (d.Name, Definitions.Text(d.Value)))];
        var options = new CompileOptions
        {
            Constants = [.. all.Select(d => KeyValuePair.Create(d.Name, d.Value))],
            LineInfo = lineInfo,
        };
        var build = new KernelBuild(source, options, shape.Variant, shape.Threads, shape.SharedBytes);
        byKey.Add(key, new Loaded(build));
        builds.Add(build);
        return build;
    }

    /// <summary>A build's kernel, compiled and loaded where it is not yet.</summary>
    /// <exception cref="CudaException">It does not compile or load; or there is no NVRTC and it is not in the cache.</exception>
    public CudaKernel Load(
        KernelSource source, IReadOnlyList<(string Name, string Value)> definitions, KernelShape shape, CudaContext context, CubinCache cache)
    {
        if (!byKey.TryGetValue(KeyOf(source, definitions, shape), out Loaded? kernel))
            throw new InvalidOperationException($"kernel '{source.Name}' was not planned with these definitions");
        if (kernel.Kernel is { } ready) return ready;
        lock (loading) return kernel.Kernel ?? Load(kernel, context, cache);
    }

    /// <summary>Compiles and loads all, several at a time.</summary>
    /// <inheritdoc cref="Load(KernelSource, IReadOnlyList{ValueTuple{string, string}}, KernelShape, CudaContext, CubinCache)" path="/exception"/>
    public void LoadAll(CudaContext context, CubinCache cache)
    {
        try
        {
            Parallel.ForEach(byKey.Values, kernel => Load(kernel, context, cache));
        }
        catch (AggregateException errors)
        {
            ExceptionDispatchInfo.Throw(errors.InnerExceptions[0]);
        }
    }

    public void Dispose()
    {
        foreach (Loaded kernel in byKey.Values) kernel.Module?.Dispose();
    }

    private static CudaKernel Load(Loaded kernel, CudaContext context, CubinCache cache)
    {
        kernel.Module ??= CudaModule.Load(context, cache, kernel.Build.Source, kernel.Build.Options);
        return kernel.Kernel = kernel.Module.Kernel(kernel.Build.Name);
    }

    private static string KeyOf(KernelSource source, IReadOnlyList<(string Name, string Value)> definitions, KernelShape shape) =>
        $"{source.Name}\n{string.Join('\n', definitions)}\n{shape.Variant}\n{string.Join('\n', shape.Definitions)}";

    private sealed class Loaded(KernelBuild build)
    {
        public KernelBuild Build { get; } = build;

        public CudaModule? Module { get; set; }

        public CudaKernel? Kernel { get; set; }
    }
}
