using KernelForge.Runtime;

namespace KernelForge.Models.Tests;

/// <summary>Golden families and the models that run them.</summary>
internal static class Encoders
{
    /// <summary>Families of encoders, in the repository and in the optional data folder.</summary>
    public static IReadOnlyList<string> Families { get; } = ["bert", "bert-odd", "bert-long", "bert-head128", "distilbert", "roberta"];

    /// <summary>Further families, of encoders and decoders, in the optional data folder.</summary>
    public static IReadOnlyList<string> MoreFamilies { get; } =
        ["albert", "deberta", "deberta-v2", "fnet", "gemma2", "gpt2", "llama", "mistral", "mixtral", "modernbert", "qwen3"];

    public static Encoder Load(string folder, Device device)
    {
        ITokenModel model = AutoModel.Load(folder, device);
        return new Encoder(model.Run, model);
    }
}

internal sealed record Encoder(Action<RaggedBatch, RaggedMatrix> Run, IDisposable Model) : IDisposable
{
    public RaggedMatrix Of(int[][] ids, int[][]? types)
    {
        using RaggedBatch batch = RaggedBatch.Pack(ids, types);
        var result = new RaggedMatrix();
        Run(batch, result);
        return result;
    }

    public void Dispose() => Model.Dispose();
}
