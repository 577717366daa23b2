namespace KernelForge.Emulation;

/// <summary>A place in, or the extent of, a grid or block.</summary>
public readonly record struct Index3(int X, int Y = 1, int Z = 1)
{
    /// <summary>How many places there are where this is an extent.</summary>
    public long Volume => (long)X * Y * Z;

    /// <summary>The place with this running number (x fastest) in an extent.</summary>
    public static Index3 Of(long number, Index3 extent) =>
        new((int)(number % extent.X), (int)(number / extent.X % extent.Y), (int)(number / ((long)extent.X * extent.Y)));

    /// <inheritdoc/>
    public override string ToString() => $"({X}, {Y}, {Z})";
}
