namespace KernelForge.Runtime.Files;

/// <summary>A folder of this user alone, in which something is kept for later processes.</summary>
/// <param name="Path">Where.</param>
/// <param name="Purpose">What for, in messages.</param>
/// <param name="Variable">The environment variable by which another is named.</param>
internal sealed record PrivateFolder(string Path, string Purpose, string Variable)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The system's place for caches of this user.</summary>
    public static string OfUser(Func<string, string?> variable, string name)
    {
        string caches = OperatingSystem.IsWindows()
            ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : variable("XDG_CACHE_HOME") is { Length: > 0 } configured
                ? configured
                : System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return System.IO.Path.Combine(caches, "kernelforge", name);
    }

    /// <summary>Makes the folder where there is none, and makes sure that nobody else can read or write it.</summary>
    /// <exception cref="IOException">It cannot be made, or others have access to it.</exception>
    public void Prepare()
    {
        try
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(Path); // closed to others by what it inherits
            else if (!Directory.Exists(Path)) Directory.CreateDirectory(Path, OwnerOnly);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"the folder '{Path}' for {Purpose} cannot be made: {error.Message} Name another by {Variable}.", error);
        }
        RequirePrivate();
    }

    /// <exception cref="IOException">There is such a folder and others have access to it.</exception>
    public void RequirePrivate()
    {
        if (OperatingSystem.IsWindows() || !Directory.Exists(Path)) return;
        if ((File.GetUnixFileMode(Path) & ~OwnerOnly) == UnixFileMode.None) return;
        throw new IOException(
            $"others have access to the folder '{Path}' for {Purpose}, and what lies there runs with your data. " +
            $"Close it with 'chmod 700', or name another by {Variable}.");
    }
}
