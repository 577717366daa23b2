using System.Globalization;

namespace KernelForge.Runtime.Cuda.Interop;

/// <summary>What a library is called on this system, and which folders may hold it.</summary>
internal sealed record LibraryNames
{
    private const int NewestMajor = 29; // names tried by the loader, which cannot list what it has

    /// <summary>The first version whose functions are all that the runtime needs.</summary>
    public int OldestMajor { get; } = 12;

    public required string Title { get; init; }

    /// <summary>The environment variable that names the file or its folder.</summary>
    public required string Variable { get; init; }

    /// <summary>What a person can do where it is missing.</summary>
    public required string Remedy { get; init; }

    /// <summary>Names for the loader's own path, newest first.</summary>
    public required IReadOnlyList<string> LoaderNames { get; init; }

    /// <summary>
    /// The major version that a file's name tells, <see cref="int.MaxValue"/> where names tell none; null for another file.
    /// </summary>
    public required Func<string, int?> MajorOf { get; init; }

    /// <summary>Folders in the order in which they are tried.</summary>
    public required Func<SearchEnvironment, IEnumerable<SearchPlace>> Places { get; init; }

    /// <summary>
    /// The driver, which comes with the GPU's own software: the toolkit has only a stub of it, so its folders are not searched.
    /// </summary>
    public static LibraryNames Driver { get; } = new()
    {
        Title = "The CUDA driver (" + (OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1") + ")",
        Variable = "KERNELFORGE_CUDA_DRIVER",
        Remedy = "It comes with NVIDIA's driver for the GPU.",
        LoaderNames = OperatingSystem.IsWindows() ? ["nvcuda.dll"] : ["libcuda.so.1", "libcuda.so"],
        MajorOf = file => file is "libcuda.so.1" or "nvcuda.dll" ? int.MaxValue : null,
        Places = environment =>
        [
            new SearchPlace("the application's folder", environment.ApplicationFolder),
            new SearchPlace("the driver of the Windows subsystem", Path.Combine(environment.Root, "usr", "lib", "wsl", "lib")),
        ],
    };

    /// <summary>The run-time compiler.</summary>
    public static LibraryNames Nvrtc { get; } = new()
    {
        Title = "NVRTC (" + (OperatingSystem.IsWindows() ? "nvrtc64_120_0.dll" : "libnvrtc.so.12") + " or later)",
        Variable = "KERNELFORGE_NVRTC",
        Remedy = "It comes with the CUDA toolkit from version 12 on, and with pip's package nvidia-cuda-nvrtc.",
        LoaderNames = [.. Enumerable.Range(12, NewestMajor - 11).Reverse().Select(LoaderName)],
        MajorOf = NvrtcMajor,
        Places = environment =>
        [
            new SearchPlace("the application's folder", environment.ApplicationFolder),
            .. ToolkitFolders.Of(environment),
            .. PythonFolders.Of(environment),
        ],
    };

    private static string LoaderName(int major) => OperatingSystem.IsWindows()
        ? string.Create(CultureInfo.InvariantCulture, $"nvrtc64_{major}0_0.dll")
        : string.Create(CultureInfo.InvariantCulture, $"libnvrtc.so.{major}");

    /// <summary>13 of <c>libnvrtc.so.13</c>, <c>libnvrtc.so.13.2.51</c> and <c>nvrtc64_130_0.dll</c>.</summary>
    private static int? NvrtcMajor(string file)
    {
        const string Shared = "libnvrtc.so.", Windows = "nvrtc64_";
        if (file.StartsWith(Shared, StringComparison.Ordinal)) return Number(file.AsSpan(Shared.Length));
        bool isWindows = file.StartsWith(Windows, StringComparison.OrdinalIgnoreCase) &&
            file.EndsWith("_0.dll", StringComparison.OrdinalIgnoreCase);
        return isWindows ? Number(file.AsSpan(Windows.Length)) / 10 : null;
    }

    private static int? Number(ReadOnlySpan<char> text)
    {
        int length = 0;
        while (length < text.Length && char.IsAsciiDigit(text[length])) length++;
        return int.TryParse(text[..length], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
    }
}
