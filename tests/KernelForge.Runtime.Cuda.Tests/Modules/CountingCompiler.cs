using System.Text;
using KernelForge.Runtime.Cuda.Nvrtc;

namespace KernelForge.Runtime.Cuda.Tests.Modules;

/// <summary>"Compiles" to the text itself and counts; slowly where a test wants others to arrive meanwhile.</summary>
internal sealed class CountingCompiler(TimeSpan duration = default) : IKernelCompiler
{
    private int compiled;

    public int Compiled => compiled;

    public Version Version { get; init; } = new(13, 2);

    public string Log { get; init; } = "";

    public CompileTarget TargetFor(Architecture device) => CompileTarget.Cubin(device);

    public CompiledKernel Compile(KernelSource source, CompileTarget target, CompileOptions options)
    {
        Interlocked.Increment(ref compiled);
        if (duration > TimeSpan.Zero) Thread.Sleep(duration);
        string text = $"{Version} {target} {string.Join(' ', options.ToArguments(target))}\n{source.Compose()}";
        return new CompiledKernel(Encoding.UTF8.GetBytes(text), Log);
    }
}
