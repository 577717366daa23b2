using KernelForge.Runtime.Files;

namespace KernelForge.Runtime.Cuda.Modules;

/// <summary>Where compiled kernels are kept. They are machine code that reads the user's data, so the folder is the user's alone.</summary>
internal static class CacheFolder
{
    public const string Variable = "KERNELFORGE_CUBIN_CACHE";

    /// <summary>The folder that the environment names, else the system's place for caches of this user.</summary>
    public static string Default(Func<string, string?> variable) =>
        variable(Variable) is { Length: > 0 } named ? Path.GetFullPath(named) : PrivateFolder.OfUser(variable, "cubins");

    /// <inheritdoc cref="PrivateFolder.Prepare"/>
    /// <exception cref="CudaException">It cannot be made, or others have access to it.</exception>
    public static void Prepare(string folder) => Guarded(() => Of(folder).Prepare());

    /// <exception cref="CudaException">There is such a folder and others have access to it.</exception>
    public static void RequirePrivate(string folder) => Guarded(() => Of(folder).RequirePrivate());

    private static PrivateFolder Of(string folder) => new(folder, "compiled kernels", Variable);

    private static void Guarded(Action action)
    {
        try
        {
            action();
        }
        catch (IOException error)
        {
            throw new CudaException(error.Message, error);
        }
    }
}
