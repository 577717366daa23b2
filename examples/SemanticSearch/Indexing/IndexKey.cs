using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SemanticSearch.Documents;

namespace SemanticSearch.Indexing;

/// <summary>What an index was made from. Another value of any of its parts makes the index stale.</summary>
/// <param name="Name">Which index: the same documents and model folder, whatever is in them today.</param>
/// <param name="Content">Changes when the documents or the model do; 32 bytes.</param>
internal sealed record IndexKey(string Name, byte[] Content)
{
    public static IndexKey Of(IDocumentSource source, string modelFolder)
    {
        string model = Path.GetFullPath(modelFolder);
        byte[] name = SHA256.HashData(Encoding.UTF8.GetBytes($"{source.Identity}\n{model}"));
        using var content = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        string version = IndexFile.Version.ToString(CultureInfo.InvariantCulture);
        content.AppendData(Encoding.UTF8.GetBytes($"{version}\n{source.Fingerprint}\n"));
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
