using KernelForge.Compiler.Reports;

namespace KernelForge.Cli.Inspection;

/// <summary>Everything about one layer, in the order in which it came to be: description, graphs, plan, kernels.</summary>
internal static class LayerReport
{
    public static void Write(TextWriter output, LayerTexts texts)
    {
        Section(output, "Description", DescriptionReport.Of(texts.Layer));
        string last = "";
        foreach ((string after, Compiler.Ir.Graph graph) in texts.Graphs)
        {
            string text = GraphReport.Of(graph);
            Section(output, $"Graph after '{after}'", text == last ? "(unchanged)" : text);
            last = text;
        }
        Section(output, "Plan", PlanReport.Of(texts.Plan));
        Section(output, "Kernels in CUDA C (--text kernel:NAME prints one)",
            string.Join("\n\n", texts.Kernels.Select(k => $"{k.Name}, after {string.Join(", ", k.DeviceFiles)}\n{Indented(k.Launch)}")));
        Section(output, "Generated files (--text host, cpu or cuda prints one)", string.Join("\n", texts.Files.Select(f => f.HintName)));
    }

    private static void Section(TextWriter output, string title, string text)
    {
        output.WriteLine(title);
        output.WriteLine(new string('-', title.Length));
        output.WriteLine(text);
        output.WriteLine();
    }

    private static string Indented(string text) => string.Join("\n", text.Split('\n').Select(line => "    " + line));
}
