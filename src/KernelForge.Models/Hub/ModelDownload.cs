namespace KernelForge.Models.Hub;

/// <summary>
/// All files of a model, as it is at the hub now, into the cache: small ones first, as they say which large ones there are.
/// </summary>
internal sealed class ModelDownload(HubClient client, HubCache cache, HubName name, TimeSpan pause, IProgress<DownloadProgress>? progress)
{
    private long done, total;

    /// <returns>The folder of the commit.</returns>
    public async Task<string> RunAsync(CancellationToken cancellation)
    {
        (string commit, IReadOnlySet<string> listed) = await client.ListAsync(name, cancellation);
        string snapshot = cache.Snapshot(commit);
        if (!listed.Any(file => Path.GetFileName(file) == ModelFiles.Config))
            throw new HubException($"'{name}' has no {ModelFiles.Config}: it is no model that can be loaded");

        await FetchAsync(commit, ModelFiles.Small(listed, ""), cancellation);
        string[] folders = [.. ModelFiles.Modules(snapshot).Where(folder => folder.Length > 0).Distinct()];
        await FetchAsync(commit, [.. folders.SelectMany(folder => ModelFiles.Small(listed, folder))], cancellation);

        string[] weights = [.. folders.Prepend("").SelectMany(folder => ModelFiles.WeightsOf(listed, snapshot, folder))];
        if (weights.Length == 0)
        {
            string others = string.Join(", ", listed.Where(IsOtherWeights).Order(StringComparer.Ordinal));
            throw new HubException($"'{name}' has no {ModelFiles.Weights} and no index of shards" + (others.Length == 0 ? ""
                : $"; its weights ({others}) are of kinds that are not read: have it converted, or name a revision that has safetensors"));
        }
        await FetchAsync(commit, weights, cancellation);
        cache.SetCommit(name.Revision, commit);
        return snapshot;
    }

    private static bool IsOtherWeights(string file) =>
        Path.GetExtension(file) is ".bin" or ".h5" or ".gguf";

    private async Task FetchAsync(string commit, string[] files, CancellationToken cancellation)
    {
        string[] missing = [.. files.Where(file => !File.Exists(cache.SnapshotFile(commit, file)))];
        HubFile[] described = await Task.WhenAll(missing.Select(file =>
            Retries.RunAsync(() => client.DescribeAsync(name, commit, file, cancellation), pause, cancellation)));

        total += described.Sum(file => file.Size);
        var blobs = new BlobDownload(client, cache, name, commit, pause, (file, bytes) =>
            progress?.Report(new DownloadProgress(file.Path, bytes, file.Size, done + bytes, total)));
        foreach (HubFile file in described)
        {
            await blobs.FetchAsync(file, cancellation);
            done += file.Size;
        }
    }
}
