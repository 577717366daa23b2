namespace KernelForge.Emulation;

/// <summary>What a launch, or several, did, counted.</summary>
public sealed class LaunchStatistics
{
    public long Launches { get; internal set; }

    /// <summary>Instructions, one for each lane that executed it.</summary>
    public long LaneInstructions { get; internal set; }

    /// <summary>Instructions, one for each group of lanes that executed it.</summary>
    public long WarpInstructions { get; internal set; }

    /// <summary>Bytes of global memory that loads and asynchronous copies took.</summary>
    public long GlobalBytesRead { get; internal set; }

    /// <summary>Bytes of global memory that stores wrote.</summary>
    public long GlobalBytesWritten { get; internal set; }

    /// <summary>Multiply-adds of floats and of matrix instructions, one for each lane or product.</summary>
    public long MultiplyAdds { get; internal set; }

    internal void Add(LaunchStatistics other)
    {
        Launches += other.Launches;
        LaneInstructions += other.LaneInstructions;
        WarpInstructions += other.WarpInstructions;
        GlobalBytesRead += other.GlobalBytesRead;
        GlobalBytesWritten += other.GlobalBytesWritten;
        MultiplyAdds += other.MultiplyAdds;
    }

    internal LaunchStatistics Copy() => (LaunchStatistics)MemberwiseClone();
}
