using KernelForge.Benchmarks.Workloads;
using KernelForge.Runtime.Cpu;

namespace KernelForge.Benchmarks.Kernels;

/// <summary>The attention of one layer over a workload's sequences, from queries, keys and values side by side in one buffer.</summary>
internal sealed class AttentionCase<TVector> : IDisposable where TVector : unmanaged, IVector<TVector>
{
    private readonly WorkerPool pool;
    private readonly RowBuffer projections, output;
    private readonly RaggedRows rows = new();

    public AttentionCase(WorkerPool pool, Workload workload)
    {
        this.pool = pool;
        Flops = workload.Lengths.Sum(length => 4.0 * length * length * BertBase.Hidden);
        projections = ProductCase<TVector>.Drawn(workload.Tokens, 3 * BertBase.Hidden, seed: 4);
        output = new RowBuffer(workload.Tokens, BertBase.Hidden);
        var offsets = new int[workload.Lengths.Length + 1];
        for (int s = 0; s < workload.Lengths.Length; s++) offsets[s + 1] = offsets[s] + workload.Lengths[s];
        rows.Set(offsets);
    }

    public double Flops { get; }

    public void Run()
    {
        Rows<TVector> all = projections.View<TVector>();
        var heads = new AttentionHeads(BertBase.Heads, BertBase.Heads, 1 / MathF.Sqrt(BertBase.Hidden / BertBase.Heads));
        Runtime.Cpu.Attention.Run(
            pool, Part(0), Part(1), Part(2), output.View<TVector>(), rows, rows, heads, default(PlainScore), default(NoMask));

        Rows<TVector> Part(int third) => all.Slice(third * BertBase.Hidden, BertBase.Hidden);
    }

    public void Dispose()
    {
        projections.Dispose();
        output.Dispose();
    }
}
