namespace KernelForge.Models.Hub;

/// <summary>What the hub tells of a file.</summary>
/// <param name="Path">Its place in the repository.</param>
/// <param name="Hash">The hash of its content: see <see cref="Checksum"/>.</param>
/// <param name="Size">In bytes.</param>
internal sealed record HubFile(string Path, string Hash, long Size);
