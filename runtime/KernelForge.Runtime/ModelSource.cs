namespace KernelForge.Runtime;

/// <summary>What a model is loaded from: its hyper-parameters and its weights.</summary>
public sealed class ModelSource : IDisposable
{
    private const string ConfigFile = "config.json";

    private ModelSource(string name, ModelConfig config, WeightSource weights)
    {
        Name = name;
        Config = config;
        Weights = weights;
    }

    /// <summary>The folder, or what the bytes in memory are called.</summary>
    public string Name { get; }

    public ModelConfig Config { get; }

    /// <summary>The checkpoint; it is closed when this source is disposed.</summary>
    public WeightSource Weights { get; }

    /// <summary>Opens a folder as it is downloaded: <c>config.json</c> beside <c>model.safetensors</c> or its shards.</summary>
    /// <exception cref="ConfigException">The folder or <c>config.json</c> is missing or wrong; the message names it.</exception>
    /// <exception cref="WeightException">The weights are missing or damaged; the message names the file.</exception>
    public static ModelSource Open(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        if (!Directory.Exists(folder))
            throw new ConfigException(folder, null, $"there is no such folder (looked in '{Path.GetFullPath(folder)}')");
        string config = Path.Combine(folder, ConfigFile);
        if (!File.Exists(config)) throw new ConfigException(folder, null, $"the folder holds no '{ConfigFile}'");
        return new ModelSource(folder, ModelConfig.OpenFile(config), WeightSource.OpenFolder(folder));
    }

    /// <summary>Reads a model whose files are in memory; the weights are used in place and must not change.</summary>
    /// <param name="config">The text of <c>config.json</c>.</param>
    /// <param name="weights">The bytes of <c>model.safetensors</c>.</param>
    /// <param name="name">What messages call the model.</param>
    /// <exception cref="ConfigException">The text is not a configuration.</exception>
    /// <exception cref="WeightException">The bytes are not a whole safetensors file.</exception>
    public static ModelSource FromMemory(string config, ReadOnlyMemory<byte> weights, string name = "model in memory") =>
        new(name, ModelConfig.Parse(config, $"{name}: {ConfigFile}"), WeightSource.FromMemory(weights, $"{name}: weights"));

    public void Dispose() => Weights.Dispose();
}
