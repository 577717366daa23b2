using System.CommandLine;
using KernelForge.Cli.Assemblies;
using KernelForge.Cli.Compilation;
using KernelForge.Runtime.Cuda;
using KernelForge.Runtime.Cuda.Modules;
using KernelForge.Runtime.Cuda.Nvrtc;
using KernelForge.Runtime.Cuda.Programs;

namespace KernelForge.Cli.Commands;

/// <summary><c>compile</c>: makes the machine code of models for named architectures, from their configurations alone.</summary>
internal static class CompileCommand
{
    private static readonly Argument<string?> assembly = new("assembly")
    {
        Arity = ArgumentArity.ZeroOrOne,
        Description = "A built assembly with models, or one that references such; without it the ready models.",
    };
    private static readonly Option<string[]> models = new("--model")
    {
        HelpName = "folder",
        Required = true,
        Description = "A folder with config.json; weights are not needed. May be repeated.",
    };
    private static readonly Option<string[]> architectures = new("--architecture")
    {
        HelpName = "sm_80",
        Required = true,
        Description = "What to compile for: sm_80 (A100), sm_86, sm_89, sm_90 (H100) or later. May be repeated.",
    };
    private static readonly Option<string?> precision = Precisions.Option("The type of weights and intermediate values");
    private static readonly Option<string?> layer = new("--layer") { HelpName = "name", Description = "Only the model of this name." };
    private static readonly Option<string?> output = new("--output")
    {
        HelpName = "folder",
        Description = "Put the compiled kernels there, to be shipped as 'cubins' beside a program; without it into this user's cache.",
    };
    private static readonly Option<bool> prune = new("--prune")
    {
        Description = "Remove from the folder of --output what other runs compiled and this one does not ask for.",
    };
    private static readonly Option<string[]> references = References.Option();

    public static Command Build()
    {
        const string description =
            "Compiles the kernels of models for CUDA devices ahead of time. Needs NVRTC, no GPU; exit code 3 where there is none.";
        var command = new Command("compile", description)
        {
            assembly, models, architectures, precision, layer, output, prune, references,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(prune) && result.GetResult(output) is null) result.AddError("--prune needs --output");
        });
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult result)
    {
        Architecture[] targets = [.. result.GetValue(architectures)!.Select(Precisions.ParseArchitecture)];
        CudaPrecision? element = Precisions.ParseForCuda(result.GetValue(precision));
        var opened = ModelAssembly.Open(result.GetValue(assembly), result.GetValue(references) ?? []);
        ConfiguredModel[] configured = [.. result.GetValue(models)!.SelectMany(folder => opened.Configure(folder, result.GetValue(layer)))];
        if (Compiler() is not { } nvrtc) return ExitCode.NoCompiler;

        var store = new KernelStore(nvrtc, result.GetValue(output));
        foreach (ConfiguredModel model in configured)
        {
            foreach (Architecture target in targets)
            {
                IReadOnlyList<KernelBuild> builds = PlannedKernels.Of(model, target, element);
                store.Add(builds, target);
                Console.Out.WriteLine($"{model}: {builds.Count} kernels for {store.TargetFor(target)}");
            }
        }
        int removed = result.GetValue(prune) ? store.Prune() : 0;
        Console.Out.WriteLine($"'{store.Folder}': {store.Files} kernels{(removed > 0 ? $", {removed} others removed" : "")}");
        return ExitCode.Done;
    }

    private static NvrtcCompiler? Compiler()
    {
        try
        {
            return NvrtcCompiler.Open();
        }
        catch (CudaException e)
        {
            Console.Error.WriteLine($"kernelforge: {e.Message}");
            return null;
        }
    }
}
