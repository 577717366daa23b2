using System.Runtime.InteropServices;
using System.Text;
using System.Xml.Linq;

namespace KernelForge.Benchmarks.Texts;

/// <summary>Texts that machines have: English, as people write it.</summary>
/// <param name="Name">What they are.</param>
/// <param name="Texts">None of them empty.</param>
internal sealed record Corpus(string Name, string[] Texts)
{
    private const string Packages = "/var/lib/dpkg/status";

    public long Characters => Texts.Sum(text => (long)text.Length);

    /// <summary>The descriptions of the packages that Debian or Ubuntu has installed, a few hundred characters each; null elsewhere.</summary>
    public static Corpus? PackageDescriptions()
    {
        if (!File.Exists(Packages)) return null;
        var texts = new List<string>();
        StringBuilder? text = null;
        foreach (string line in File.ReadLines(Packages).Append(""))
        {
            if (line.StartsWith("Description: ", StringComparison.Ordinal)) text = new StringBuilder(line[13..]);
            else if (text is not null && line.StartsWith(' ')) text.Append('\n').Append(line is " ." ? "" : line[1..]);
            else if (text is not null)
            {
                texts.Add(text.ToString());
                text = null;
            }
        }
        return new Corpus("package descriptions", [.. texts]);
    }

    /// <summary>A sentence or two on each member of System.Runtime, from the SDK that built this; null where there is none.</summary>
    public static Corpus? ApiSummaries()
    {
        // …/shared/Microsoft.NETCore.App/<version>/
        string runtime = RuntimeEnvironment.GetRuntimeDirectory();
        string packs = Path.GetFullPath(Path.Combine(runtime, "../../../packs/Microsoft.NETCore.App.Ref"));
        string? file = Directory.Exists(packs)
            ? Directory.EnumerateFiles(packs, "System.Runtime.xml", SearchOption.AllDirectories).Max(StringComparer.Ordinal) : null;
        if (file is null) return null;
        IEnumerable<string> summaries = XDocument.Load(file).Descendants("summary").Select(summary => summary.Value.Trim());
        return new Corpus("API summaries", [.. summaries.Where(text => text.Length > 0)]);
    }

    /// <summary>A file with a text a line.</summary>
    /// <exception cref="InvalidDataException">It has none.</exception>
    public static Corpus Lines(string path)
    {
        string[] texts = [.. File.ReadLines(path).Where(line => line.Length > 0)];
        if (texts.Length == 0) throw new InvalidDataException($"'{path}' has no text: write one on each line");
        return new Corpus(Path.GetFileName(path), texts);
    }
}
