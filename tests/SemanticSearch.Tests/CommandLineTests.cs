using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using KernelForge.TestData;

namespace SemanticSearch.Tests;

public sealed class CommandLineTests : IDisposable
{
    private const string Lines = "Reads the lines of a file.\nSends an HTTP request.\n\nSorts the elements of a list.\nDeletes a directory.\n";
    private readonly TemporaryFolder folder = new();
    private readonly string texts;

    public CommandLineTests() => texts = folder.Write("texts.txt", Lines);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_question_is_answered_with_the_nearest_text_first()
    {
        (int code, string output, _) = Run("--texts", texts, "--top", "2", "how", "do", "I", "sort", "a", "list");
        Assert.Equal(0, code);
        string[] lines = output.TrimEnd('\n').Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.EndsWith("  Sorts the elements of a list.", lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void The_second_run_uses_the_index_of_the_first_until_a_text_changes()
    {
        Assert.Contains("no index yet", Run("--texts", texts, "sort").Error, StringComparison.Ordinal);
        Assert.DoesNotContain("index", Run("--texts", texts, "sort").Error, StringComparison.Ordinal);
        File.AppendAllText(texts, "Compresses a stream.\n");
        (_, string output, string error) = Run("--texts", texts, "--top", "1", "compress");
        Assert.Contains("have changed", error, StringComparison.Ordinal);
        Assert.EndsWith("Compresses a stream.\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_index_is_built_again_and_said_so()
    {
        Run("--texts", texts, "sort");
        string index = Assert.Single(Directory.GetFiles(folder.Path, "*.index", SearchOption.AllDirectories));
        byte[] bytes = File.ReadAllBytes(index);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(index, bytes);
        (int code, string output, string error) = Run("--texts", texts, "sort");
        Assert.Equal(0, code);
        Assert.Contains("the kept index is damaged (its checksum does not match)", error, StringComparison.Ordinal);
        Assert.Contains("Sorts", output, StringComparison.Ordinal);
        Assert.DoesNotContain("index", Run("--texts", texts, "sort").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nothing_can_be_kept_the_question_is_answered_all_the_same()
    {
        string file = folder.Write("file", "");
        (int code, string output, string error) = SemanticSearchProcess.Run(file, "--texts", texts, "sort");
        Assert.Equal(0, code);
        Assert.Contains("cannot be kept", error, StringComparison.Ordinal);
        Assert.Contains("Sorts", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Documentation_below_a_folder_is_searched_by_member()
    {
        folder.Write("docs.xml", """
            <doc><members><member name="M:System.IO.File.ReadLines(System.String)"><summary>Reads the lines of a file.</summary></member>
            <member name="T:System.Random"><summary>Represents a pseudo-random number generator.</summary></member></members></doc>
            """);
        (int code, string output, _) = Run("--docs", folder.Path, "--top", "1", "read", "lines");
        Assert.Equal(0, code);
        Assert.Contains("System.IO.File.ReadLines()\n       Reads the lines of a file.\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_is_an_object_a_question_on_one_line()
    {
        using var program = new SemanticSearchProcess(folder.Path, "--texts", texts, "--json", "--top", "3");
        (int code, string output, _) = program.Finish("sort \"things\"\n\nweb request\n");
        Assert.Equal(0, code);
        JsonElement[] answers = [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement)];
        Assert.Equal(["sort \"things\"", "web request"], answers.Select(a => a.GetProperty("question").GetString()));
        Assert.Equal("Sends an HTTP request.", answers[1].GetProperty("results")[0].GetProperty("text").GetString());
        Assert.InRange(answers[1].GetProperty("results")[0].GetProperty("score").GetDouble(), 0.3, 1);
    }

    [Fact]
    public void Questions_come_line_by_line_where_none_is_given()
    {
        using var program = new SemanticSearchProcess(folder.Path, "--texts", texts, "--top", "1");
        (int code, string output, _) = program.Finish("how do I sort\n  \nremove a folder");
        Assert.Equal(0, code);
        Assert.Matches("^# how do I sort\n0[.][0-9]{3}  Sorts .*\n\n# remove a folder\n0[.][0-9]{3}  Deletes a directory[.]\n\n$", output);
    }

    [Fact]
    public void No_question_at_all_is_no_failure()
    {
        using var program = new SemanticSearchProcess(folder.Path, "--texts", texts);
        Assert.Equal((0, ""), program.Finish() is var (code, output, _) ? (code, output) : default);
    }

    [Fact]
    public void Nothing_found_is_exit_code_1_and_no_output()
    {
        (int code, string output, _) = Run("--texts", texts, "--min-score", "0.999", "weather");
        Assert.Equal((1, ""), (code, output));
        Assert.Equal(1, Run("--texts", folder.Write("empty.txt", "\n\n"), "sort").Code);
    }

    [Theory]
    [InlineData("--top must be at least 1", "--top", "0", "sort")]
    [InlineData("--threads", "--threads", "many", "sort")]
    [InlineData("'--bogus' is no option", "--bogus")]
    [InlineData("the question is empty", "")]
    [InlineData("'gpu' is no device: write auto|cpu|cuda[:n]|emulated", "--device", "gpu", "sort")]
    [InlineData("'cuda:x' is no device", "--device", "cuda:x", "sort")]
    [InlineData("f64", "--device", "cuda", "--precision", "f64", "sort")]
    [InlineData("is f32, bf16, int8, not f16", "--device", "cpu", "--precision", "f16", "sort")]
    [InlineData("--threads is for --device cpu", "--device", "cuda", "--threads", "2", "sort")]
    [InlineData("exclude each other", "--texts", "a", "--docs", "b", "sort")]
    public void Wrong_usage_is_exit_code_2_with_the_reason_on_standard_error(string reason, params string[] arguments)
    {
        (int code, string output, string error) = Run(arguments);
        Assert.Equal((2, ""), (code, output));
        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no-such-file", "--texts", "no-such-file", "sort")]
    [InlineData("no-such-folder", "--docs", "no-such-folder", "sort")]
    [InlineData("no-such-model", "--model", "./no-such-model", "sort")]
    public void A_failure_is_exit_code_1_and_says_what_is_missing(string named, params string[] arguments)
    {
        (int code, string output, string error) = Run(arguments);
        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith("semantic-search: ", error, StringComparison.Ordinal);
        Assert.Contains(named, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(PosixSignal.SIGINT, 130)]
    [InlineData(PosixSignal.SIGTERM, 143)]
    public void A_signal_ends_it_with_the_code_a_shell_expects(PosixSignal signal, int expected)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals");
        Assert.SkipWhen(IsIgnored(signal), $"this process ignores {signal}, as shells have work in the background do, and so do its children");
        using var program = new SemanticSearchProcess(folder.Path, "--texts", texts);
        Assert.Contains("runs on", program.Error.ReadLine(), StringComparison.Ordinal); // signals are handled from here on
        Assert.Contains("no index yet", program.Error.ReadLine(), StringComparison.Ordinal);
        program.Signal(signal);
        Assert.Equal(expected, program.WaitForExit());
    }

    [Fact]
    public void A_writer_killed_at_any_moment_leaves_nothing_that_a_later_run_calls_damaged()
    {
        string many = folder.Write("many.txt", string.Concat(Enumerable.Range(0, 40).Select(i => $"Sorts list {i}.\n")));
        for (int run = 0; run < 6; run++)
        {
            File.AppendAllText(many, $"Run {run}.\n"); // so that each run builds
            using var program = new SemanticSearchProcess(folder.Path, "--texts", many, "sort");
            program.Error.ReadLine();
            program.Error.ReadLine();
            Thread.Sleep(40 * run);
            program.Kill();
            program.WaitForExit();
        }
        (int code, string output, string error) = Run("--texts", many, "sort");
        Assert.Equal(0, code);
        Assert.Contains("Sorts", output, StringComparison.Ordinal);
        Assert.DoesNotContain("damaged", error, StringComparison.Ordinal);
    }

    private static bool IsIgnored(PosixSignal signal)
    {
        const string status = "/proc/self/status";
        if (!File.Exists(status)) return false;
        string mask = File.ReadLines(status).First(line => line.StartsWith("SigIgn:", StringComparison.Ordinal))["SigIgn:".Length..].Trim();
        int number = signal == PosixSignal.SIGINT ? 2 : 15;
        return (ulong.Parse(mask, NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> (number - 1) & 1) != 0;
    }

    private (int Code, string Output, string Error) Run(params ReadOnlySpan<string> arguments) =>
        SemanticSearchProcess.Run(folder.Path, arguments);
}
