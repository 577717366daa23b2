using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace KernelForge.Models.Hub;

/// <summary>The hash by which the hub names a file's content: SHA-256 of large files, and of small ones what git names a blob by.</summary>
internal static class Checksum
{
    private const int BlockBytes = 1 << 20;

    /// <summary>Whether a hash is of a kind that can be checked.</summary>
    public static bool IsKnown(string hash) => HubName.IsHash(hash, 64) || HubName.IsHash(hash, 40);

    /// <summary>A file's hash, of the kind that the expected one is of.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "git's name of a blob is its SHA-1; what is checked is the transfer.")]
    public static async Task<string> OfAsync(string path, string expected, CancellationToken cancellation)
    {
        bool isGit = expected.Length == 40;
        using var hash = IncrementalHash.CreateHash(isGit ? HashAlgorithmName.SHA1 : HashAlgorithmName.SHA256);
        byte[] block = ArrayPool<byte>.Shared.Rent(BlockBytes);
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, useAsync: true);
            if (isGit) hash.AppendData(Encoding.ASCII.GetBytes($"blob {file.Length}\0"));
            while (await file.ReadAsync(block, cancellation) is var read and > 0) hash.AppendData(block.AsSpan(0, read));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
