namespace KernelForge.Runtime.Cuda.Interop;

/// <summary>Where a CUDA toolkit keeps its libraries.</summary>
internal static class ToolkitFolders
{
    private static readonly string[] variables = ["CUDA_HOME", "CUDA_PATH", "CUDA_ROOT"];

    private static readonly string[] below = OperatingSystem.IsWindows()
        ? ["bin/x64", "bin"]
        : ["lib64", "lib", "targets/x86_64-linux/lib", "targets/sbsa-linux/lib"];

    public static IEnumerable<SearchPlace> Of(SearchEnvironment environment)
    {
        foreach (string variable in variables)
            if (environment.Variable(variable) is { Length: > 0 } toolkit)
                foreach (SearchPlace place in Below($"the toolkit of {variable}", toolkit)) yield return place;

        foreach (string toolkit in Installed(environment))
            foreach (SearchPlace place in Below("an installed toolkit", toolkit)) yield return place;
    }

    /// <summary>The one that <c>cuda</c> leads to, then the others, newest first.</summary>
    private static IEnumerable<string> Installed(SearchEnvironment environment)
    {
        if (OperatingSystem.IsWindows())
        {
            string programs = environment.Variable("ProgramFiles") ?? Path.Combine(environment.Root, "Program Files");
            return Newest(Path.Combine(programs, "NVIDIA GPU Computing Toolkit", "CUDA"), "v*");
        }
        string local = Path.Combine(environment.Root, "usr", "local");
        return [Path.Combine(local, "cuda"), .. Newest(local, "cuda-*"), Path.Combine(environment.Root, "opt", "cuda")];
    }

    private static IEnumerable<string> Newest(string folder, string pattern) => Directory.Exists(folder)
        ? Directory.GetDirectories(folder, pattern).OrderByDescending(VersionOf).ThenBy(path => path, StringComparer.Ordinal)
        : [];

    /// <summary>12.9 of <c>cuda-12.9</c> and <c>v12.9</c>; a name without one comes last.</summary>
    private static Version VersionOf(string path)
    {
        string digits = Path.GetFileName(path).TrimStart('v').Replace("cuda-", "", StringComparison.Ordinal);
        if (int.TryParse(digits, out int major)) return new Version(major, int.MaxValue); // cuda-12 is the newest 12
        return Version.TryParse(digits, out Version? version) ? version : new Version(0, 0);
    }

    private static IEnumerable<SearchPlace> Below(string reason, string toolkit)
    {
        // A toolkit that is not there is one place, not four.
        return Directory.Exists(toolkit)
            ? below.Select(part => Path.GetFullPath(Path.Combine(toolkit, part))).Where(Directory.Exists).DefaultIfEmpty(toolkit)
                .Select(folder => new SearchPlace(reason, folder))
            : [new SearchPlace(reason, toolkit)];
    }
}
