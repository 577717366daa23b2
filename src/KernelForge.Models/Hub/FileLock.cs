namespace KernelForge.Models.Hub;

/// <summary>
/// Held by one process (and one task) at a time, through a lock on a file that ends with the process. The file stays: were it deleted, one
/// process could wait for it while another holds a new one of the same name.
/// </summary>
internal sealed class FileLock : IDisposable
{
    private static readonly TimeSpan pause = TimeSpan.FromMilliseconds(50);

    private readonly FileStream file;

    private FileLock(FileStream file) => this.file = file;

    public static async Task<FileLock> WaitAsync(string path, CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                return new FileLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException e) when (IsHeld(e))
            {
                await Task.Delay(pause, cancellation);
            }
        }
    }

    public void Dispose() => file.Dispose();

    // EAGAIN of Linux, that of macOS, and ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION of Windows.
    private static bool IsHeld(IOException error) => error.HResult is 11 or 35 or unchecked((int)0x80070020) or unchecked((int)0x80070021);
}
