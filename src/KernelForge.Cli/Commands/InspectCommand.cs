using System.CommandLine;
using KernelForge.Cli.Assemblies;
using KernelForge.Cli.Inspection;
using KernelForge.Cli.Output;
using KernelForge.Compiler.Spec;

namespace KernelForge.Cli.Commands;

/// <summary><c>inspect</c>: what the layers of a built assembly are compiled to.</summary>
internal static class InspectCommand
{
    private static readonly Argument<string> assembly = new("assembly") { Description = "A built assembly with layers, or one that references such." };
    private static readonly Argument<string?> layer = new("layer")
    {
        Arity = ArgumentArity.ZeroOrOne,
        Description = "A layer by its full name or the last part of it; without it all are listed.",
    };
    private static readonly Option<string[]> references = new("--reference")
    {
        HelpName = "path",
        Description = "An assembly that this one references, or a folder of them, where they do not lie beside it. May be repeated.",
    };
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

    public static Command Build()
    {
        var command = new Command("inspect", "Shows what the layers of a built assembly are compiled to. Nothing of the assembly is run.")
        {
            assembly, layer, references, text, write,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(text) is not null && result.GetValue(layer) is null) result.AddError("--text needs a layer");
        });
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult result)
    {
        DescribedLayers layers = DescribedLayers.Read(result.GetValue(assembly)!, result.GetValue(references) ?? []);
        string? name = result.GetValue(layer), folder = result.GetValue(write);
        if (folder is not null) return Write(layers, name, new TextFolder(folder));
        if (name is null) return List(layers);

        LayerSpec spec = layers.Find(name).Spec;
        if (LayerTexts.Of(layers, spec, Console.Error) is not { } texts) return ExitCode.Failed;
        if (result.GetValue(text) is { } wanted) Console.Out.Write(texts.Find(wanted));
        else LayerReport.Write(Console.Out, texts);
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
        IEnumerable<LayerSpec> wanted = name is null
            ? layers.All.Where(l => l.Assembly == layers.All[0].Assembly).Select(l => l.Spec)
            : [layers.Find(name).Spec];
        int code = ExitCode.Done;
        foreach (LayerSpec spec in wanted)
        {
            if (LayerTexts.Of(layers, spec, Console.Error) is { } texts) folder.Write(texts);
            else code = ExitCode.Failed;
        }
        folder.WriteDeviceLibrary();
        Console.Out.WriteLine($"{folder.Written} of {folder.Files} files were new or changed in '{folder.Path}'");
        return code;
    }
}
