using KernelForge.Models.Text;
using KernelForge.Runtime;

namespace KernelForge.Models.Tests.Text;

/// <summary>Rows that a test can compute in its head: a token's id, its position, and minus its id.</summary>
internal sealed class FakeModel : ITokenModel
{
    public List<int> BatchSizes { get; } = [];

    public Action? AfterRun { get; init; }

    public Device Device => Device.Reference;

    public RaggedMatrix Run(RaggedBatch batch)
    {
        var rows = new RaggedMatrix();
        Run(batch, rows);
        return rows;
    }

    public void Run(RaggedBatch batch, RaggedMatrix destination)
    {
        destination.Reset(batch.Offsets, 3);
        for (int s = 0; s < batch.SequenceCount; s++)
            for (int p = 0; p < batch.Sequence(s).Length; p++)
            {
                int id = batch.Sequence(s)[p];
                ((ReadOnlySpan<float>)[id, p, -id]).CopyTo(destination.Row(batch.Offsets[s] + p));
            }
        BatchSizes.Add(batch.TokenCount);
        AfterRun?.Invoke();
    }

    public void Dispose() { }
}
