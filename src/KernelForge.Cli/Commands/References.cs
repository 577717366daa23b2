using System.CommandLine;

namespace KernelForge.Cli.Commands;

/// <summary>The option by which an assembly's references are named.</summary>
internal static class References
{
    public static Option<string[]> Option() => new("--reference")
    {
        HelpName = "path",
        Description = "An assembly that this one references, or a folder of them, where they do not lie beside it. May be repeated.",
    };
}
