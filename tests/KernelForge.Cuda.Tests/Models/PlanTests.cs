using KernelForge.Runtime;
using KernelForge.Runtime.Cuda;
using KernelForge.Runtime.Cuda.Programs;
using KernelForge.Runtime.Execution;
using KernelForge.TestData;

namespace KernelForge.Models.Tests;

/// <summary>From <c>config.json</c> alone to the kernels that a GPU would run.</summary>
public sealed class PlanTests
{
    [Fact]
    public void A_model_lists_its_kernels_without_weights_and_without_a_GPU()
    {
        using ModelSession plan = Plan<BertModel>("bert", new Architecture(9, 0));
        Assert.StartsWith("a plan for sm_90", plan.Choice, StringComparison.Ordinal);
        IReadOnlyList<KernelBuild> kernels = Assert.IsAssignableFrom<CudaProgram>(plan.Program).Kernels;
        Assert.Equal(
            ["attentionNorm", "context", "contract", "expand", "norm", "outputNorm", "project", "query_key_value"],
            kernels.Select(k => k.Source.Name.Replace("_kernel", "", StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_kernels_are_those_that_the_loaded_model_has()
    {
        using ModelSession plan = Plan<BertModel>("bert", new Architecture(8, 0));
        using var loaded = BertModel.Load(Golden.Require("bert").Folder, Devices.Of("float32-0"));
        var program = (CudaProgram)((ICompiledLayer)loaded).Session!.Program!;
        Assert.Equal(program.Kernels.Select(k => k.Source.Name), ((CudaProgram)plan.Program!).Kernels.Select(k => k.Source.Name));
    }

    private static ModelSession Plan<T>(string family, Architecture architecture)
        where T : ICompiledModel
    {
        ModelConfig config = ModelConfig.OpenFile(Path.Combine(Golden.Require(family).Folder, "config.json"));
        return T.Configure(config).Plan(CudaDevice.Planning(architecture, CudaPrecision.Float32));
    }
}
