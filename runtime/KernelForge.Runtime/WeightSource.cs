using System.Diagnostics.CodeAnalysis;
using KernelForge.Runtime.Weights;

namespace KernelForge.Runtime;

/// <summary>
/// The tensors of a checkpoint in the safetensors format: one file, the shards of an index, or bytes in memory. Files are mapped and
/// stay open until <see cref="Dispose"/>; nothing is converted before it is asked for. A file is checked whole when it is opened.
/// </summary>
public sealed class WeightSource : IDisposable
{
    private const string SingleFile = "model.safetensors";

    private readonly List<SafetensorsFile> files;
    private readonly Dictionary<string, WeightTensor> byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> metadata = new(StringComparer.Ordinal);

    private WeightSource(string name, List<SafetensorsFile> files)
    {
        Name = name;
        this.files = files;
        foreach (SafetensorsFile file in files)
        {
            foreach (WeightTensor tensor in file.Tensors) byName.Add(tensor.Name, tensor);
            foreach ((string key, string value) in file.Metadata) metadata.TryAdd(key, value);
        }
    }

    /// <summary>The file, or the folder of several files, as messages name it.</summary>
    public string Name { get; }

    public IReadOnlyCollection<WeightTensor> Tensors => byName.Values;

    /// <summary>What the files say about themselves under <c>__metadata__</c>; the first shard that states a key wins.</summary>
    public IReadOnlyDictionary<string, string> Metadata => metadata;

    /// <exception cref="WeightException">The checkpoint has no tensor of this name.</exception>
    public WeightTensor this[string name] =>
        TryFind(name, out WeightTensor? tensor) ? tensor : throw new WeightException(Name, name, "is not there");

    public bool TryFind(string name, [NotNullWhen(true)] out WeightTensor? tensor) => byName.TryGetValue(name, out tensor);

    /// <summary>Opens <c>model.safetensors</c>, or else the shards of <c>model.safetensors.index.json</c>.</summary>
    /// <exception cref="WeightException">Neither is there, or a file is damaged; the message names it.</exception>
    public static WeightSource OpenFolder(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        if (!Directory.Exists(folder)) throw new WeightException(folder, null, "there is no such folder");
        string single = Path.Combine(folder, SingleFile);
        if (File.Exists(single)) return OpenFile(single);
        if (File.Exists(Path.Combine(folder, ShardIndex.FileName))) return new WeightSource(folder, ShardIndex.Open(folder));
        string pickles = Directory.EnumerateFiles(folder, "pytorch_model*").Any()
            ? ". Its pytorch_model files are Python pickles, which are not read: save the model as safetensors" : "";
        throw new WeightException(folder, null, $"holds neither '{SingleFile}' nor '{ShardIndex.FileName}'{pickles}");
    }

    /// <summary>Opens one safetensors file of any name.</summary>
    /// <exception cref="WeightException">The file cannot be read, or is damaged.</exception>
    public static WeightSource OpenFile(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new WeightSource(path, [SafetensorsFile.Open(path)]);
    }

    /// <summary>Reads a safetensors file that is in memory already; the bytes are used in place and must not change.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="WeightException">The bytes are not a whole safetensors file.</exception>
    public static WeightSource FromMemory(ReadOnlyMemory<byte> bytes, string name = "weights in memory") =>
        new(name, [SafetensorsFile.Open(name, new MemoryBytes(bytes))]);

    public void Dispose()
    {
        foreach (SafetensorsFile file in files) file.Dispose();
    }
}
