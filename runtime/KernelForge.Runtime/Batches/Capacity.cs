namespace KernelForge.Runtime.Batches;

/// <summary>How much a reusable buffer takes when it must grow.</summary>
internal static class Capacity
{
    /// <summary>A quarter more than needed, so that batches which vary a little around one size soon allocate no more.</summary>
    public static int For(int needed) => (int)Math.Min(needed + (long)needed / 4, Array.MaxLength);

    /// <summary>Elements of a matrix.</summary>
    /// <exception cref="ArgumentException">An array cannot hold as many.</exception>
    public static int Elements(int rows, int columns)
    {
        long elements = (long)rows * columns;
        return elements <= Array.MaxLength
            ? (int)elements
            : throw new ArgumentException(
                $"[{rows}, {columns}] has {elements} elements; the limit is {Array.MaxLength}: use smaller batches");
    }
}
