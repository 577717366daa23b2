using System.Globalization;
using KernelForge.Cli.Assemblies;
using KernelForge.Cli.Compilation;
using KernelForge.Cli.Output;
using KernelForge.Runtime.Cuda;
using KernelForge.Runtime.Cuda.Nvrtc;
using KernelForge.Runtime.Cuda.Programs;

namespace KernelForge.Cli.Inspection;

/// <summary>What the kernels of a configured model take of a multiprocessor, a line for each variant.</summary>
internal static class ResourceReport
{
    /// <exception cref="CudaException">A kernel does not compile, or there is no NVRTC.</exception>
    /// <exception cref="InputException">The model has no code for CUDA devices.</exception>
    public static void Write(TextWriter output, ConfiguredModel model, Architecture architecture, CudaPrecision? precision)
    {
        IReadOnlyList<KernelBuild> builds = PlannedKernels.Of(model, architecture, precision);
        NvrtcCompiler compiler = NvrtcCompiler.Open();
        CompileTarget target = compiler.TargetFor(architecture);
        ArchitectureLimits? limits = ArchitectureLimits.All.FirstOrDefault(l => l.Architecture == architecture);
        KernelResources[] resources = new KernelResources[builds.Count];
        Parallel.For(0, builds.Count, i => resources[i] = KernelResources.Of(builds[i], target, compiler));

        output.WriteLine($"{model} for {target}, by NVRTC {compiler.Version}");
        Tables.Write(
            output,
            ["kernel", "variant", "threads", "registers", "spilled", "local", "shared", "blocks", "occupancy", "constants"],
            builds.Select((build, i) => Row(build, resources[i], limits)));
    }

    private static string[] Row(KernelBuild build, KernelResources taken, ArchitectureLimits? limits)
    {
        int? blocks = limits is null ? null : taken.Blocks(limits, build);
        string occupancy = blocks is { } b ? Text(100 * b * build.Threads / limits!.ThreadsOfMultiprocessor) + " %" : "?";
        string shared = Text(taken.StaticSharedBytes + build.SharedBytes);
        string constants = string.Join(' ', build.Options.Constants.Select(c => $"{c.Key}={c.Value}"));
        return
        [
            build.Name, build.Variant.Length == 0 ? "-" : build.Variant, Text(build.Threads), Text(taken.Registers), Text(taken.SpillBytes),
            Text(taken.LocalBytes), shared, blocks is null ? "?" : Text(blocks.Value), occupancy, constants,
        ];
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
