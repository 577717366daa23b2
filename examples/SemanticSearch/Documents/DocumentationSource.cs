using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SemanticSearch.Documents;

/// <summary>The types and methods of all XML documentation files below a folder: general namespaces first, then special ones.</summary>
internal sealed class DocumentationSource : IDocumentSource
{
    private readonly string folder;
    private readonly int limit;
    private readonly FileInfo[] files;

    /// <exception cref="FileNotFoundException">The folder has no XML file.</exception>
    public DocumentationSource(string folder, int limit)
    {
        this.folder = Path.GetFullPath(folder);
        this.limit = limit;
        files = [.. DocumentationFiles.XmlFiles(this.folder).Order(StringComparer.Ordinal).Select(f => new FileInfo(f))];
        if (files.Length == 0) throw new FileNotFoundException($"'{this.folder}' has no XML documentation file");
        Fingerprint = Fingerprints();
    }

    public string Folder => folder;

    public string Identity => $"documentation of {folder}, at most {limit}";

    public string Fingerprint { get; }

    public string Description => string.Create(CultureInfo.InvariantCulture, $"{files.Length} documentation files of {folder}");

    public IReadOnlyList<Document> Read(Action<string> warn, CancellationToken cancellation)
    {
        var members = new Dictionary<string, ApiMember>(StringComparer.Ordinal);
        foreach (FileInfo file in files)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                foreach (ApiMember member in DocumentationReader.Read(file.FullName))
                    members[member.Name] = members.TryGetValue(member.Name, out ApiMember? known) ? known.Or(member) : member;
            }
            catch (InvalidDataException e)
            {
                warn($"{e.Message}: left out");
            }
        }
        // What is cut off is what lies deepest: System.IO comes before System.Runtime.Intrinsics.X86.
        IEnumerable<ApiMember> kept = members.Values.OrderBy(m => m.Depth).ThenBy(m => m.Name, StringComparer.Ordinal).Take(limit);
        return [.. kept.Select(m => m.ToDocument())];
    }

    // Names, sizes and times, not contents: thirty megabytes are not read at every start.
    private string Fingerprints()
    {
        var text = new StringBuilder();
        foreach (FileInfo file in files)
            text.Append(CultureInfo.InvariantCulture, $"{file.FullName}\n{file.Length} {file.LastWriteTimeUtc.Ticks}\n");
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
