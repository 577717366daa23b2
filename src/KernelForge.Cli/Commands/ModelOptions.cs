using System.CommandLine;

namespace KernelForge.Cli.Commands;

/// <summary>How a command is told which models of a checkpoint it takes.</summary>
internal static class ModelOptions
{
    public static Argument<string?> Assembly() => new("assembly")
    {
        Arity = ArgumentArity.ZeroOrOne,
        Description = "A built assembly with models, or one that references such; without it the ready models.",
    };

    public static Option<string> Folder() => new("--model")
    {
        HelpName = "folder",
        Required = true,
        Description = "A folder with config.json and model.safetensors or its shards.",
    };

    public static Option<string?> Layer() => new("--layer") { HelpName = "name", Description = "Only the model of this name." };
}
