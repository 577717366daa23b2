using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Reports;
using KernelForge.TestData;

namespace KernelForge.Compiler.Tests.Kernels;

/// <summary>Which kernels a layer becomes.</summary>
public sealed class PlanTests
{
    [Fact]
    public void The_plan_of_BERT() => Snapshot.Verify(PlanReport.Of(Pipeline.Plan(StoredUnits.Of(typeof(Models.BertModel)))), "txt");

    [Fact]
    public void The_plan_of_a_layer_of_Mamba() => Snapshot.Verify(PlanReport.Of(Pipeline.Plan(StoredUnits.Of(typeof(Papers.MambaLayer)))), "txt");

    [Fact]
    public void A_layer_of_BERT_is_four_products_one_attention_and_two_rows()
    {
        KernelPlan plan = Pipeline.Plan(StoredUnits.Of(typeof(Models.BertLayer)));
        Assert.Equal(4, plan.Kernels.OfType<GemmKernel>().Count());
        Assert.Single(plan.Kernels.OfType<AttentionKernel>());
        Assert.Equal(2, plan.Kernels.OfType<RowKernel>().Count());
        Assert.Equal(7, plan.Kernels.Count());
        Assert.Equal(3, plan.Kernels.OfType<GemmKernel>().First().Blocks.Count);
    }

    [Fact]
    public void The_layers_of_a_model_hand_their_rows_on_without_a_copy()
    {
        KernelPlan plan = Pipeline.Plan(StoredUnits.Of(typeof(Models.BertModel)));
        Step.Loop loop = Assert.Single(plan.Steps.OfType<Step.Loop>());
        Assert.Equal(7, loop.Body.Count);
        Assert.DoesNotContain(plan.Kernels, k => k.Name.StartsWith("copy", StringComparison.Ordinal));
        Assert.Equal(5, plan.Buffers.Select(b => b.Slot).Distinct().Count());
    }

    [Fact]
    public void Numbers_of_experts_are_whole_and_what_products_read_is_not()
    {
        KernelPlan plan = Pipeline.Plan(StoredUnits.Of(typeof(Models.MixtralModel)));
        BankKernel[] banks = [.. plan.Kernels.OfType<BankKernel>()];
        Assert.NotEmpty(banks);
        Assert.All(banks, bank => Assert.True(plan.Buffers[bank.Index.Buffer].HoldsWholeNumbers));
        Assert.All(banks, bank => Assert.False(plan.Buffers[bank.Input.Buffer].HoldsWholeNumbers));
        Assert.All(plan.Kernels.OfType<GemmKernel>(), product => Assert.False(plan.Buffers[product.Input.Buffer].HoldsWholeNumbers));
        Assert.All(plan.Buffers.GroupBy(b => b.Slot), slot => Assert.Single(slot.Select(b => b.HoldsWholeNumbers).Distinct()));
        Assert.DoesNotContain(Pipeline.Plan(StoredUnits.Of(typeof(Models.BertModel))).Buffers, b => b.HoldsWholeNumbers);
    }

    [Fact]
    public void The_same_specification_gives_the_same_plan() =>
        Assert.Equal(Pipeline.Plan(StoredUnits.Of(typeof(Models.RobertaModel))), Pipeline.Plan(StoredUnits.Of(typeof(Models.RobertaModel))));
}
