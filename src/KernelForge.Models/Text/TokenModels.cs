using KernelForge.Runtime;

namespace KernelForge.Models.Text;

/// <summary>The architectures that an encoder can have, by the <c>model_type</c> of their configuration.</summary>
internal static class TokenModels
{
    private static readonly SortedDictionary<string, Func<ModelSource, Device?, ITokenModel>> loaders = new(StringComparer.Ordinal);

    /// <exception cref="ConfigException">The architecture is none of those covered.</exception>
    public static ITokenModel Load(ModelSource source, Device? device)
    {
        string type = source.Config.String("model_type");
        return loaders.TryGetValue(type, out Func<ModelSource, Device?, ITokenModel>? load)
            ? load(source, device)
            : throw new ConfigException("config.json", "model_type", $"is '{type}'; this encoder covers {string.Join(", ", loaders.Keys)}");
    }
}
