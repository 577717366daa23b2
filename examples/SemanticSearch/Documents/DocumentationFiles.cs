using System.Runtime.InteropServices;

namespace SemanticSearch.Documents;

/// <summary>Finds the XML documentation that a .NET SDK, or else the package cache, has on disk.</summary>
internal static class DocumentationFiles
{
    private const string Pack = "Microsoft.NETCore.App.Ref";

    /// <exception cref="DirectoryNotFoundException">There is none; the message says where it was looked for.</exception>
    public static DocumentationSource Find(int limit) => Find(limit, [.. SdkFolders().Distinct()], PackageCache());

    internal static DocumentationSource Find(int limit, string[] sdks, string packages)
    {
        foreach (string sdk in sdks)
            if (Newest(Path.Combine(sdk, "packs", Pack)) is { } pack) return new DocumentationSource(pack, limit);

        if (Newest(Path.Combine(packages, Pack.ToLowerInvariant())) is { } packaged) return new DocumentationSource(packaged, limit);
        if (Directory.Exists(packages) && XmlFiles(packages).Any()) return new DocumentationSource(packages, limit);

        throw new DirectoryNotFoundException(
            $"no API documentation: looked for packs/{Pack} in {string.Join(", ", sdks)} and for XML files in {packages}. " +
            "Install a .NET SDK, or name a folder with --docs or a file of lines with --texts");
    }

    public static IEnumerable<string> XmlFiles(string folder) =>
        Directory.EnumerateFiles(folder, "*.xml", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true });

    private static IEnumerable<string> SdkFolders()
    {
        if (Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } root) yield return root;
        // …/shared/Microsoft.NETCore.App/<version>/
        string runtime = Path.TrimEndingDirectorySeparator(RuntimeEnvironment.GetRuntimeDirectory());
        yield return Path.GetFullPath(Path.Combine(runtime, "..", "..", ".."));
        foreach (string usual in (string[])["/usr/share/dotnet", "/usr/lib/dotnet", "/usr/local/share/dotnet"])
            if (Directory.Exists(usual)) yield return usual;
    }

    private static string PackageCache() =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } named
            ? named
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <summary>The folder of the pack's newest version that has documentation.</summary>
    private static string? Newest(string pack)
    {
        if (!Directory.Exists(pack)) return null;
        return Directory.EnumerateDirectories(pack)
            .Select(d => (Folder: d, Version: Version.TryParse(Path.GetFileName(d).Split('-')[0], out Version? v) ? v : new Version()))
            .OrderByDescending(d => d.Version).ThenByDescending(d => d.Folder, StringComparer.Ordinal)
            .Select(d => Path.Combine(d.Folder, "ref"))
            .FirstOrDefault(d => Directory.Exists(d) && XmlFiles(d).Any());
    }
}
