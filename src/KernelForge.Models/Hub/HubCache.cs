namespace KernelForge.Models.Hub;

/// <summary>
/// One model in the cache, laid out as Hugging Face's own library does: <c>models--owner--name/</c> with <c>blobs/</c> (contents by hash),
/// <c>snapshots/COMMIT/</c> (a commit's files, links to blobs) and <c>refs/</c> (the commit that a branch was at).
/// </summary>
internal sealed class HubCache
{
    private readonly string locks;

    public HubCache(string folder, HubName name)
    {
        string own = "models--" + name.Repository.Replace("/", "--", StringComparison.Ordinal);
        Folder = Path.Combine(folder, own);
        locks = Path.Combine(folder, ".locks", own);
    }

    public string Folder { get; }

    /// <summary>Set by tests: whether the system can make links.</summary>
    public bool MakesLinks { get; init; } = true;

    /// <summary>The commit that the revision names, as far as the cache knows.</summary>
    public string? Commit(string revision)
    {
        if (HubName.IsHash(revision, 40)) return revision;
        string file = RefFile(revision);
        string? commit = File.Exists(file) ? File.ReadAllText(file).Trim() : null;
        return commit is not null && HubName.IsHash(commit, 40) ? commit : null;
    }

    public void SetCommit(string revision, string commit)
    {
        if (revision == commit || Commit(revision) == commit) return;
        string file = RefFile(revision);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        ReplaceWhole(file, temporary => File.WriteAllText(temporary, commit));
    }

    public string Snapshot(string commit) => Path.Combine(Folder, "snapshots", commit);

    public string SnapshotFile(string commit, string file) => Path.Combine([Snapshot(commit), .. file.Split('/')]);

    public string Blob(string hash) => Path.Combine(Folder, "blobs", hash);

    /// <summary>Held while a blob is received; the same lock as that of Hugging Face's own library.</summary>
    public Task<FileLock> LockAsync(string hash, CancellationToken cancellation)
    {
        Directory.CreateDirectory(locks);
        return FileLock.WaitAsync(Path.Combine(locks, hash + ".lock"), cancellation);
    }

    /// <summary>
    /// Makes a blob a file of a commit: by a link, and by a copy where the system makes none (Windows without developer mode, some disks).
    /// </summary>
    public void Place(string commit, string file, string hash)
    {
        string path = SnapshotFile(commit, file), blob = Blob(hash), folder = Path.GetDirectoryName(path)!;
        if (File.Exists(path)) return;
        Directory.CreateDirectory(folder);
        File.Delete(path); // a link whose blob was deleted
        try
        {
            if (!MakesLinks) throw new IOException("this system makes no links");
            File.CreateSymbolicLink(path, Path.GetRelativePath(folder, blob));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!File.Exists(path)) ReplaceWhole(path, temporary => File.Copy(blob, temporary)); // else another process was first
        }
    }

    private string RefFile(string revision) => Path.Combine([Folder, "refs", .. revision.Split('/')]);

    // Nobody ever sees half a file under its own name.
    private static void ReplaceWhole(string path, Action<string> write)
    {
        string temporary = $"{path}.{Guid.NewGuid():N}";
        try
        {
            write(temporary);
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
