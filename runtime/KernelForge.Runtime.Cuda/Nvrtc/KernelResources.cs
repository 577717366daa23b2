using System.Globalization;
using System.Text.RegularExpressions;
using KernelForge.Runtime.Cuda.Programs;

namespace KernelForge.Runtime.Cuda.Nvrtc;

/// <summary>What a compiled kernel takes of a multiprocessor, as the assembler says.</summary>
/// <param name="Registers">Of each thread.</param>
/// <param name="LocalBytes">Of each thread in memory: arrays, and what spilled.</param>
/// <param name="SpillBytes">Stored and loaded again because no register was left.</param>
/// <param name="StaticSharedBytes">Shared memory that the text itself declares, of each block.</param>
public sealed partial record KernelResources(int Registers, int LocalBytes, int SpillBytes, int StaticSharedBytes)
{
    /// <exception cref="CudaException">The kernel does not compile, or the target is PTX, which no assembler has seen.</exception>
    public static KernelResources Of(KernelBuild build, CompileTarget target, NvrtcCompiler compiler) => Of(build, target, compiler, out _);

    /// <param name="build">The kernel.</param>
    /// <param name="target">Machine code of one architecture.</param>
    /// <param name="compiler">With what it is compiled.</param>
    /// <param name="compiled">The machine code; its log holds what the assembler says of resources beside warnings.</param>
    /// <inheritdoc cref="Of(KernelBuild, CompileTarget, NvrtcCompiler)" path="/exception"/>
    public static KernelResources Of(KernelBuild build, CompileTarget target, NvrtcCompiler compiler, out CompiledKernel compiled)
    {
        ArgumentNullException.ThrowIfNull(build);
        ArgumentNullException.ThrowIfNull(compiler);
        string nvrtc = $"NVRTC {compiler.Version} ('{compiler.Path}')";
        if (target.IsPtx) throw new CudaException($"{nvrtc} makes no machine code for it: {target} is as far as it goes");
        CompileOptions options = build.Options with { Further = [.. build.Options.Further, "--ptxas-options=-v"] };
        compiled = compiler.Compile(build.Source, target, options);
        string log = compiled.Log;
        Match used = Used().Match(log), stack = Stack().Match(log);
        if (!used.Success) throw new CudaException($"the assembler of {nvrtc} does not say what kernel '{build.Name}' takes:\n{log}");
        return new KernelResources(
            Number(used, "registers"), Number(stack, "local"), Number(stack, "stores") + Number(stack, "loads"),
            Number(Shared().Match(log), "shared"));
    }

    /// <summary>Blocks that a multiprocessor holds at a time, by registers, shared memory, threads and blocks.</summary>
    public int Blocks(ArchitectureLimits limits, KernelBuild build)
    {
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentNullException.ThrowIfNull(build);
        return limits.BlocksAtATime(build.Threads, StaticSharedBytes + build.SharedBytes, Math.Max(1, Registers));
    }

    private static int Number(Match match, string group) =>
        match.Success ? int.Parse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"Used (?<registers>\d+) registers")]
    private static partial Regex Used();

    [GeneratedRegex(@"(?<local>\d+) bytes stack frame, (?<stores>\d+) bytes spill stores, (?<loads>\d+) bytes spill loads")]
    private static partial Regex Stack();

    [GeneratedRegex(@"(?<shared>\d+) bytes smem")]
    private static partial Regex Shared();
}
