using KernelForge.Runtime;
using KernelForge.TestData;

namespace KernelForge.Models.Tests;

/// <summary>Golden families whose checkpoints have a head, and the models that run them.</summary>
internal static class Heads
{
    /// <summary>A family, and what is expected of it.</summary>
    public static IReadOnlyList<(string Family, string Expected)> All { get; } =
    [
        ("bert", "pooled"), ("bert-classifier", "logits"), ("bert-tokens", "logits"), ("distilbert-classifier", "logits"),
        ("roberta-reranker", "logits"), ("albert", "pooled"), ("fnet", "pooled"), ("modernbert-reranker", "logits"),
    ];

    /// <summary>A run of the model on sequences: the values of each, row after row.</summary>
    public static HeadRun Load(Golden golden, string expected, Device device)
    {
        if (expected == "pooled") return Of(AutoModel.LoadPooler(golden.Folder, device));
        // A row a token has two dimensions.
        return golden.Cases[0].Tensor(expected).Shape.Length == 1
            ? Of(AutoModel.LoadSequenceClassifier(golden.Folder, device))
            : Of(AutoModel.LoadTokenClassifier(golden.Folder, device));
    }

    private static HeadRun Of(ISequenceModel model) => new(model, batch =>
    {
        Matrix rows = model.Run(batch);
        return [.. Enumerable.Range(0, rows.Rows).Select(s => rows.Row(s).ToArray())];
    });

    private static HeadRun Of(ITokenModel model) => new(model, batch =>
    {
        RaggedMatrix rows = model.Run(batch);
        return [.. Enumerable.Range(0, rows.SequenceCount).Select(s => rows.Sequence(s).ToArray())];
    });
}

internal sealed record HeadRun(IDisposable Model, Func<RaggedBatch, float[][]> Run) : IDisposable
{
    public float[][] Of(int[][] ids, int[][]? types)
    {
        using RaggedBatch batch = RaggedBatch.Pack(ids, types);
        return Run(batch);
    }

    public void Dispose() => Model.Dispose();
}
