using KernelForge.Compiler;
using KernelForge.Compiler.Reports;
using KernelForge.Runtime.Cuda.Nvrtc;

namespace KernelForge.Cli.Inspection;

/// <summary>
/// Generated texts as files: C# as the compiler names it, kernels as <c>LAYER/NAME.cu</c>, the device library that they include in
/// <c>Device</c>.
/// A file that says the same already is left as it is; a kernel that its layer no longer has is removed.
/// </summary>
internal sealed class TextFolder(string path)
{
    private const string Device = "Device";

    public string Path => path;

    public int Files { get; private set; }

    /// <summary>How many files were new or changed.</summary>
    public int Written { get; private set; }

    public void Write(LayerTexts texts)
    {
        foreach (GeneratedFile file in texts.Files) Write(file.HintName, file.Text);
        string layer = texts.Layer.Id;
        foreach (CudaKernelText kernel in texts.Kernels) Write(System.IO.Path.Combine(layer, kernel.Name + ".cu"), Whole(kernel));
        var names = texts.Kernels.Select(k => k.Name).ToHashSet(StringComparer.Ordinal);
        foreach (string file in Directory.EnumerateFiles(System.IO.Path.Combine(path, layer), "*.cu"))
            if (!names.Contains(System.IO.Path.GetFileNameWithoutExtension(file))) File.Delete(file);
    }

    public void WriteDeviceLibrary()
    {
        foreach (string file in DeviceLibrary.Files) Write(System.IO.Path.Combine(Device, file), DeviceLibrary.Read(file));
    }

    /// <summary>What a compiler takes: NVRTC gets the library in front instead, and the constants as options.</summary>
    private static string Whole(CudaKernelText kernel)
    {
        string includes = string.Concat(kernel.DeviceFiles.Select(f => $"#include \"../{Device}/{f}\"\n"));
        string launch = string.Concat(kernel.Launch.Split('\n').Select(line => $"// {line}\n"));
        const string constants = "// Constants come by -D, as the launch defines them, beside what the runtime chooses (ELEMENT and tiles):\n";
        return $"{constants}{launch}\n{includes}\n{kernel.Text}";
    }

    private void Write(string name, string text)
    {
        string file = System.IO.Path.Combine(path, name);
        Files++;
        if (File.Exists(file) && File.ReadAllText(file) == text) return;
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        Written++;
    }
}
