using KernelForge.Cli.Assemblies;
using KernelForge.Compiler;
using KernelForge.Compiler.Diagnostics;
using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Reports;
using KernelForge.Compiler.Spec;

namespace KernelForge.Cli.Inspection;

/// <summary>A layer on its way through the compiler: its graphs, its plan and the texts that are generated.</summary>
internal sealed record LayerTexts(
    LayerSpec Layer,
    IReadOnlyList<(string After, Graph Graph)> Graphs,
    KernelPlan Plan,
    IReadOnlyList<GeneratedFile> Files,
    IReadOnlyList<CudaKernelText> Kernels)
{
    /// <summary>Compiles a layer, or says what rule it breaks and gives null.</summary>
    public static LayerTexts? Of(DescribedLayers layers, LayerSpec layer, TextWriter errors)
    {
        CompilationUnit unit = layers.UnitOf(layer);
        CompilationResult result = Pipeline.Compile(unit);
        if (result.Files.Count == 0)
        {
            foreach (Finding finding in result.Findings)
                errors.WriteLine($"kernelforge: {layer.Id}: {finding.Rule.Id}: {finding.Message}{layers.AboutMissing}");
            return null;
        }
        (string After, Graph Graph)[] graphs = [.. Pipeline.Graphs(unit)];
        KernelPlan plan = Pipeline.Plan(graphs[^1].Graph);
        return new LayerTexts(layer, graphs, plan, result.Files, CudaReport.Kernels(plan));
    }

    /// <summary>A text by its name: <c>host</c>, a device such as <c>cpu</c>, or <c>kernel:project</c>.</summary>
    /// <exception cref="InputException">There is none.</exception>
    public string Find(string name)
    {
        const string kernel = "kernel:";
        if (name.StartsWith(kernel, StringComparison.Ordinal))
        {
            string wanted = name[kernel.Length..];
            // Also as the plan calls it.
            CudaKernelText? found = Kernels.FirstOrDefault(k => k.Name == wanted || k.Name == wanted + "_kernel");
            return found?.Text ?? throw new InputException(
                $"'{Layer.Name}' has no kernel '{wanted}': it has {string.Join(", ", Kernels.Select(k => k.Name))}");
        }
        string file = name == "host" ? $"{Layer.Id}.g.cs" : $"{Layer.Id}.{name}.g.cs";
        return Files.FirstOrDefault(f => f.HintName.Equals(file, StringComparison.OrdinalIgnoreCase))?.Text ?? throw new InputException(
            $"'{name}' is no text of '{Layer.Name}': there are {string.Join(", ", Files.Select(f => NameOf(f)))}, "
            + $"{string.Join(", ", Kernels.Select(k => kernel + k.Name))}");
    }

    private string NameOf(GeneratedFile file)
    {
        string device = file.HintName[Layer.Id.Length..^".g.cs".Length];
        return device.Length == 0 ? "host" : device[1..].ToLowerInvariant();
    }
}
