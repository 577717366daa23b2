using System.Runtime.InteropServices;

namespace KernelForge.Emulation.Memory;

/// <summary>Bytes, with which of them are written, who touched them last, and what was released at atomic places.</summary>
internal sealed unsafe class ShadowedMemory : IDisposable
{
    private Dictionary<long, SyncVariable>? syncVariables;

    public ShadowedMemory(long length)
    {
        Length = length;
        Data = (byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(length, 1), 256);
        new Span<byte>(Data, checked((int)length)).Fill(0xCD);
        Written = new WrittenBits(length);
        Races = new RaceTable(length);
    }

    ~ShadowedMemory() => Release();

    public byte* Data { get; private set; }

    public long Length { get; }

    public WrittenBits Written { get; }

    public RaceTable Races { get; }

    public SyncVariable SyncAt(long offset)
    {
        syncVariables ??= [];
        if (!syncVariables.TryGetValue(offset, out SyncVariable? variable)) syncVariables[offset] = variable = new SyncVariable();
        return variable;
    }

    /// <summary>Forgets who touched what: everything that comes is ordered after everything that was.</summary>
    public void StartAnew()
    {
        Races.Forget();
        syncVariables?.Clear();
    }

    /// <summary>As <see cref="StartAnew"/>, and nothing counts as written.</summary>
    public void Empty()
    {
        StartAnew();
        Written.Clear();
        new Span<byte>(Data, (int)Length).Fill(0xCD);
    }

    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Release()
    {
        if (Data is null) return;
        NativeMemory.AlignedFree(Data);
        Data = null;
        Written.Release();
        Races.Release();
    }
}
