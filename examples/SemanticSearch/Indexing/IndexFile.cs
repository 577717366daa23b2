using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using SemanticSearch.Documents;

namespace SemanticSearch.Indexing;

/// <summary>
/// An index on disk, in this machine's byte order: magic, version, sizes and key; titles and texts with their lengths; vectors; and
/// last the SHA-256 of all before it. It is written beside its place, forced to the disk and then renamed, so that whoever reads finds
/// the old one or the new one, whole, whenever the writer was killed.
/// </summary>
internal static class IndexFile
{
    public const int Version = 1;
    private const ulong Magic = 0x4843_5241_4553_464B; // "KFSEARCH"
    private const int HeaderSize = 64, HashSize = SHA256.HashSizeInBytes;

    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        public ulong Magic;
        public int Version, Count, Dimensions, TextBytes;
    }

    public static IndexReading Read(string path, ReadOnlySpan<byte> key)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return new IndexReading.Absent();
        }
        if (bytes.Length < HeaderSize + HashSize) return new IndexReading.Damaged($"it has only {bytes.Length} bytes");
        Header header = MemoryMarshal.Read<Header>(bytes);
        if (header.Magic != Magic) return new IndexReading.Damaged("it does not begin as an index does");
        // Another version may have another layout: nothing after the version is looked at.
        if (header.Version != Version) return new IndexReading.Stale();
        long expected = HeaderSize + (long)header.TextBytes + 4L * header.Count * header.Dimensions + HashSize;
        if (header.TextBytes < 0 || header.Count < 0 || header.Dimensions < 0 || bytes.Length != expected)
            return new IndexReading.Damaged($"it has {bytes.Length} bytes instead of {expected}");
        ReadOnlySpan<byte> content = bytes.AsSpan(0, bytes.Length - HashSize);
        if (!SHA256.HashData(content).AsSpan().SequenceEqual(bytes.AsSpan(content.Length)))
            return new IndexReading.Damaged("its checksum does not match");
        if (!key.SequenceEqual(content.Slice(HeaderSize - HashSize, HashSize))) return new IndexReading.Stale();

        Document[] documents = ReadTexts(bytes, HeaderSize, header.TextBytes, header.Count);
        float[] vectors = MemoryMarshal.Cast<byte, float>(content[(HeaderSize + header.TextBytes)..]).ToArray();
        return new IndexReading.Whole(new SearchIndex(documents, vectors, header.Dimensions));
    }

    public static void Write(string path, ReadOnlySpan<byte> key, SearchIndex index)
    {
        string folder = Path.GetDirectoryName(path)!, name = Path.GetFileName(path);
        Directory.CreateDirectory(folder);
        RemoveLeftovers(folder, name);
        string temporary = Path.Combine(folder, $"{name}.{Environment.ProcessId}.tmp");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                WriteContent(stream, key, index);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    internal static void WriteContent(Stream stream, ReadOnlySpan<byte> key, SearchIndex index)
    {
        byte[] texts = TextBytes(index.Documents);
        var header = new Header
        {
            Magic = Magic,
            Version = Version,
            Count = index.Documents.Count,
            Dimensions = index.Dimensions,
            TextBytes = texts.Length,
        };
        var start = new byte[HeaderSize];
        MemoryMarshal.Write(start, header);
        key.CopyTo(start.AsSpan(HeaderSize - HashSize));
        ReadOnlySpan<byte> vectors = MemoryMarshal.AsBytes(index.Vectors);

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(start);
        hash.AppendData(texts);
        hash.AppendData(vectors);
        stream.Write(start);
        stream.Write(texts);
        stream.Write(vectors);
        stream.Write(hash.GetHashAndReset());
    }

    // What a killed writer left; a file that is still written to belongs to another process.
    private static void RemoveLeftovers(string folder, string name)
    {
        foreach (string file in Directory.EnumerateFiles(folder, $"{name}.*.tmp"))
        {
            try
            {
                if (File.GetLastWriteTimeUtc(file) < DateTime.UtcNow.AddHours(-1)) File.Delete(file);
            }
            catch (IOException)
            {
                // In use elsewhere: it is no leftover.
            }
        }
    }

    private static byte[] TextBytes(IReadOnlyList<Document> documents)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        foreach (Document document in documents)
        {
            writer.Write(document.Title);
            writer.Write(document.Text);
        }
        while (bytes.Length % sizeof(float) != 0) writer.Write((byte)0); // the vectors begin at a multiple of their size
        return bytes.ToArray();
    }

    private static Document[] ReadTexts(byte[] bytes, int start, int length, int count)
    {
        using var stream = new MemoryStream(bytes, start, length);
        using var reader = new BinaryReader(stream, Encoding.UTF8);
        var documents = new Document[count];
        for (int i = 0; i < count; i++) documents[i] = new Document(reader.ReadString(), reader.ReadString(), "");
        return documents;
    }
}
