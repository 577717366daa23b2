namespace KernelForge.Runtime.Cuda.Modules;

/// <summary>Where compiled kernels are kept. They are machine code that reads the user's data, so the folder is the user's alone.</summary>
internal static class CacheFolder
{
    public const string Variable = "KERNELFORGE_CUBIN_CACHE";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The folder that the environment names, else the system's place for caches of this user.</summary>
    public static string Default(Func<string, string?> variable)
    {
        if (variable(Variable) is { Length: > 0 } named) return Path.GetFullPath(named);
        string caches = OperatingSystem.IsWindows()
            ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : variable("XDG_CACHE_HOME") is { Length: > 0 } configured
                ? configured
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(caches, "kernelforge", "cubins");
    }

    /// <summary>Makes the folder where there is none, and makes sure that nobody else can read or write it.</summary>
    /// <exception cref="CudaException">It cannot be made, or others have access to it.</exception>
    public static void Prepare(string folder)
    {
        try
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder); // closed to others by what it inherits
            else if (!Directory.Exists(folder)) Directory.CreateDirectory(folder, OwnerOnly);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CudaException(
                $"the folder '{folder}' for compiled kernels cannot be made: {error.Message} Name another by {Variable}.", error);
        }
        RequirePrivate(folder);
    }

    /// <exception cref="CudaException">There is such a folder and others have access to it.</exception>
    public static void RequirePrivate(string folder)
    {
        if (OperatingSystem.IsWindows() || !Directory.Exists(folder)) return;
        if ((File.GetUnixFileMode(folder) & ~OwnerOnly) == UnixFileMode.None) return;
        throw new CudaException(
            $"others have access to the folder '{folder}' for compiled kernels, and what lies there runs with your data. " +
            $"Close it with 'chmod 700', or name another by {Variable}.");
    }
}
