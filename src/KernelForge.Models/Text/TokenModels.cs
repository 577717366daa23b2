using KernelForge.Runtime;
using KernelForge.Runtime.Execution;

namespace KernelForge.Models.Text;

/// <summary>The architectures that an encoder can have, by the <c>model_type</c> of their configuration.</summary>
internal static class TokenModels
{
    private static readonly SortedDictionary<string, Func<ModelSource, Device?, ITokenModel>> loaders = new(StringComparer.Ordinal)
    {
        ["bert"] = (source, device) => Adapt(BertModel.Load(source, device), model => model.Run),
        ["distilbert"] = (source, device) => Adapt(DistilBertModel.Load(source, device), model => model.Run),
    };

    /// <exception cref="ConfigException">The architecture is none of those covered.</exception>
    public static ITokenModel Load(ModelSource source, Device? device)
    {
        string type = source.Config.String("model_type");
        return loaders.TryGetValue(type, out Func<ModelSource, Device?, ITokenModel>? load)
            ? load(source, device)
            : throw new ConfigException("config.json", "model_type", $"is '{type}'; this encoder covers {string.Join(", ", loaders.Keys)}");
    }

    private static Loaded Adapt<T>(T model, Func<T, Action<RaggedBatch, RaggedMatrix>> run) where T : IDisposable, ICompiledLayer =>
        new(model, model.Session!, run(model));

    private sealed class Loaded(IDisposable model, ModelSession session, Action<RaggedBatch, RaggedMatrix> run) : ITokenModel
    {
        public Device Device => session.Device;

        public string Choice => session.Choice;

        public void Run(RaggedBatch batch, RaggedMatrix destination) => run(batch, destination);

        public void Dispose() => model.Dispose();
    }
}
