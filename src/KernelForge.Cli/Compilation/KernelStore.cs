using System.Runtime.ExceptionServices;
using KernelForge.Runtime.Cuda;
using KernelForge.Runtime.Cuda.Modules;
using KernelForge.Runtime.Cuda.Nvrtc;
using KernelForge.Runtime.Cuda.Programs;

namespace KernelForge.Cli.Compilation;

/// <summary>Where compiled kernels go: this user's cache, or a folder that is to be shipped with a program.</summary>
internal sealed class KernelStore
{
    private readonly CubinCache cache;
    private readonly string? shipped;
    private readonly HashSet<string> names = new(StringComparer.Ordinal);

    /// <param name="compiler">Compiles what is not in the cache.</param>
    /// <param name="shipped">The folder to be shipped; null for the cache alone.</param>
    public KernelStore(NvrtcCompiler compiler, string? shipped)
    {
        // Compiling is what was asked for, whatever the environment says about programs that run.
        cache = new CubinCache(CubinCache.Open().Folder, () => compiler) { Warn = text => Console.Error.WriteLine($"kernelforge: {text}") };
        this.shipped = shipped;
    }

    public string Folder => shipped ?? cache.Folder;

    /// <summary>How many kernels were put there or were there already.</summary>
    public int Files => names.Count;

    /// <summary>What a kernel is compiled to for an architecture: PTX where this NVRTC does not know it.</summary>
    /// <exception cref="CudaException">The architecture is older than all that NVRTC compiles for.</exception>
    public CompileTarget TargetFor(Architecture architecture) => cache.TargetFor(architecture);

    /// <summary>Compiles kernels, several at a time.</summary>
    /// <exception cref="CudaException">One does not compile.</exception>
    public void Add(IReadOnlyList<KernelBuild> builds, Architecture architecture)
    {
        CompileTarget target = TargetFor(architecture);
        try
        {
            Parallel.ForEach(builds, build =>
            {
                string name = shipped is null
                    ? cache.Fill(build.Source, target, build.Options)
                    : cache.Ship(build.Source, target, build.Options, shipped);
                lock (names) names.Add(name);
            });
        }
        catch (AggregateException errors)
        {
            ExceptionDispatchInfo.Throw(errors.InnerExceptions[0]);
        }
    }

    /// <summary>Removes compiled kernels of the shipped folder that were not added; says how many.</summary>
    public int Prune()
    {
        int removed = 0;
        foreach (string file in Directory.EnumerateFiles(Folder).Where(f => Path.GetExtension(f) is ".cubin" or ".ptx"))
        {
            if (names.Contains(Path.GetFileName(file))) continue;
            File.Delete(file);
            removed++;
        }
        return removed;
    }
}
