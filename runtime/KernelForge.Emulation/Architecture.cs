namespace KernelForge.Emulation;

/// <summary>What an NVIDIA architecture allows a launch to be.</summary>
public sealed record Architecture(string Name, int MaximumThreads, int MaximumSharedBytes)
{
    /// <summary>A100: up to 163 KiB of shared memory a block.</summary>
    public static Architecture Sm80 { get; } = new("sm_80", 1024, 163 * 1024);

    /// <summary>The consumer cards of that generation: up to 99 KiB.</summary>
    public static Architecture Sm86 { get; } = new("sm_86", 1024, 99 * 1024);

    /// <inheritdoc cref="Sm86"/>
    public static Architecture Sm89 { get; } = new("sm_89", 1024, 99 * 1024);

    /// <summary>H100: up to 227 KiB; its own instructions are not emulated.</summary>
    public static Architecture Sm90 { get; } = new("sm_90", 1024, 227 * 1024);

    internal static Index3 MaximumBlock { get; } = new(1024, 1024, 64);

    internal static Index3 MaximumGrid { get; } = new(int.MaxValue, 65535, 65535);
}
