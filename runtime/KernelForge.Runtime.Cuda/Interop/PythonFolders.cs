namespace KernelForge.Runtime.Cuda.Interop;

/// <summary>Where pip puts NVIDIA's packages: <c>site-packages/nvidia/*/lib</c> of the active environment, the user and the system.</summary>
internal static class PythonFolders
{
    public static IEnumerable<SearchPlace> Of(SearchEnvironment environment)
    {
        foreach (SearchPlace packages in SitePackages(environment))
        {
            string nvidia = Path.Combine(packages.Folder, "nvidia");
            string[] products = Directory.Exists(nvidia) ? Directory.GetDirectories(nvidia) : [];
            Array.Sort(products, StringComparer.Ordinal);
            Array.Reverse(products); // cu13 before cuda_nvrtc, which is CUDA 12's

            string library = OperatingSystem.IsWindows() ? "bin" : "lib";
            IEnumerable<string> folders = products.Select(product => Path.Combine(product, library)).Where(Directory.Exists);
            foreach (string folder in folders.DefaultIfEmpty(Path.Combine(nvidia, "*", library)))
                yield return packages with { Folder = folder };
        }
    }

    private static IEnumerable<SearchPlace> SitePackages(SearchEnvironment environment)
    {
        foreach (string variable in (string[])["VIRTUAL_ENV", "CONDA_PREFIX"])
            if (environment.Variable(variable) is { Length: > 0 } prefix)
                foreach (string folder in Below(prefix)) yield return new SearchPlace($"pip's packages of {variable}", folder);

        foreach (string prefix in (string[])[
            Path.Combine(environment.Home, ".local"), Path.Combine(environment.Root, "usr", "local"), Path.Combine(environment.Root, "usr")])
        {
            foreach (string folder in Below(prefix)) yield return new SearchPlace("pip's packages", folder);
        }
    }

    /// <summary>The package folders of every Python under a prefix; the usual pattern where there is none, so that a report shows it.</summary>
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
