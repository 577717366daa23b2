namespace KernelForge.Runtime.Cuda.Nvrtc;

/// <summary>The device functions that generated kernels are written against, as they lie in this assembly.</summary>
public static class DeviceLibrary
{
    private const string Prefix = "KernelForge.Device.";

    /// <summary>The names of all files, such as <c>types.cuh</c>.</summary>
    public static IReadOnlyList<string> Files { get; } =
    [
        .. typeof(DeviceLibrary).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => name[Prefix.Length..])
            .Order(StringComparer.Ordinal),
    ];

    /// <exception cref="CudaException">There is no such file.</exception>
    public static string Read(string file)
    {
        using Stream stream = typeof(DeviceLibrary).Assembly.GetManifestResourceStream(Prefix + file)
            ?? throw new CudaException($"the device library has no file '{file}'; it has {string.Join(", ", Files)}");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
