namespace KernelForge.Emulation.Memory;

/// <summary>What a thread learns that reads an atomic place with acquire: the clocks of those who released into it.</summary>
internal sealed class SyncVariable
{
    /// <summary>Null until somebody releases.</summary>
    public Clock? Released { get; set; }

    /// <summary>Where every release was of block scope: the block that alone may rely on it; else -1.</summary>
    public int OnlyBlock { get; set; } = -1;

    /// <summary>What a reader of that block may acquire.</summary>
    public Clock? For(int block) => OnlyBlock < 0 || OnlyBlock == block ? Released : null;
}
