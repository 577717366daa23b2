using KernelForge.Benchmarks.Publishing;
using KernelForge.TestData;

namespace KernelForge.Benchmarks.Tests;

public sealed class PublishingTests
{
    private const string SamplePath = "tests/Benchmarks.Tests/Sample.json";

    private static Results Sample => Results.Read(Path.Combine(Data.RepositoryRoot, SamplePath));

    [Fact]
    public void The_page_of_a_sample() => Snapshot.Verify(Document.Of(Sample, SamplePath, "benchmarks.svg"), "md");

    [Fact]
    public void The_plot_of_a_sample() => Snapshot.Verify(Chart.Of(Sample), "svg");

    [Fact]
    public void The_published_page_and_plot_are_what_the_result_that_they_name_makes()
    {
        string page = Path.Combine(Data.RepositoryRoot, "docs", "benchmarks.md"), plot = Path.ChangeExtension(page, ".svg");
        Assert.SkipUnless(File.Exists(page), "nothing is published yet: ./bench.sh publish FILE writes docs/benchmarks.md");
        string text = File.ReadAllText(page).ReplaceLineEndings("\n"), first = text.Split('\n')[0];
        Assert.StartsWith(Document.Made, first, StringComparison.Ordinal);
        string result = first[Document.Made.Length..^" -->".Length];
        Results results = Results.Read(Path.Combine(Data.RepositoryRoot, result));
        Assert.Equal(Document.Of(results, result, Path.GetFileName(plot)), text);
        Assert.Equal(Chart.Of(results), File.ReadAllText(plot).ReplaceLineEndings("\n"));
    }

    [Theory]
    [InlineData("[{", "is not JSON")]
    [InlineData("""{"date":"2000-01-01"}""", "is no result")]
    [InlineData("""[{"date":"2000-01-01"},{"peak":"of another benchmark"}]""", "is no result")]
    public void Another_file_is_refused_by_name(string text, string expected)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("other.json", text);
        string message = Assert.Throws<InvalidDataException>(() => Results.Read(path)).Message;
        Assert.Contains("other.json", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }
}
