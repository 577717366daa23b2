namespace KernelForge.Runtime.Cuda.Nvrtc;

/// <summary>What makes machine code or PTX of a kernel's text.</summary>
public interface IKernelCompiler
{
    /// <summary>Major and minor version: what another version makes of the same text is another result.</summary>
    Version Version { get; }

    /// <summary>
    /// What to compile to for a device: its own machine code, or, where this version does not know it, PTX of the newest architecture
    /// below it, which the driver compiles on.
    /// </summary>
    /// <exception cref="CudaException">The device is older than all that this version compiles for.</exception>
    CompileTarget TargetFor(Architecture device);

    /// <exception cref="CudaException">The text does not compile; the message holds the log, with the lines it speaks of.</exception>
    CompiledKernel Compile(KernelSource source, CompileTarget target, CompileOptions options);
}

/// <summary>A compiled kernel.</summary>
/// <param name="Image">A cubin, or PTX ended by a zero byte.</param>
/// <param name="Log">Warnings, with the lines they speak of; empty where there are none.</param>
public sealed record CompiledKernel(byte[] Image, string Log);
