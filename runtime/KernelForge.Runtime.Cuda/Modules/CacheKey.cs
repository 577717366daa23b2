using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using KernelForge.Runtime.Cuda.Nvrtc;

namespace KernelForge.Runtime.Cuda.Modules;

/// <summary>
/// What decides a compiled kernel, as the name of a file: the kernel's name for people, then a hash of its whole text with the device
/// library, its options and target. The compiler's version stands after it in the clear, so that a machine without NVRTC finds what was
/// compiled elsewhere.
/// </summary>
internal sealed record CacheKey(string Stem, string Extension)
{
    private const int LongestName = 60;

    public static CacheKey Of(KernelSource source, CompileTarget target, CompileOptions options)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, source.Name);
        Append(hash, source.Compose());
        foreach (string argument in options.ToArguments(target)) Append(hash, argument);

        string name = string.Concat(source.Name.Take(LongestName).Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
        string text = Convert.ToHexStringLower(hash.GetHashAndReset());
        return new CacheKey($"{name}-{target.Name}-{text}", target.IsPtx ? "ptx" : "cubin");
    }

    public string FileName(Version compiler) =>
        string.Create(CultureInfo.InvariantCulture, $"{Stem}-nvrtc{compiler.Major}.{compiler.Minor}.{Extension}");

    /// <summary>The files of a folder for this key, those of the newest compiler first.</summary>
    public IEnumerable<string> FilesOfAnyVersion(string folder) => Directory.Exists(folder)
        ? Directory.GetFiles(folder, $"{Stem}-nvrtc*.{Extension}").OrderByDescending(VersionOf).ThenBy(file => file, StringComparer.Ordinal)
        : [];

    private Version VersionOf(string file)
    {
        string name = Path.GetFileNameWithoutExtension(file);
        return Version.TryParse(name[(Stem.Length + "-nvrtc".Length)..], out Version? version) ? version : new Version(0, 0);
    }

    /// <summary>With its length, so that no two lists of texts give the same bytes.</summary>
    private static void Append(IncrementalHash hash, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
