using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using SemanticSearch.Indexing;

namespace SemanticSearch.Output;

/// <summary>Prints what was found: for people, or a JSON object a question for programs.</summary>
/// <param name="output">Where to.</param>
/// <param name="json">A JSON object on a line.</param>
/// <param name="showsQuestion">Sets each question before its results, for whoever cannot see it on the terminal.</param>
/// <param name="bold">Sets titles in bold.</param>
internal sealed class ResultWriter(TextWriter output, bool json, bool showsQuestion, bool bold)
{
    public void Write(string question, IReadOnlyList<Hit> hits)
    {
        if (json) output.WriteLine(ToJson(question, hits));
        else
        {
            if (showsQuestion) output.WriteLine($"# {question}");
            foreach (Hit hit in hits) WriteHit(hit);
            if (showsQuestion) output.WriteLine();
        }
        output.Flush();
    }

    private void WriteHit(Hit hit)
    {
        string score = hit.Score.ToString("0.000", CultureInfo.InvariantCulture);
        if (hit.Document.Title.Length == 0)
        {
            output.WriteLine($"{score}  {hit.Document.Text}");
            return;
        }
        output.WriteLine(bold ? $"{score}  \e[1m{hit.Document.Title}\e[0m" : $"{score}  {hit.Document.Title}");
        output.WriteLine($"       {hit.Document.Text}");
    }

    private static string ToJson(string question, IReadOnlyList<Hit> hits)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteString("question", question);
            writer.WriteStartArray("results");
            foreach (Hit hit in hits)
            {
                writer.WriteStartObject();
                writer.WriteNumber("score", MathF.Round(hit.Score, 6));
                if (hit.Document.Title.Length > 0) writer.WriteString("title", hit.Document.Title);
                writer.WriteString("text", hit.Document.Text);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }
}
