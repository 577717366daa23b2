using KernelForge.Runtime.Cuda;
using KernelForge.Runtime.Cuda.Modules;
using KernelForge.Runtime.Cuda.Nvrtc;

namespace KernelForge.Cuda.Tests.Mutations;

/// <summary>Compiles one kernel with a fault and all others as they are, these from the cache that all tests share.</summary>
internal sealed class MutatingCompiler(Mutation? mutation, IKernelCompiler compiler) : IKernelCompiler
{
    private readonly CubinCache shared = CubinCache.Open();

    /// <summary>How many kernels got the fault: of every layer of a stack it is the same one.</summary>
    public int Mutated { get; private set; }

    public Version Version => compiler.Version;

    public CompileTarget TargetFor(Architecture device) => compiler.TargetFor(device);

    public CompiledKernel Compile(KernelSource source, CompileTarget target, CompileOptions options)
    {
        if (mutation is not null && source.Name == mutation.Kernel + "_kernel") source = Mutate(source, mutation);
        return new CompiledKernel(shared.Load(source, target, options), "");
    }

    private KernelSource Mutate(KernelSource source, Mutation mutation)
    {
        string composed = source.Compose(), head = $"#line 1 \"{mutation.FileName}\"\n";
        int start = composed.IndexOf(head, StringComparison.Ordinal);
        if (start < 0) throw new InvalidOperationException($"'{mutation}': kernel '{source.Name}' has no '{mutation.FileName}'");
        start += head.Length;
        int end = composed.IndexOf("\n#line 1 ", start, StringComparison.Ordinal);
        string text = end < 0 ? composed[start..] : composed[start..end];
        int places = text.Split(mutation.Find).Length - 1;
        if (places != mutation.Places)
        {
            throw new InvalidOperationException(
                $"'{mutation}' no longer applies: {mutation.FileName} has its text {places} times, and not {mutation.Places}:\n" +
                mutation.Find);
        }
        Mutated++;
        string mutated = text.Replace(mutation.Find, mutation.Replacement, StringComparison.Ordinal);
        return new KernelSource(source.Name, composed[..start] + mutated + (end < 0 ? "" : composed[end..]));
    }
}
