namespace KernelForge.Runtime.Cuda.Execution;

/// <summary>
/// The last kernels and graphs that a stream was given. The device tells of a failure only when it is waited for, and not whose it is:
/// these are the ones that it can be.
/// </summary>
internal sealed class RecentWork
{
    private const int Kept = 16; // more than a layer has

    private readonly string?[] names = new string?[Kept];
    private int given;

    /// <summary>The name, where there is but one.</summary>
    public string? OnlyKernel => Volatile.Read(ref given) == 1 ? names[0] : null;

    public void Add(string name) => names[(uint)(Interlocked.Increment(ref given) - 1) % Kept] = name;

    public void Clear() => Volatile.Write(ref given, 0);

    /// <summary>In the order in which they were given; null where nothing was.</summary>
    public string? Text()
    {
        int count = Volatile.Read(ref given);
        if (count <= 0) return null;
        int shown = Math.Min(count, Kept);
        IEnumerable<string?> last = Enumerable.Range(count - shown, shown).Select(i => names[(uint)i % Kept]);
        return $"Since it was last waited for, the stream was given {(count > shown ? $"{count} pieces of work, at last " : "")}" +
            string.Join(", ", last.Select(name => $"'{name}'"));
    }
}
