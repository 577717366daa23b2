namespace KernelForge.Models.Hub;

/// <summary>
/// A model that cannot be had: not from the hub, and not from the cache. The message says what was looked for, where, and what to do.
/// </summary>
public sealed class HubException : IOException
{
    public HubException(string message) : base(message) { }

    public HubException(string message, Exception? inner) : base(message, inner) { }
}
