using System.CommandLine;
using System.Globalization;
using KernelForge.Cli.Assemblies;
using KernelForge.Cli.Measuring;
using KernelForge.Cli.Verification;
using KernelForge.Runtime;
using KernelForge.Runtime.Cuda;

namespace KernelForge.Cli.Commands;

/// <summary><c>bench</c>: how long a model takes, and where the time goes.</summary>
internal static class BenchCommand
{
    private static readonly Argument<string?> assembly = new("assembly")
    {
        Arity = ArgumentArity.ZeroOrOne,
        Description = "A built assembly with models, or one that references such; without it the ready models.",
    };
    private static readonly Option<string> model = new("--model")
    {
        HelpName = "folder",
        Required = true,
        Description = "A folder with config.json and model.safetensors or its shards.",
    };
    private static readonly Option<string> device = new("--device")
    {
        HelpName = "cpu|cuda[:n]",
        Description = "Where it runs.",
        DefaultValueFactory = _ => "cpu",
    };
    private static readonly Option<string?> precision = new("--precision")
    {
        HelpName = "type",
        Description = "On the CPU that of weights: f32 (unless another is named), bf16 or int8; on cuda that of all values: f16, bf16, tf32 or f32.",
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
    private static readonly Option<string?> layer = new("--layer") { HelpName = "name", Description = "Only the model of this name." };
    private static readonly Option<string[]> references = References.Option();

    private static readonly (string Name, CpuPrecision Precision)[] ofCpu =
        [("f32", CpuPrecision.Float32), ("bf16", CpuPrecision.BFloat16), ("int8", CpuPrecision.Int8)];

    private static readonly (string Name, CudaPrecision Precision)[] ofCuda =
    [
        ("f16", CudaPrecision.Float16), ("bf16", CudaPrecision.BFloat16), ("tf32", CudaPrecision.TensorFloat32), ("f32", CudaPrecision.Float32),
    ];

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
            ? Device.Cpu(AtLeast(0, threads), precision: Named(ofCpu, "the CPU"))
            : DeviceName.Parse(name, Named(ofCuda, name)).Device;
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

        T Named<T>((string Name, T Precision)[] known, string kind)
        {
            string? asked = result.GetValue(precision);
            if (asked is null) return known[0].Precision;
            int found = Array.FindIndex(known, k => k.Name == asked);
            return found >= 0 ? known[found].Precision : throw new InputException(
                $"--precision on {kind} is {string.Join(", ", known.Select(k => k.Name))}, not {asked}");
        }

        int AtLeast(int least, Option<int> option)
        {
            int value = result.GetValue(option);
            return value >= least ? value : throw new InputException(string.Create(
                CultureInfo.InvariantCulture, $"{option.Name} must be at least {least}, not {value}"));
        }
    }
}
