using KernelForge.Runtime.Cuda.Nvrtc;

namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>A kernel of a program with one choice of sizes and tiles: what is compiled as one module.</summary>
/// <param name="Source">Its text.</param>
/// <param name="Options">With what it is compiled: the layer's sizes, then the variant's.</param>
/// <param name="Variant">Which of the choices that give the same results: <c>128x64</c>, <c>stream</c>; empty where there is but one.</param>
/// <param name="Threads">Threads of a block.</param>
/// <param name="SharedBytes">Dynamic shared memory of a block, in bytes.</param>
public sealed record KernelBuild(KernelSource Source, CompileOptions Options, string Variant, int Threads, int SharedBytes)
{
    /// <summary>The kernel's name in its text.</summary>
    public string Name => Source.Name;

    public override string ToString() => Variant.Length == 0 ? Name : $"{Name} ({Variant})";
}
