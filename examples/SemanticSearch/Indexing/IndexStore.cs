namespace SemanticSearch.Indexing;

/// <summary>The folder where indexes are kept between runs.</summary>
internal static class IndexStore
{
    /// <summary>Where the platform keeps what can be made again.</summary>
    public static string Folder { get; } = Path.Combine(CacheRoot(), "kernelforge", "semantic-search");

    public static string PathOf(IndexKey key) => Path.Combine(Folder, key.Name + ".index");

    private static string CacheRoot()
    {
        if (Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } named && Path.IsPathRooted(named)) return named;
        if (OperatingSystem.IsWindows()) return Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Caches") : Path.Combine(home, ".cache");
    }
}
