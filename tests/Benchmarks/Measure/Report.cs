using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KernelForge.Benchmarks.Measure;

/// <summary>Prints each result as a line of JSON when it is known, and writes all of them as one array in the end.</summary>
internal sealed class Report
{
    // '+' and 'é' need no escape outside HTML.
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly List<string> lines = [];

    public void Add(JsonObject result)
    {
        string line = result.ToJsonString(Plain);
        lines.Add(line);
        Console.WriteLine(line);
    }

    /// <summary>Writes an array with a result a line, so that two runs can be compared line by line.</summary>
    public void WriteTo(string path)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder) Directory.CreateDirectory(folder);
        File.WriteAllText(path, "[\n" + string.Join(",\n", lines) + "\n]\n");
    }
}
