namespace KernelForge.Models.Hub;

/// <summary>
/// Finds models by name: in Hugging Face's cache on this machine, else at its hub. The cache is laid out as that of Python's
/// <c>huggingface_hub</c>: what either has downloaded, the other finds. What is not said here is read from the variables that it reads.
/// </summary>
public sealed class ModelHub
{
    /// <summary>Where models are asked for: <c>HF_ENDPOINT</c>, else <c>https://huggingface.co</c>.</summary>
    public Uri Endpoint { get; init; } = HubEnvironment.Endpoint(Environment.GetEnvironmentVariable);

    /// <summary>The cache: <c>HF_HUB_CACHE</c>, else <c>hub</c> in <c>HF_HOME</c>, else <c>~/.cache/huggingface/hub</c>.</summary>
    public string CacheFolder { get; init; } = HubEnvironment.CacheFolder(Environment.GetEnvironmentVariable);

    /// <summary>
    /// For private and gated models: <c>HF_TOKEN</c>. It is sent to <see cref="Endpoint"/>, and to no host that this one sends on to.
    /// </summary>
    public string? Token { get; init; } = HubEnvironment.Token(Environment.GetEnvironmentVariable);

    /// <summary>Whether the cache alone is used: <c>HF_HUB_OFFLINE</c>.</summary>
    public bool Offline { get; init; } = HubEnvironment.Offline(Environment.GetEnvironmentVariable);

    /// <summary>Told of each part that arrives.</summary>
    public IProgress<DownloadProgress>? Progress { get; init; }

    /// <summary>How long to wait for an answer to begin, and for more of one.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Before a second try; twice as long before each further one.</summary>
    internal TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);

    internal bool MakesLinks { get; init; } = true;

    /// <inheritdoc cref="LocateAsync"/>
    public string Locate(string folderOrName, CancellationToken cancellation = default) =>
        LocateAsync(folderOrName, cancellation).GetAwaiter().GetResult();

    /// <summary>
    /// The folder of a model: itself where it is one; else of the model of this name, downloaded unless the cache has it. Of a model's
    /// files those are fetched that this library reads: configuration, tokenizer, <c>model.safetensors</c> or its shards. When the hub
    /// cannot be reached, the cache's last state of the revision counts.
    /// </summary>
    /// <param name="folderOrName">A folder, or <c>owner/name</c>, or <c>owner/name@revision</c> (a branch, tag or commit).</param>
    /// <param name="cancellation">Stops the download; what has come is kept, and a later call goes on from there.</param>
    /// <exception cref="HubException">The model cannot be had; the message says what was looked for, where, and what to do.</exception>
    public Task<string> LocateAsync(string folderOrName, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folderOrName);
        // Off the caller's context, for which a caller may wait.
        return Task.Run(() => FindAsync(folderOrName, cancellation), cancellation);
    }

    private async Task<string> FindAsync(string folderOrName, CancellationToken cancellation)
    {
        if (Directory.Exists(folderOrName)) return folderOrName;
        HubName name = HubName.Parse(folderOrName) ?? throw new HubException(
            $"there is no folder '{folderOrName}' (looked in '{Path.GetFullPath(folderOrName)}'), and it is no name of a model on the hub, "
            + "which is owner/name or owner/name@revision");
        var cache = new HubCache(CacheFolder, name) { MakesLinks = MakesLinks };
        // A commit never changes.
        if (cache.Commit(name.Revision) == name.Revision && ModelFiles.Missing(cache.Snapshot(name.Revision)) is null)
            return cache.Snapshot(name.Revision);
        if (Offline) return Cached(cache, name, "HF_HUB_OFFLINE is set; unset it to download the model", null);
        try
        {
            var client = new HubClient(Endpoint, Token, Patience);
            return await new ModelDownload(client, cache, name, Pause, Progress).RunAsync(cancellation);
        }
        catch (Exception e) when (HubClient.IsTransient(e))
        {
            return Cached(cache, name, $"{Endpoint} cannot be reached: {e.Message}", e);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException and not HubException)
        {
            throw new HubException($"the cache cannot be written: {e.Message} Name another folder by HF_HUB_CACHE", e);
        }
    }

    private static string Cached(HubCache cache, HubName name, string why, Exception? inner)
    {
        string? commit = cache.Commit(name.Revision), lacks = commit is null ? null : ModelFiles.Missing(cache.Snapshot(commit));
        if (commit is not null && lacks is null) return cache.Snapshot(commit);
        string state = commit is not null ? $"its copy in '{cache.Snapshot(commit)}' lacks {lacks}"
            : Directory.Exists(cache.Folder) ? $"'{cache.Folder}' does not know the revision '{name.Revision}'"
            : $"there is no '{cache.Folder}'";
        throw new HubException(
            $"the model '{name}' is not on this machine: {state}, and {why}. There is also no folder '{name}'; a folder with config.json "
            + "and model.safetensors can be named instead", inner);
    }
}
