using System.CommandLine;
using System.Globalization;
using KernelForge.Cli.Assemblies;
using KernelForge.Cli.Compilation;
using KernelForge.Cli.Measuring;
using KernelForge.Cli.Verification;
using KernelForge.Runtime;
using KernelForge.Runtime.Cuda;

namespace KernelForge.Cli.Commands;

/// <summary><c>bench</c>: how long a model takes, and where the time goes.</summary>
internal static class BenchCommand
{
    private static readonly Option<string> device = new("--device")
    {
        HelpName = "cpu|cuda[:n]",
        Description = "Where it runs.",
        DefaultValueFactory = _ => "cpu",
    };
    private static readonly Option<string?> precision = new("--precision")
    {
        HelpName = "type",
        Description = "On the CPU that of products: f32, bf16 or int8; on cuda that of all values: f16, bf16, tf32 or f32. Unless it is named, what the layer says by [Precision], or the first.",
    };
    private static readonly Option<int> threads = new("--threads")
    {
        HelpName = "count",
        Description = "Threads of the CPU; 0 for one a core.",
    };
    private static readonly Option<string> lengths = new("--lengths")
    {
        HelpName = "128,17,64",
        Description = "Lengths of the batch's sequences, in tokens.",
        DefaultValueFactory = _ => "128,128,128,128,64,64,64,64,32,32,32,32,16,16,16,16",
    };
    private static readonly Option<int> repetitions = new("--repetitions")
    {
        HelpName = "count",
        Description = "How often the batch runs.",
        DefaultValueFactory = _ => 20,
    };
    private static readonly Option<bool> profile = new("--profile")
    {
        Description = "On the CPU: the time of every kernel, its GFLOP/s and GB/s, and what share of the machine's they are, measured in the same run.",
    };
    private static readonly Argument<string?> assembly = ModelOptions.Assembly();
    private static readonly Option<string> model = ModelOptions.Folder();
    private static readonly Option<string?> layer = ModelOptions.Layer();
    private static readonly Option<string[]> references = References.Option();

    public static Command Build()
    {
        var command = new Command("bench", "Runs a model on a batch again and again: how long it takes and, with --profile, where the time goes.")
        {
            assembly, model, device, precision, threads, lengths, repetitions, profile, layer, references,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult result)
    {
        string name = result.GetValue(device)!;
        Device where = name == "cpu"
            ? Device.Cpu(AtLeast(0, threads), precision: Precisions.ParseForCpu(result.GetValue(precision)))
            : DeviceName.Parse(name, Precisions.ParseForCuda(result.GetValue(precision))).Device;
        if (where is not (CpuDevice or CudaDevice)) throw new InputException($"'{name}' is not measured: write cpu or cuda[:n]");
        if (result.GetValue(profile) && where is not CpuDevice) throw new InputException("--profile is for --device cpu");
        int[] batch = Lengths.Parse(result.GetValue(lengths)!);
        int runs = AtLeast(1, repetitions);
        foreach (ConfiguredModel one in ModelAssembly.Open(result.GetValue(assembly), result.GetValue(references) ?? [])
            .Configure(result.GetValue(model)!, result.GetValue(layer)))
        {
            new Stopwatches(Console.Out, one, batch, runs).Run(where, result.GetValue(profile));
        }
        return ExitCode.Done;

        int AtLeast(int least, Option<int> option)
        {
            int value = result.GetValue(option);
            return value >= least ? value : throw new InputException(string.Create(
                CultureInfo.InvariantCulture, $"{option.Name} must be at least {least}, not {value}"));
        }
    }
}
