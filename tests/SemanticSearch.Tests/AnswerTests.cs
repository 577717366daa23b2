using System.Text.Json;
using KernelForge.TestData;
using SemanticSearch.Documents;

namespace SemanticSearch.Tests;

public sealed class AnswerTests
{
    /// <summary>Questions, and members of which one should be among the first five.</summary>
    private static readonly (string Question, string[] Members)[] questions =
    [
        ("how do I read a file line by line", ["System.IO.File.ReadLines", "System.IO.File.ReadAllLines"]),
        ("delete a directory and everything in it", ["System.IO.Directory.Delete"]),
        ("wait for several tasks to finish", ["System.Threading.Tasks.Task.WaitAll", "System.Threading.Tasks.Task.WhenAll"]),
        ("split a string", ["System.String.Split"]),
        ("sort an array", ["System.Array.Sort"]),
        ("decode base64", ["System.Convert.FromBase64String", "System.Buffers.Text.Base64.DecodeFromUtf8"]),
    ];

    [Fact]
    public void What_a_person_would_want_is_among_the_first_five()
    {
        string file = Path.Combine(Pack(), "System.Runtime.xml");
        using var folder = new TemporaryFolder();
        File.Copy(file, Path.Combine(folder.Path, "System.Runtime.xml"));
        using var program = new SemanticSearchProcess(folder.Path, "--docs", folder.Path, "--json", "--top", "5");
        (int code, string output, _) = program.Finish(string.Concat(questions.Select(q => q.Question + "\n")));
        Assert.Equal(0, code);

        string[] answers = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(questions.Length, answers.Length);
        for (int i = 0; i < answers.Length; i++)
        {
            using JsonDocument answer = JsonDocument.Parse(answers[i]);
            string[] titles = [.. answer.RootElement.GetProperty("results").EnumerateArray().Select(r => r.GetProperty("title").GetString()!)];
            string[] wanted = questions[i].Members;
            Assert.True(titles.Any(title => wanted.Any(w => title.StartsWith(w + "(", StringComparison.Ordinal)
                || title.StartsWith(w + "<", StringComparison.Ordinal))), $"{questions[i].Question}: {string.Join(", ", titles)}");
        }
    }

    private static string Pack()
    {
        try
        {
            string folder = DocumentationFiles.Find(1).Folder;
            return Path.GetDirectoryName(DocumentationFiles.XmlFiles(folder).Single(f => Path.GetFileName(f) == "System.Runtime.xml"))!;
        }
        catch (Exception e) when (e is DirectoryNotFoundException or InvalidOperationException)
        {
            Assert.Skip($"this machine has no reference pack with documentation: {e.Message}");
            throw;
        }
    }
}
