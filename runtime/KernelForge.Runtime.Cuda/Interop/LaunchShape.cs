namespace KernelForge.Runtime.Cuda.Interop;

/// <summary>Three extents; the default value means none.</summary>
public readonly record struct Dim3(int X, int Y = 1, int Z = 1)
{
    public long Count => (long)X * Y * Z;

    public override string ToString() => $"{X} x {Y} x {Z}";
}

/// <summary>How many blocks of how many threads run a kernel, and with what.</summary>
/// <param name="Grid">Blocks.</param>
/// <param name="Block">Threads of a block.</param>
/// <param name="SharedBytes">Dynamic shared memory of a block, in bytes.</param>
/// <param name="Cluster">Blocks of a cluster (sm_90 and later); the default value launches without clusters.</param>
/// <param name="Overlap">
/// The kernel may start while the one before it in the stream still runs (programmatic stream serialization, sm_90 and later);
/// it waits by <c>griddepcontrol.wait</c> before it reads what that one writes.
/// </param>
public readonly record struct LaunchShape(Dim3 Grid, Dim3 Block, int SharedBytes = 0, Dim3 Cluster = default, bool Overlap = false)
{
    public override string ToString() =>
        $"grid {Grid}, block {Block}, {SharedBytes} bytes of dynamic shared memory" + (Cluster == default ? "" : $", cluster {Cluster}");
}
