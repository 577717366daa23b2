using System.CommandLine;
using KernelForge.Benchmarks.Publishing;

namespace KernelForge.Benchmarks;

/// <summary>A result of <c>compare</c> as a page and a plot.</summary>
internal static class PublishCommand
{
    private const string Page = "benchmarks.md", Plot = "benchmarks.svg";

    public static Command Create()
    {
        var result = new Argument<string>("result")
        {
            Description = "A file that compare wrote, named from the root of the repository, where this runs: the page links to it.",
        };
        var folder = new Option<string>("--folder") { Description = "Where the page and the plot go.", DefaultValueFactory = _ => "docs" };
        var command = new Command("publish", $"Writes {Page} and {Plot} from a result of compare.") { result, folder };
        command.SetAction(parsed => Write(parsed.GetValue(result)!, parsed.GetValue(folder)!));
        return command;
    }

    private static int Write(string result, string folder)
    {
        try
        {
            Results results = Results.Read(result);
            Directory.CreateDirectory(folder);
            string path = Path.GetRelativePath(".", result).Replace('\\', '/');
            File.WriteAllText(Path.Combine(folder, Page), Document.Of(results, path, Plot));
            File.WriteAllText(Path.Combine(folder, Plot), Chart.Of(results));
            return 0;
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }
}
