using System.Globalization;

namespace KernelForge.Runtime.Cuda.Interop;

/// <summary>
/// Where pip puts NVIDIA's packages: <c>site-packages/nvidia/*/lib</c> of the active environment, the user and the system.
/// </summary>
internal static class PythonFolders
{
    public static IEnumerable<SearchPlace> Of(SearchEnvironment environment)
    {
        foreach (SearchPlace packages in SitePackages(environment))
        {
            string nvidia = Path.Combine(packages.Folder, "nvidia");
            string library = OperatingSystem.IsWindows() ? "bin" : "lib";
            IEnumerable<string> folders = (Directory.Exists(nvidia) ? Directory.GetDirectories(nvidia) : [])
                .OrderByDescending(MajorOf)
                .ThenBy(product => product, StringComparer.Ordinal)
                .Select(product => Path.Combine(product, library))
                .Where(Directory.Exists);
            foreach (string folder in folders.DefaultIfEmpty(Path.Combine(nvidia, "*", library)))
                yield return packages with { Folder = folder };
        }
    }

    /// <summary>13 of <c>cu13</c>; 0 of <c>cuda_nvrtc</c>, as packages were called up to CUDA 12.</summary>
    private static int MajorOf(string product)
    {
        string name = Path.GetFileName(product);
        return name.StartsWith("cu", StringComparison.Ordinal) &&
            int.TryParse(name.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out int major) ? major : 0;
    }

    private static IEnumerable<SearchPlace> SitePackages(SearchEnvironment environment)
    {
        foreach (string variable in (string[])["VIRTUAL_ENV", "CONDA_PREFIX"])
            if (environment.Variable(variable) is { Length: > 0 } prefix)
                foreach (string folder in Below(prefix)) yield return new SearchPlace($"pip's packages of {variable}", folder);

        string system = Path.Combine(environment.Root, "usr");
        foreach (string prefix in (string[])[Path.Combine(environment.Home, ".local"), Path.Combine(system, "local"), system])
        {
            foreach (string folder in Below(prefix)) yield return new SearchPlace("pip's packages", folder);
        }
    }

    /// <summary>The package folders of each Python under a prefix; the usual pattern where there is none, for the report.</summary>
    private static IEnumerable<string> Below(string prefix)
    {
        if (OperatingSystem.IsWindows()) return [Path.Combine(prefix, "Lib", "site-packages")];

        string library = Path.Combine(prefix, "lib");
        string[] pythons = Directory.Exists(library) ? Directory.GetDirectories(library, "python3*") : [];
        Array.Sort(pythons, StringComparer.Ordinal);
        Array.Reverse(pythons);
        return pythons
            .SelectMany(python => (string[])[Path.Combine(python, "site-packages"), Path.Combine(python, "dist-packages")])
            .Where(Directory.Exists)
            .DefaultIfEmpty(Path.Combine(library, "python3*", "site-packages"));
    }
}
