using System.CommandLine;
using System.Runtime.InteropServices;
using KernelForge.Emulation;
using KernelForge.Runtime;
using KernelForge.Runtime.Cpu;
using KernelForge.Runtime.Cuda;

namespace KernelForge.Cli.Commands;

/// <summary><c>devices</c>: what layers can run on here, and what is missing for the rest.</summary>
internal static class DevicesCommand
{
    public static Command Build()
    {
        var command = new Command(
            "devices", "Tells what layers can run on here, what is missing for the rest, and where that was looked for.");
        command.SetAction(_ => Run(Console.Out));
        return command;
    }

    private static int Run(TextWriter output)
    {
        output.WriteLine("cuda");
        foreach (string line in CudaDevice.Find().ToString().Split('\n')) output.WriteLine("  " + line);
        output.WriteLine();
        output.WriteLine("cpu");
        string cores = $"{RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} threads";
        output.WriteLine($"  {cores}, vectors of {VectorWidth.Widest} bits");
        foreach (CpuPrecision precision in (CpuPrecision[])[CpuPrecision.BFloat16, CpuPrecision.Int8])
            output.WriteLine($"  {precision}: {new CpuDevice(0, 0, precision).Instructions}");
        output.WriteLine();
        output.WriteLine("emulated (executes PTX on the CPU and checks every access; needs NVRTC, no GPU)");
        foreach (ArchitectureLimits limits in ArchitectureLimits.All)
        {
            string shared = $"{limits.SharedBytesOfBlock / 1024} KiB of shared memory a block";
            output.WriteLine($"  {limits.Architecture} (as {limits.Card}, {shared})");
        }
        return ExitCode.Done;
    }
}
