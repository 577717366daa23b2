using System.Collections.Concurrent;
using KernelForge.Emulation;
using KernelForge.Runtime.Cuda;
using KernelForge.Runtime.Cuda.Nvrtc;
using KernelForge.Runtime.Cuda.Programs;
using KernelForge.Runtime.Cuda.Tests;

namespace KernelForge.Cuda.Tests.Cubins;

/// <summary>A kernel as machine code, and what the compiler says of it. What has the same text and options is compiled once.</summary>
/// <param name="Build">The kernel.</param>
/// <param name="Image">The machine code.</param>
/// <param name="Resources">What it takes of a multiprocessor.</param>
/// <param name="Warnings">What the compiler and its assembler complain of, a line each.</param>
internal sealed record Cubin(KernelBuild Build, byte[] Image, KernelResources Resources, string Warnings)
{
    private static readonly ConcurrentDictionary<string, Lazy<Cubin>> compiled = new(StringComparer.Ordinal);

    /// <summary>Whether its local memory may be that in which CUDA's exact sine and cosine reduce large arguments.</summary>
    public bool HasSines =>
        Build.Source.Text.Contains("sin_as", StringComparison.Ordinal) || Build.Source.Text.Contains("cos_as", StringComparison.Ordinal);

    /// <summary>All kernels of a program; skips the running test where there is no NVRTC.</summary>
    /// <param name="builds">The kernels.</param>
    /// <param name="architecture">Whose machine code it is.</param>
    public static IReadOnlyList<Cubin> All(IReadOnlyList<KernelBuild> builds, Architecture architecture)
    {
        NvrtcCompiler compiler = NativeCode.Compiler;
        CompileTarget target = CompileTarget.Cubin(architecture);
        var cubins = new Cubin[builds.Count];
        Parallel.For(0, builds.Count, i => cubins[i] = Of(builds[i], target, compiler));
        return cubins;
    }

    private static Cubin Of(KernelBuild build, CompileTarget target, NvrtcCompiler compiler)
    {
        string key = string.Join('\n', [.. build.Options.ToArguments(target), build.Source.Compose()]);
        Cubin cubin = compiled.GetOrAdd(key, _ => new Lazy<Cubin>(() => Compile(build, target, compiler))).Value;
        return cubin with { Build = build };
    }

    private static Cubin Compile(KernelBuild build, CompileTarget target, NvrtcCompiler compiler)
    {
        KernelResources resources = KernelResources.Of(build, target, compiler, out CompiledKernel code);
        // Beside complaints the log has what was asked for: "ptxas info    : Used 40 registers", "0 bytes stack frame, ...".
        string[] lines = code.Log.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        bool IsInfo(string line) => line.StartsWith("ptxas info", StringComparison.Ordinal) || line.Contains("bytes stack frame", StringComparison.Ordinal);
        return new Cubin(build, code.Image, resources, string.Join('\n', lines.Where(line => !IsInfo(line))));
    }
}
