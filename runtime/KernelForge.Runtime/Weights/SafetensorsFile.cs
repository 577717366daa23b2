using System.Buffers.Binary;

namespace KernelForge.Runtime.Weights;

/// <summary>One safetensors file: eight bytes of header length, a JSON header, then the tensors' bytes without a gap.</summary>
internal sealed class SafetensorsFile : IDisposable
{
    /// <summary>The format's own limit on the header: far above any real one, far below what would exhaust memory.</summary>
    private const int HeaderLimit = 100_000_000;
    private const int LengthField = 8;

    private readonly ByteSource bytes;

    private SafetensorsFile(string name, ByteSource bytes)
    {
        Name = name;
        this.bytes = bytes;
        Tensors = Read();
    }

    public string Name { get; }

    public IReadOnlyList<WeightTensor> Tensors { get; }

    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    public static SafetensorsFile Open(string path)
    {
        ByteSource bytes;
        try
        {
            bytes = MappedBytes.Open(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new WeightException(path, null, "there is no such file", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new WeightException(path, null, $"cannot be opened: {e.Message}", e);
        }
        return Open(path, bytes);
    }

    /// <summary>Takes over <paramref name="bytes"/>: they are disposed with the file, or at once where it is refused.</summary>
    public static SafetensorsFile Open(string name, ByteSource bytes)
    {
        try
        {
            return new SafetensorsFile(name, bytes);
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    public void Dispose() => bytes.Dispose();

    private List<WeightTensor> Read()
    {
        int headerLength = HeaderLength();
        List<HeaderEntry> entries;
        using (ByteLease header = bytes.Lease(LengthField, headerLength))
            entries = SafetensorsHeader.Read(header.Bytes, Name, Metadata);
        return SafetensorsLayout.Check(entries, bytes, LengthField + headerLength, Name);
    }

    private int HeaderLength()
    {
        if (bytes.Length < LengthField)
            throw new WeightException(Name, null, $"is {bytes.Length} bytes long; a safetensors file begins with 8 bytes of header length");
        using ByteLease lease = bytes.Lease(0, LengthField);
        if (lease.Bytes.SequenceEqual("version "u8))
            throw new WeightException(Name, null, "is a Git LFS pointer and not the weights themselves: fetch them with 'git lfs pull'");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(lease.Bytes);
        string said = $"says that its header is {length} bytes long";
        if (length > HeaderLimit)
            throw new WeightException(Name, null, $"{said}; the limit is {HeaderLimit}: this is not a safetensors file, or it is damaged");
        long follow = bytes.Length - LengthField;
        if ((long)length > follow)
            throw new WeightException(Name, null, $"{said}, but only {follow} bytes follow: it is cut short or damaged");
        return (int)length;
    }
}
