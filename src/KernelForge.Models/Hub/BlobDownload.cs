using System.Buffers;
using System.Net;

namespace KernelForge.Models.Hub;

/// <summary>
/// Receives one file into the cache, under the name of its hash. What has come lies in <c>HASH.incomplete</c>, where the next try (of this
/// process or a later one) goes on; it gets its name only when it has been checked.
/// </summary>
/// <param name="client">Asks the hub.</param>
/// <param name="cache">Takes the file.</param>
/// <param name="name">The model.</param>
/// <param name="commit">Of this commit.</param>
/// <param name="pause">Before the second try; twice as long before each further one.</param>
/// <param name="received">Told how many bytes of the file are there.</param>
internal sealed class BlobDownload(
    HubClient client, HubCache cache, HubName name, string commit, TimeSpan pause, Action<HubFile, long> received)
{
    private const int BlockBytes = 1 << 18;

    /// <summary>Makes the file one of the commit's, receiving it unless the cache has it.</summary>
    /// <exception cref="HubException">It cannot be received, or what came is not what the hub described.</exception>
    public async Task FetchAsync(HubFile file, CancellationToken cancellation)
    {
        string blob = cache.Blob(file.Hash);
        Directory.CreateDirectory(Path.GetDirectoryName(blob)!);
        using (await cache.LockAsync(file.Hash, cancellation))
        {
            if (!File.Exists(blob)) await ReceiveAsync(file, blob, cancellation);
            cache.Place(commit, file.Path, file.Hash);
        }
        received(file, file.Size);
    }

    private async Task ReceiveAsync(HubFile file, string blob, CancellationToken cancellation)
    {
        string incomplete = blob + ".incomplete";
        bool resumes = new FileInfo(incomplete) is { Exists: true, Length: > 0 };
        while (true)
        {
            await ReceiveAllAsync(file, incomplete, cancellation);
            string hash = await Checksum.OfAsync(incomplete, file.Hash, cancellation);
            if (hash == file.Hash) break;
            File.Delete(incomplete);
            if (!resumes)
            {
                throw new HubException($"'{file.Path}' of '{name}' arrived with the checksum {hash}, the hub says {file.Hash}: "
                    + "what came is deleted; try again, and look for a proxy that changes files if it stays so");
            }
            resumes = false; // the part from before may have been another file's
        }
        File.Move(incomplete, blob);
    }

    private async Task ReceiveAllAsync(HubFile file, string incomplete, CancellationToken cancellation)
    {
        using var destination = new FileStream(
            incomplete, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0, useAsync: true);
        if (destination.Length > file.Size) destination.SetLength(0);
        destination.Seek(0, SeekOrigin.End);
        for (int failures = 0; destination.Length < file.Size;)
        {
            long before = destination.Length;
            try
            {
                await ReceiveSomeAsync(file, destination, cancellation);
            }
            catch (Exception e) when (HubClient.IsTransient(e))
            {
                failures = destination.Length > before ? 1 : failures + 1; // so long as something comes, it goes on
                if (failures >= Retries.Most)
                {
                    throw new HubException($"'{file.Path}' of '{name}' stopped at {destination.Length} of {file.Size} bytes ({e.Message}); "
                        + "what came is kept, and the next try goes on from there", e);
                }
                await Task.Delay(Retries.Pause(pause, failures), cancellation);
            }
        }
    }

    /// <summary>One answer of the hub, as far as it comes.</summary>
    private async Task ReceiveSomeAsync(HubFile file, FileStream destination, CancellationToken cancellation)
    {
        using HttpResponseMessage response = await client.OpenAsync(name, commit, file.Path, destination.Length, cancellation);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            destination.SetLength(0);
            throw new HttpRequestException("the hub does not go on where the last try ended");
        }
        client.RequireSuccess(response, name, file.Path);
        // An answer that does not say where it begins is the whole file.
        long begins = response.StatusCode == HttpStatusCode.PartialContent ? response.Content.Headers.ContentRange?.From ?? -1 : 0;
        if (begins != destination.Length) destination.SetLength(0);
        if (begins != destination.Length) throw new HttpRequestException($"the hub's answer begins at byte {begins}");

        Uri address = response.RequestMessage!.RequestUri!;
        Stream content = await response.Content.ReadAsStreamAsync(cancellation);
        byte[] block = ArrayPool<byte>.Shared.Rent(BlockBytes);
        try
        {
            received(file, destination.Length);
            while (destination.Length < file.Size)
            {
                int read = await client.WithPatience(limit => content.ReadAsync(block, limit).AsTask(), address, cancellation);
                if (read == 0) throw new HttpRequestException("the connection ended early");
                await WriteAsync(destination, block.AsMemory(0, (int)Math.Min(read, file.Size - destination.Length)), cancellation);
                received(file, destination.Length);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private static async Task WriteAsync(FileStream destination, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        try
        {
            await destination.WriteAsync(bytes, cancellation);
        }
        catch (IOException e)
        {
            throw new HubException($"'{destination.Name}' cannot be written: {e.Message}", e); // a full disk is not cured by another try
        }
    }
}
