using KernelForge.Runtime;

namespace KernelForge.Models.Tests;

/// <summary>Golden families and the models that run them.</summary>
internal static class Encoders
{
    /// <summary>Families of encoders, in the repository and in the optional data folder.</summary>
    public static IReadOnlyList<string> Families { get; } = ["bert", "bert-odd", "bert-long", "bert-head128", "distilbert", "roberta"];

    public static Encoder Load(string folder, Device device)
    {
        using ModelSource source = ModelSource.Open(folder);
        switch (source.Config.String("model_type"))
        {
            case "bert":
                var bert = BertModel.Load(source, device);
                return new Encoder(bert.Run, bert);
            case "roberta":
                var roberta = RobertaModel.Load(source, device);
                return new Encoder(roberta.Run, roberta);
            case "distilbert":
                var distil = DistilBertModel.Load(source, device);
                return new Encoder(distil.Run, distil);
            default:
                throw new ArgumentException(folder);
        }
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
