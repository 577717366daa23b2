namespace KernelForge.Emulation.Driver;

/// <summary>Handles of all kinds and drivers together: none is given out twice.</summary>
internal static class Handles
{
    private static long last = 0x1000;

    public static nint Next() => (nint)Interlocked.Add(ref last, 16);
}

/// <summary>What is alive of one kind, by handle.</summary>
internal sealed class HandleTable<T>(string kind)
    where T : class
{
    private readonly Dictionary<nint, T> alive = [];

    public IEnumerable<T> All => alive.Values;

    public nint Add(T value)
    {
        nint handle = Handles.Next();
        alive.Add(handle, value);
        return handle;
    }

    public bool TryFind(nint handle, out T value) => alive.TryGetValue(handle, out value!);

    public bool Remove(nint handle, out T value) => alive.Remove(handle, out value!);

    public void Clear() => alive.Clear();

    /// <summary>That a handle is none of these, in words.</summary>
    public string Missing(nint handle) => handle == 0 ? $"the {kind} is null" : $"there is no {kind} 0x{handle:x}, or it was destroyed before";
}
