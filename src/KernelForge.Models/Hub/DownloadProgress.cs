namespace KernelForge.Models.Hub;

/// <summary>How far a download has come. What an earlier, interrupted download had received counts as received.</summary>
/// <param name="File">The file at hand: <c>model.safetensors</c>.</param>
/// <param name="FileBytes">Bytes of it received.</param>
/// <param name="FileTotal">Its size.</param>
/// <param name="Bytes">Bytes received of all files that are fetched.</param>
/// <param name="TotalBytes">Their size. It grows once: small files come first, and say which large ones are needed.</param>
public readonly record struct DownloadProgress(string File, long FileBytes, long FileTotal, long Bytes, long TotalBytes);
