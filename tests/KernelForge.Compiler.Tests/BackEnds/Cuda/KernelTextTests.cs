using KernelForge.Compiler.BackEnds.Cuda;
using KernelForge.TestData;

namespace KernelForge.Compiler.Tests.BackEnds.Cuda;

/// <summary>The kernels that a project gets for its layers. Read them as one who has to make them faster.</summary>
public sealed class KernelTextTests
{
    private static readonly IReadOnlyList<CudaKernel> Bert =
        CudaBackEnd.Kernels(Pipeline.Plan(StoredUnits.Of(typeof(Models.BertModel))));

    [Fact]
    public void BERT_embeddings() => Verify("norm");

    [Fact]
    public void BERT_merged_projections() => Verify("query_key_value");

    [Fact]
    public void BERT_attention() => Verify("context");

    [Fact]
    public void BERT_output_projection_with_the_residual() => Verify("project");

    [Fact]
    public void BERT_norm_of_a_row() => Verify("attentionNorm");

    [Fact]
    public void BERT_expansion_with_the_activation() => Verify("expand");

    [Fact]
    public void BERT_has_seven_launches_a_layer() => Assert.Equal(8, Bert.Count);

    [Fact]
    public void Mambas_scan_and_what_runs_before_it()
    {
        IReadOnlyList<CudaKernel> all = CudaBackEnd.Kernels(Pipeline.Plan(StoredUnits.Of(typeof(Papers.MambaLayer))));
        CudaKernel[] scan = [.. all.Where(k => k.DeviceFiles.Contains("scan"))];
        Assert.Equal(3, scan.Length);
        Snapshot.Verify(string.Join("\n", scan.Select(k => k.Text)), "cu");
    }

    private static void Verify(string kernel, [System.Runtime.CompilerServices.CallerMemberName] string method = "") =>
        Snapshot.Verify(Bert.Single(k => k.Name == kernel + "_kernel").Text, "cu", method: method);
}
