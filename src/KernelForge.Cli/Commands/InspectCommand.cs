using System.CommandLine;
using KernelForge.Cli.Assemblies;
using KernelForge.Cli.Compilation;
using KernelForge.Cli.Inspection;
using KernelForge.Cli.Output;
using KernelForge.Compiler.Spec;
using KernelForge.Runtime.Cuda;

namespace KernelForge.Cli.Commands;

/// <summary><c>inspect</c>: what the layers of a built assembly are compiled to.</summary>
internal static class InspectCommand
{
    private static readonly Argument<string> assembly = new("assembly")
    {
        Description = "A built assembly with layers, or one that references such.",
    };
    private static readonly Argument<string?> layer = new("layer")
    {
        Arity = ArgumentArity.ZeroOrOne,
        Description = "A layer by its full name or the last part of it; without it all are listed.",
    };
    private static readonly Option<string[]> references = References.Option();
    private static readonly Option<string?> text = new("--text")
    {
        HelpName = "host|cpu|cuda|kernel:name",
        Description = "Print a generated text alone: the part that loads and runs, the program of a device, or one kernel in CUDA C.",
    };
    private static readonly Option<string?> write = new("--write")
    {
        HelpName = "folder",
        Description = "Write the generated texts there: C# by its file names, each kernel as LAYER/NAME.cu, the device library in Device. "
            + "Without a layer, those of every layer of the assembly.",
    };

    private static readonly Option<string?> model = new("--model")
    {
        HelpName = "folder",
        Description = "Compile the kernels of a model for the config.json of this folder, and show what each takes: registers, spilled "
            + "and local bytes a thread, shared memory and blocks a multiprocessor. Needs NVRTC and --architecture; no GPU, no weights. "
            + "Runs the model's constructor.",
    };
    private static readonly Option<string?> architecture = new("--architecture")
    {
        HelpName = "sm_90",
        Description = "What to compile for.",
    };
    private static readonly Option<string?> precision =
        Precisions.Option("The type of weights and intermediate values in the kernels of --model");

    public static Command Build()
    {
        var command = new Command("inspect", "Shows what the layers of a built assembly are compiled to. Without --model nothing of the assembly is run.")
        {
            assembly, layer, references, text, write, model, architecture, precision,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(text) is not null && result.GetValue(layer) is null) result.AddError("--text needs a layer");
            if ((result.GetResult(model) is null) != (result.GetResult(architecture) is null))
                result.AddError("--model and --architecture need each other");
        });
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult result)
    {
        string? name = result.GetValue(layer), folder = result.GetValue(write);
        if (result.GetValue(model) is { } config) return ShowResources(result, name, config);

        DescribedLayers layers = DescribedLayers.Read(result.GetValue(assembly)!, result.GetValue(references) ?? []);
        if (folder is not null) return Write(layers, name, new TextFolder(folder));
        if (name is null) return List(layers);

        LayerSpec spec = layers.Find(name).Spec;
        if (LayerTexts.Of(layers, spec, Console.Error) is not { } texts) return ExitCode.Failed;
        if (result.GetValue(text) is { } wanted) Console.Out.Write(texts.Find(wanted));
        else LayerReport.Write(Console.Out, texts);
        return ExitCode.Done;
    }

    private static int ShowResources(ParseResult result, string? name, string folder)
    {
        Architecture target = Precisions.ParseArchitecture(result.GetValue(architecture)!);
        var opened = ModelAssembly.Open(result.GetValue(assembly), result.GetValue(references) ?? []);
        foreach (ConfiguredModel configured in opened.Configure(folder, name))
            ResourceReport.Write(Console.Out, configured, target, Precisions.ParseForCuda(result.GetValue(precision)));
        return ExitCode.Done;
    }

    private static int List(DescribedLayers layers)
    {
        if (layers.All.Count == 0)
            throw new InputException($"neither the assembly nor what it references carries a layer{layers.AboutMissing}");
        IEnumerable<string[]> rows = layers.All
            .Select(l => (string[])[l.Spec.Id, l.Spec.Kind == LayerKind.Model ? "model" : "layer", l.Assembly.File]);
        Tables.Write(Console.Out, ["layer", "kind", "assembly"], rows);
        if (layers.Missing.Count > 0) Console.Error.WriteLine("kernelforge: some layers may be missing here" + layers.AboutMissing);
        return ExitCode.Done;
    }

    private static int Write(DescribedLayers layers, string? name, TextFolder folder)
    {
        IReadOnlyList<LayerSpec> wanted = name is null ? layers.Own : [layers.Find(name).Spec];
        int code = ExitCode.Done;
        foreach (LayerSpec spec in wanted)
        {
            if (LayerTexts.Of(layers, spec, Console.Error) is { } texts) folder.Write(texts);
            else code = ExitCode.Failed;
        }
        if (wanted.Count > 0) folder.WriteDeviceLibrary();
        Console.Out.WriteLine($"{folder.Written} of {folder.Files} files were new or changed in '{folder.Path}'");
        return code;
    }
}
