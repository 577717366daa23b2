namespace KernelForge.Runtime.Weights;

/// <summary>A file that the user holds in memory; it is read in place, never copied.</summary>
internal sealed class MemoryBytes(ReadOnlyMemory<byte> bytes) : ByteSource
{
    private bool disposed;

    public override long Length => bytes.Length;

    protected override ByteLease LeaseChecked(long offset, int count)
    {
        ObjectDisposedException.ThrowIf(disposed, typeof(WeightSource));
        return new ByteLease(bytes.Span.Slice((int)offset, count), null);
    }

    protected override PinnedBytes PinChecked(long offset, int count)
    {
        ObjectDisposedException.ThrowIf(disposed, typeof(WeightSource));
        return new PinnedBytes(bytes.Slice((int)offset, count).Pin());
    }

    public override void Dispose() => disposed = true;
}
