using System.Security.Cryptography;

namespace KernelForge.Runtime.Cuda.Modules;

/// <summary>A compiled kernel as a file: a mark, the SHA-256 of what follows, then the image.</summary>
internal static class CacheEntry
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Readers = UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private static ReadOnlySpan<byte> Mark => "KFcubin1"u8;

    private static int HeaderBytes => Mark.Length + SHA256.HashSizeInBytes;

    /// <summary>The image, or null where the file is absent, cut off or otherwise not what was written.</summary>
    public static byte[]? TryRead(string path)
    {
        byte[] file;
        try
        {
            file = File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        if (file.Length <= HeaderBytes || !file.AsSpan().StartsWith(Mark)) return null;
        ReadOnlySpan<byte> image = file.AsSpan(HeaderBytes);
        bool isWhole = file.AsSpan(Mark.Length, SHA256.HashSizeInBytes).SequenceEqual(SHA256.HashData(image));
        return isWhole ? image.ToArray() : null;
    }

    /// <summary>Appears under its name whole or not at all, whenever the process or the machine stops.</summary>
    /// <param name="path">The file.</param>
    /// <param name="image">Its content.</param>
    /// <param name="readableByAll">For what is shipped with a program; else the file is the user's alone.</param>
    public static void Write(string path, byte[] image, bool readableByAll = false)
    {
        string temporary = $"{path}.{Guid.NewGuid():n}.tmp";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = readableByAll ? Owner | Readers : Owner;
        try
        {
            using (var stream = new FileStream(temporary, options))
            {
                stream.Write(Mark);
                stream.Write(SHA256.HashData(image));
                stream.Write(image);
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

    /// <summary>What a process left behind that stopped while it wrote. Only for the one that holds the entry's lock.</summary>
    public static void RemoveUnfinished(string path)
    {
        foreach (string file in Directory.GetFiles(Path.GetDirectoryName(path)!, Path.GetFileName(path) + ".*.tmp")) File.Delete(file);
    }
}
