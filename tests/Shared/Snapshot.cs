using System.Runtime.CompilerServices;

namespace KernelForge.TestData;

/// <summary>
/// Compares generated text with the file <c>Class.Method.verified.ext</c> beside the test. On a difference it writes
/// <c>Class.Method.received.ext</c> there and fails; <c>KERNELFORGE_ACCEPT_SNAPSHOTS=1</c> takes what was received as right.
/// </summary>
internal static class Snapshot
{
    public static void Verify(
        string text, string extension = "cs", [CallerFilePath] string file = "", [CallerMemberName] string method = "")
    {
        string stem = Path.Combine(FolderOf(file), $"{Path.GetFileNameWithoutExtension(file)}.{method}");
        string verified = $"{stem}.verified.{extension}", received = $"{stem}.received.{extension}";
        string actual = Normalize(text);

        if (Environment.GetEnvironmentVariable("KERNELFORGE_ACCEPT_SNAPSHOTS") == "1") File.WriteAllText(verified, actual);

        string? expected = File.Exists(verified) ? Normalize(File.ReadAllText(verified)) : null;
        if (expected == actual)
        {
            File.Delete(received);
            return;
        }

        File.WriteAllText(received, actual);
        Assert.Fail(expected is null
            ? $"There is no '{verified}' yet. Read '{received}' and rename it when it is right."
            : $"'{received}' differs from '{verified}': {FirstDifference(expected, actual)}");
    }

    private static string FirstDifference(string expected, string actual)
    {
        string[] left = expected.Split('\n'), right = actual.Split('\n');
        int line = 0;
        while (line < left.Length && line < right.Length && left[line] == right[line]) line++;
        return $"line {line + 1}\n  verified: {At(left, line)}\n  received: {At(right, line)}";
    }

    private static string At(string[] lines, int line) => line < lines.Length ? lines[line] : "(the text ends before this line)";

    private static string Normalize(string text) => text.ReplaceLineEndings("\n");

    private static string FolderOf(string file)
    {
        string folder = Path.GetDirectoryName(file) ?? "";
        if (Directory.Exists(folder)) return folder;

        // Deterministic builds map the repository's root to another path; the part below 'tests' survives.
        int tests = folder.Replace('\\', '/').LastIndexOf("/tests/", StringComparison.Ordinal);
        return Path.Combine(Data.RepositoryRoot, folder[(tests + 1)..]);
    }
}
