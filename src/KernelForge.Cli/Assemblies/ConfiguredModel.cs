using KernelForge.Compiler.Spec;
using KernelForge.Runtime.Execution;

namespace KernelForge.Cli.Assemblies;

/// <summary>A model of an assembly with the hyper-parameters of a folder's <c>config.json</c>, and without weights.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Unit">Its specification, and all that it reaches.</param>
/// <param name="Layer">The model.</param>
internal sealed record ConfiguredModel(string Folder, CompilationUnit Unit, ICompiledLayer Layer)
{
    public LayerSpec Spec => Unit.Root;

    public override string ToString() => $"{Spec.Name} of '{Folder}'";
}
