using System.Runtime.CompilerServices;

namespace KernelForge.TestData;

/// <summary>
/// Finds reference data: first what the repository ships under <c>tests/Data</c>, then the folder named by
/// <c>KERNELFORGE_TESTDATA</c>, else <c>../shared</c> beside the repository.
/// </summary>
internal static partial class Data
{
    public static string RepositoryRoot { get; } = FindRoot();

    /// <summary>The folder beside the repository's own.</summary>
    private static string External { get; } =
        Environment.GetEnvironmentVariable("KERNELFORGE_TESTDATA") is { Length: > 0 } named
            ? named
            : Path.Combine(RepositoryRoot, "..", "shared");

    private static string[] Roots { get; } = [Path.Combine(RepositoryRoot, "tests", "Data"), External];

    /// <summary>The full path of a file or folder such as <c>golden/bert</c>, or null where neither place has it.</summary>
    public static string? Find(string relative)
    {
        foreach (string root in Roots)
        {
            string path = Path.GetFullPath(Path.Combine(root, relative));
            if (File.Exists(path) || Directory.Exists(path)) return path;
        }
        return null;
    }

    /// <summary>The files of a folder and all below it, in both places, as <see cref="Find"/> takes them; in a fixed order.</summary>
    public static IReadOnlyList<string> Enumerate(string folder, string pattern)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string root in Roots)
        {
            string path = Path.Combine(root, folder);
            if (!Directory.Exists(path)) continue;
            foreach (string file in Directory.EnumerateFiles(path, pattern, SearchOption.AllDirectories))
                found.Add(Path.GetRelativePath(root, file).Replace('\\', '/'));
        }
        return [.. found];
    }

    private static string FindRoot([CallerFilePath] string here = "")
    {
        // The build may map source paths away; the output folder lies inside the repository too.
        foreach (string start in (string[])[Path.GetDirectoryName(here) ?? "", AppContext.BaseDirectory])
            for (DirectoryInfo? d = start.Length == 0 ? null : new DirectoryInfo(start); d is not null; d = d.Parent)
                if (File.Exists(Path.Combine(d.FullName, "KernelForge.sln"))) return d.FullName;
        throw new DirectoryNotFoundException("KernelForge.sln is in no folder above the tests");
    }
}
