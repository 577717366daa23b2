using System.Diagnostics;

namespace KernelForge.Runtime.Cuda.Modules;

/// <summary>
/// Held by the one process (and thread) that compiles an entry, through a lock on a file beside it that ends with the process. The file
/// stays: were it deleted, a second process could wait for one and a third hold another of the same name.
/// </summary>
internal sealed class EntryLock : IDisposable
{
    private static readonly TimeSpan firstPause = TimeSpan.FromMilliseconds(5), longestPause = TimeSpan.FromMilliseconds(100);

    private readonly FileStream file;

    private EntryLock(FileStream file) => this.file = file;

    /// <exception cref="CudaException">It was not free within <paramref name="patience"/>.</exception>
    public static EntryLock Wait(string path, TimeSpan patience)
    {
        var clock = Stopwatch.StartNew();
        TimeSpan pause = firstPause;
        while (true)
        {
            try
            {
                return new EntryLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException error) when (IsHeld(error))
            {
                if (clock.Elapsed > patience)
                {
                    throw new CudaException(
                        $"another process has held '{path}' for {patience.TotalSeconds:0} seconds while it compiles a kernel: " +
                        error.Message, error);
                }
            }
            Thread.Sleep(pause);
            pause = pause * 2 < longestPause ? pause * 2 : longestPause;
        }
    }

    public void Dispose() => file.Dispose();

    /// <summary>EAGAIN of Linux, that of macOS, and ERROR_SHARING_VIOLATION: any other failure would not pass by waiting.</summary>
    private static bool IsHeld(IOException error) => error.HResult is 11 or 35 or unchecked((int)0x80070020);
}
