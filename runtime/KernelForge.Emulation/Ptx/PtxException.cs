namespace KernelForge.Emulation.Ptx;

/// <summary>PTX that cannot be read, or an instruction the emulated GPU does not know; the message begins with the line.</summary>
public sealed class PtxException(int line, string message) : Exception($"PTX line {line}: {message}")
{
    /// <summary>The line in the PTX text, counted from 1.</summary>
    public int Line { get; } = line;
}
