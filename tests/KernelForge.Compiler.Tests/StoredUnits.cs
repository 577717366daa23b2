using System.Reflection;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Tests;

/// <summary>Compilation units of built layers, from the specifications that their assemblies carry.</summary>
internal static class StoredUnits
{
    private static readonly Assembly[] Assemblies = [typeof(Ops).Assembly, typeof(Models.BertModel).Assembly, typeof(Papers.MambaModel).Assembly];

    private static readonly LayerSpec[] Layers = [.. Assemblies.SelectMany(a => a.GetTypes())
        .SelectMany(t => t.GetCustomAttributes<StoredSpecificationAttribute>()).Select(a => SpecText.ReadLayer(a.Text))];

    private static readonly FunctionSpec[] Functions = [.. Assemblies.SelectMany(a => a.GetTypes())
        .SelectMany(t => t.GetCustomAttributes<StoredFunctionAttribute>()).Select(a => SpecText.ReadFunction(a.Text))];

    public static CompilationUnit Of(Type layer) => new(
        Layers.Single(l => l.Id == layer.FullName), Layers.ToEquatableArray(), Functions.ToEquatableArray(), [.. Pipeline.ProgramTypes]);
}
