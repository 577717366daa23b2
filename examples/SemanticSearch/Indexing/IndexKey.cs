using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SemanticSearch.Documents;

namespace SemanticSearch.Indexing;

/// <summary>What an index was made from. Another value of any of its parts makes the index stale.</summary>
/// <param name="Name">Which index: the same documents, model folder and kind of numbers, whatever is in them today.</param>
/// <param name="Content">Changes when the documents or the model do; 32 bytes.</param>
internal sealed record IndexKey(string Name, byte[] Content)
{
    /// <param name="source">The documents.</param>
    /// <param name="modelFolder">The model.</param>
    /// <param name="numbers">What kind of device made the vectors: vectors of two kinds are never compared.</param>
    public static IndexKey Of(IDocumentSource source, string modelFolder, string numbers)
    {
        string model = Path.GetFullPath(modelFolder);
        byte[] name = SHA256.HashData(Encoding.UTF8.GetBytes($"{source.Identity}\n{model}\n{numbers}"));
        using var content = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        string version = IndexFile.Version.ToString(CultureInfo.InvariantCulture);
        content.AppendData(Encoding.UTF8.GetBytes($"{version}\n{source.Fingerprint}\n{numbers}\n"));
        AppendModel(content, model);
        return new IndexKey(Convert.ToHexStringLower(name.AsSpan(0, 12)), content.GetHashAndReset());
    }

    private static void AppendModel(IncrementalHash hash, string folder)
    {
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"there is no model folder '{folder}'");
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            using FileStream stream = File.OpenRead(file);
            hash.AppendData(Encoding.UTF8.GetBytes($"{Path.GetRelativePath(folder, file)}\n"));
            hash.AppendData(SHA256.HashData(stream));
        }
    }
}
