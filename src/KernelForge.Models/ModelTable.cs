using KernelForge.Runtime;

namespace KernelForge.Models;

/// <summary>Which model is loaded for which name in a configuration.</summary>
/// <typeparam name="T">What all of its models are.</typeparam>
/// <param name="key">The key of <c>config.json</c> that decides: a name, or a list of names of which the first known one counts.</param>
internal sealed class ModelTable<T>(string key)
    where T : class, IModel
{
    private readonly SortedDictionary<string, Func<ModelSource, Device?, T>> loaders = new(StringComparer.Ordinal);

    /// <summary>A line of the table.</summary>
    public Func<ModelSource, Device?, T> this[string name]
    {
        set => loaders.Add(name, value);
    }

    /// <summary>Loads the model that the configuration names.</summary>
    /// <param name="source">Its configuration and weights.</param>
    /// <param name="device">Where it runs; null for <see cref="Device.Auto"/>.</param>
    /// <param name="wanted">What it is to be, for the message: <c>a classifier</c>.</param>
    /// <exception cref="ConfigException">It names none of this table; the message lists those there are.</exception>
    public T Load(ModelSource source, Device? device, string wanted)
    {
        string[] named = Named(source.Config);
        foreach (string name in named)
            if (loaders.TryGetValue(name, out Func<ModelSource, Device?, T>? load)) return load(source, device);
        string said = named.Length == 0 ? "is missing" : $"is '{string.Join("', '", named)}'";
        throw new ConfigException(
            Path.Combine(source.Name, "config.json"), key,
            $"{said}, and no description of {wanted} goes by it; there are {string.Join(", ", loaders.Keys)}");
    }

    private string[] Named(ModelConfig config) => key == "architectures"
        ? config.StringArrayOrNull(key) ?? []
        : config.StringOrNull(key) is { } one ? [one] : [];
}
