using System.Security.Cryptography;

namespace SemanticSearch.Documents;

/// <summary>A text file, a document a line; blank lines are none.</summary>
internal sealed class LineSource : IDocumentSource
{
    private readonly string path;
    private readonly int limit;

    public LineSource(string path, int limit)
    {
        this.path = Path.GetFullPath(path);
        this.limit = limit;
        using FileStream stream = File.OpenRead(this.path);
        Fingerprint = Convert.ToHexString(SHA256.HashData(stream));
    }

    public string Identity => $"lines of {path}, at most {limit}";

    public string Fingerprint { get; }

    public string Description => path;

    public IReadOnlyList<Document> Read(Action<string> warn, CancellationToken cancellation) =>
        [.. File.ReadLines(path).Select(l => l.Trim()).Where(l => l.Length > 0).Take(limit).Select(l => new Document("", l, l))];
}
