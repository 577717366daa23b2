namespace KernelForge.Models.Hub;

/// <summary>What the variables say that Hugging Face's own library reads, so that both use one cache and one token.</summary>
internal static class HubEnvironment
{
    /// <summary>The folder of the cache.</summary>
    public static string CacheFolder(Func<string, string?> variable)
    {
        if (Set(variable, "HF_HUB_CACHE") is { } cache) return Full(cache);
        if (Set(variable, "HF_HOME") is { } home) return Full(Path.Combine(home, "hub"));
        string caches = Set(variable, "XDG_CACHE_HOME") ?? Path.Combine(UserFolder, ".cache");
        return Full(Path.Combine(caches, "huggingface", "hub"));
    }

    /// <summary>Where models are asked for.</summary>
    /// <exception cref="HubException">The variable holds no address.</exception>
    public static Uri Endpoint(Func<string, string?> variable)
    {
        if (Set(variable, "HF_ENDPOINT") is not { } named) return new Uri("https://huggingface.co");
        return Uri.TryCreate(named, UriKind.Absolute, out Uri? address) && address.Scheme is "https" or "http"
            ? address
            : throw new HubException($"HF_ENDPOINT is '{named}', which is no address such as https://huggingface.co");
    }

    public static string? Token(Func<string, string?> variable) => Set(variable, "HF_TOKEN")?.Trim();

    public static bool Offline(Func<string, string?> variable) =>
        Set(variable, "HF_HUB_OFFLINE")?.ToUpperInvariant() is "1" or "ON" or "YES" or "TRUE";

    private static string UserFolder => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    private static string? Set(Func<string, string?> variable, string name) => variable(name) is { Length: > 0 } value ? value : null;

    private static string Full(string path) =>
        Path.GetFullPath(path.StartsWith("~/", StringComparison.Ordinal) ? UserFolder + path[1..] : path);
}
