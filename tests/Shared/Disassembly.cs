using System.Diagnostics;

namespace KernelForge.TestData;

/// <summary>What tools of the optional data folder say of machine code.</summary>
internal static class Disassembly
{
    /// <summary>The instructions of a cubin; skips the running test where there is no disassembler.</summary>
    public static string Of(byte[] cubin) => Run(cubin, Data.Require("nvrtc/nvdisasm"), "-c");

    /// <summary>Runs a program on a cubin: the file is its last argument.</summary>
    public static string Run(byte[] cubin, string program, params IEnumerable<string> arguments)
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "kernel.cubin");
        File.WriteAllBytes(file, cubin);
        using Process process = Process.Start(new ProcessStartInfo(program, [.. arguments, file]) { RedirectStandardOutput = true })!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return text;
    }
}
