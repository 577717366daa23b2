using KernelForge.Runtime.Cuda.Execution;
using KernelForge.Runtime.Cuda.Interop;

namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>The context of a device, shared by all programs of the process and let go of with the last of them.</summary>
internal sealed class SharedContext : IDisposable
{
    private static readonly Lock tableLock = new();
    private static readonly List<Entry> table = [];

    private Entry? entry;

    private SharedContext(Entry entry)
    {
        this.entry = entry;
        Context = entry.Context;
    }

    public CudaContext Context { get; }

    /// <summary>Opens the device, unless a program has it open. One that is lost is left to those who have it, and opened anew.</summary>
    /// <exception cref="CudaException">There is no such device, or it cannot be used.</exception>
    public static SharedContext Of(CudaDevice device)
    {
        lock (tableLock)
        {
            Entry? known = table.Find(e => e.Driver == device.Driver && e.Ordinal == device.Ordinal && e.Context.LostBy is null);
            if (known is null)
            {
                known = new Entry(device.Driver, device.Ordinal, device.Open());
                table.Add(known);
            }
            known.Users++;
            return new SharedContext(known);
        }
    }

    public void Dispose()
    {
        lock (tableLock)
        {
            if (entry is not { } left) return;
            entry = null;
            if (--left.Users > 0) return;
            table.Remove(left);
            left.Context.Dispose();
        }
    }

    private sealed class Entry(ICudaDriver? driver, int ordinal, CudaContext context)
    {
        public ICudaDriver? Driver { get; } = driver;

        public int Ordinal { get; } = ordinal;

        public CudaContext Context { get; } = context;

        public int Users { get; set; }
    }
}
