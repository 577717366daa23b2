using System.Collections.Immutable;

namespace KernelForge.Runtime.Cuda.Nvrtc;

/// <summary>The CUDA C of one module: a kernel, after the files of the device library that it names.</summary>
/// <param name="Name">The kernel's name, an identifier; messages and the cache use it.</param>
/// <param name="Text">The kernel's text, without includes.</param>
public sealed record KernelSource(string Name, string Text)
{
    /// <summary>Files of the device library that stand in front, such as <c>types.cuh</c>.</summary>
    public ImmutableArray<string> DeviceFiles { get; init; } = [];

    /// <summary>Which lines of <see cref="Text"/> compute which expression of the layer.</summary>
    public ImmutableArray<SourceOrigin> Origins { get; init; } = [];

    /// <summary>The name that the compiler's messages give the kernel's own text.</summary>
    public string FileName => Name + ".cu";

    /// <summary>
    /// What the compiler reads. Each part keeps its own name and line numbers, so that a message names a line of <see cref="Text"/>.
    /// </summary>
    /// <exception cref="CudaException">The device library has no such file.</exception>
    public string Compose() =>
        string.Concat(DeviceFiles.Select(file => Part(file, DeviceLibrary.Read(file)))) + Part(FileName, Text);

    /// <summary>A line of a part by its name and number, which begins at 1; null where there is none.</summary>
    internal string? LineOf(string file, int line)
    {
        string? text = file == FileName ? Text : DeviceFiles.Contains(file) ? DeviceLibrary.Read(file) : null;
        return text?.Split('\n').ElementAtOrDefault(line - 1)?.TrimEnd('\r');
    }

    internal string? OriginOf(string file, int line) =>
        file != FileName ? null : Origins.FirstOrDefault(origin => origin.FirstLine <= line && line <= origin.LastLine)?.Expression;

    private static string Part(string file, string text) => $"#line 1 \"{file}\"\n{text}\n";
}

/// <summary>Lines of a kernel, numbered from 1, and the expression of the layer that they compute.</summary>
public sealed record SourceOrigin(int FirstLine, int LastLine, string Expression);
