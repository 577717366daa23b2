using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Reports;
using KernelForge.Compiler.Spec;
using KernelForge.Compiler.Tests.Spec;
using KernelForge.TestData;

namespace KernelForge.Compiler.Tests.Reports;

/// <summary>What a person is told of a layer on its way through the compiler.</summary>
public sealed class ReportTests
{
    [Fact]
    public void The_description_of_BERT() => Snapshot.Verify(
        DescriptionReport.Of(StoredUnits.Of(typeof(Models.BertModel)).Root) + "\n\n"
        + DescriptionReport.Of(StoredUnits.Of(typeof(Models.BertLayer)).Root) + "\n");

    [Fact]
    public void A_description_with_every_form_of_the_language() => Snapshot.Verify(DescriptionReport.Of(EveryForm.Layer) + "\n");

    [Fact]
    public void The_graph_of_BERT_as_it_is_built_and_after_every_pass() => Snapshot.Verify(
        string.Join("\n\n", Pipeline.Graphs(StoredUnits.Of(typeof(Models.BertModel))).Select(g => $"{g.After}:\n{GraphReport.Of(g.Graph)}")) + "\n",
        "txt");

    [Fact]
    public void Every_kernel_of_the_plan_is_in_the_report_with_its_text_and_its_launch()
    {
        KernelPlan plan = Pipeline.Plan(StoredUnits.Of(typeof(Models.BertModel)));
        IReadOnlyList<CudaKernelText> kernels = CudaReport.Kernels(plan);
        Assert.Equal(plan.Kernels.Select(k => k.Name + "_kernel"), kernels.Select(k => k.Name));
        Assert.All(kernels, k => Assert.Contains($"\n{k.Name}(", k.Text, StringComparison.Ordinal));
        Assert.All(kernels, k => Assert.StartsWith("run.Kernel(", k.Launch, StringComparison.Ordinal));
    }

    [Fact]
    public void The_last_of_the_graphs_is_the_one_that_the_plan_is_made_of()
    {
        CompilationUnit unit = StoredUnits.Of(typeof(Models.DistilBertModel));
        (string _, Graph graph) = Pipeline.Graphs(unit).Last();
        Assert.Equal(Pipeline.Plan(unit), Pipeline.Plan(graph));
    }
}
