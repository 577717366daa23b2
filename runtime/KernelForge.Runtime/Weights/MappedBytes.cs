using System.Globalization;
using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace KernelForge.Runtime.Weights;

/// <summary>
/// A file mapped for reading: pages are loaded when they are first touched, and several processes share them.
/// The file must not be shortened while it is mapped.
/// </summary>
internal sealed class MappedBytes : ByteSource
{
    private readonly MemoryMappedFile file;
    private readonly MemoryMappedViewAccessor view;
    private readonly SafeMemoryMappedViewHandle handle;

    private MappedBytes(MemoryMappedFile file, MemoryMappedViewAccessor view, long length, string identity)
    {
        this.file = file;
        this.view = view;
        handle = view.SafeMemoryMappedViewHandle;
        Length = length;
        Identity = identity;
    }

    public override long Length { get; }

    public override string Identity { get; }

    public static ByteSource Open(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        long length = stream.Length;
        if (length == 0) return new MemoryBytes(ReadOnlyMemory<byte>.Empty); // nothing to map, and the system refuses to

        var file = MemoryMappedFile.CreateFromFile(
            stream, null, length, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        try
        {
            string identity = string.Create(
                CultureInfo.InvariantCulture,
                $"{Path.GetFullPath(path)}, {length} bytes, changed at {File.GetLastWriteTimeUtc(stream.SafeFileHandle).Ticks}");
            return new MappedBytes(file, file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read), length, identity);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    protected override unsafe ByteLease LeaseChecked(long offset, int count)
    {
        byte* start = null;
        handle.AcquirePointer(ref start);
        return new ByteLease(new ReadOnlySpan<byte>(start + view.PointerOffset + offset, count), handle);
    }

    protected override unsafe PinnedBytes PinChecked(long offset, int count)
    {
        byte* start = null;
        handle.AcquirePointer(ref start);
        return new PinnedBytes(start + view.PointerOffset + offset, handle);
    }

    public override void Dispose()
    {
        view.Dispose();
        file.Dispose();
    }
}
