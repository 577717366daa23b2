using System.CommandLine;
using System.Globalization;
using KernelForge.Cli.Assemblies;
using KernelForge.Cli.Compilation;
using KernelForge.Cli.Verification;
using KernelForge.Runtime.Cuda;

namespace KernelForge.Cli.Commands;

/// <summary><c>verify</c>: a model's results on a device beside those of the description itself.</summary>
internal static class VerifyCommand
{
    private static readonly Option<string> device = new("--device")
    {
        HelpName = DeviceName.Forms,
        Required = true,
        Description = "Where it runs. An emulated GPU executes the very kernels on the CPU and checks every access: "
            + "it needs NVRTC, and patience for large models.",
    };
    private static readonly Option<string?> precision =
        Precisions.Option("The type of weights and intermediate values on cuda and emulated");
    private static readonly Option<string[]> lengths = new("--lengths")
    {
        HelpName = "3,17,1",
        Description = "Lengths of a batch's sequences, in tokens; may be repeated. Without it three batches of up to 40 tokens a sequence.",
    };
    private static readonly Option<double?> tolerance = new("--tolerance")
    {
        HelpName = "ratio",
        Description = "The largest difference allowed, in units of the root mean square of the reference's values; by default "
            + "0.001 for cpu and f32, 0.03 for f16 and tf32, 0.2 for bf16.",
    };
    private static readonly Argument<string?> assembly = ModelOptions.Assembly();
    private static readonly Option<string> model = ModelOptions.Folder();
    private static readonly Option<string?> layer = ModelOptions.Layer();
    private static readonly Option<string[]> references = References.Option();

    public static Command Build()
    {
        var command = new Command("verify", "Runs a model on a device and compares with the description itself, run in double precision.")
        {
            assembly, model, device, precision, lengths, tolerance, layer, references,
        };
        tolerance.Validators.Add(result =>
        {
            bool isNumber = double.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out double value);
            if (isNumber && !(value >= 0)) result.AddError("--tolerance must be at least 0");
        });
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult result)
    {
        CudaPrecision? element = Precisions.ParseForCuda(result.GetValue(precision));
        string name = result.GetValue(device)!;
        int[][]? batches = result.GetValue(lengths) is { Length: > 0 } given ? [.. given.Select(Lengths.Parse)] : null;
        DeviceName.Parse(name, element); // a wrong one is told before anything is loaded

        var opened = ModelAssembly.Open(result.GetValue(assembly), result.GetValue(references) ?? []);
        // Twice: a model holds one session, and the reference is a device like the others.
        IReadOnlyList<ConfiguredModel> tested = Configured(), described = Configured();
        int code = ExitCode.Done;
        foreach ((ConfiguredModel one, ConfiguredModel other) in tested.Zip(described))
        {
            var verifier = new Verifier(Console.Out, one, other, result.GetValue(tolerance));
            if (!verifier.Run(DeviceName.Parse(name, element), batches)) code = ExitCode.Failed;
        }
        return code;

        IReadOnlyList<ConfiguredModel> Configured() => opened.Configure(result.GetValue(model)!, result.GetValue(layer));
    }
}
