namespace KernelForge.Runtime;

/// <summary>A run, or a fork, needs more memory than the budget of its <see cref="SequenceCache"/> leaves. Nothing has changed.</summary>
public sealed class CacheFullException : Exception
{
    public CacheFullException() { }

    public CacheFullException(string message) : base(message) { }

    public CacheFullException(string message, Exception innerException) : base(message, innerException) { }

    internal CacheFullException(string what, long needed, long used, long budget)
        : base($"{what} needs {needed} bytes more of the cache, {used} of its budget of {budget} are in use: remove sequences, run "
            + "fewer at a time, or make the cache with a larger budget")
    {
        (Needed, Used, Budget) = (needed, used, budget);
    }

    /// <summary>Bytes that were needed beside those in use.</summary>
    public long Needed { get; }

    /// <summary>Bytes in use.</summary>
    public long Used { get; }

    /// <summary>Bytes that the cache may have in use.</summary>
    public long Budget { get; }
}
