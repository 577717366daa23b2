using System.Text.Json;

namespace KernelForge.Runtime.Weights;

/// <summary>
/// <c>model.safetensors.index.json</c>: which file of the same folder holds which tensor. <b>Ensures</b> that every shard is there,
/// that each tensor is in the one shard the index names for it, and that no shard holds a tensor the index does not know.
/// </summary>
internal static class ShardIndex
{
    public const string FileName = "model.safetensors.index.json";
    private const long SizeLimit = 100_000_000;

    public static List<SafetensorsFile> Open(string folder)
    {
        string path = Path.Combine(folder, FileName);
        Dictionary<string, string> shardOf = Read(path);
        var shards = new List<SafetensorsFile>();
        try
        {
            foreach (string shard in shardOf.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
                shards.Add(OpenShard(folder, shard, path));
            Check(shards, shardOf, path);
            return shards;
        }
        catch
        {
            foreach (SafetensorsFile shard in shards) shard.Dispose();
            throw;
        }
    }

    private static SafetensorsFile OpenShard(string folder, string shard, string index)
    {
        string path = Path.Combine(folder, shard);
        if (!File.Exists(path)) throw new WeightException(index, null, $"names the shard {Quoted.Text(shard)}, which is not in '{folder}'");
        return SafetensorsFile.Open(path);
    }

    private static void Check(List<SafetensorsFile> shards, Dictionary<string, string> shardOf, string index)
    {
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (SafetensorsFile shard in shards)
        {
            string shardName = Path.GetFileName(shard.Name);
            foreach (WeightTensor tensor in shard.Tensors)
            {
                if (!seen.TryAdd(tensor.Name, shardName))
                    throw new WeightException(index, tensor.Name, $"is in two shards, '{seen[tensor.Name]}' and '{shardName}'");
                if (!shardOf.TryGetValue(tensor.Name, out string? expected))
                    throw new WeightException(index, tensor.Name, $"is in the shard '{shardName}', but the index does not name it");
                if (expected != shardName)
                    throw new WeightException(index, tensor.Name, $"is in the shard '{shardName}', but the index says '{expected}'");
            }
        }
        foreach ((string tensor, string shard) in shardOf)
        {
            if (!seen.ContainsKey(tensor))
                throw new WeightException(index, tensor, $"is not in the shard '{shard}', where the index says it is");
        }
    }

    private static Dictionary<string, string> Read(string path)
    {
        try
        {
            long size = new FileInfo(path).Length;
            if (size > SizeLimit) throw new WeightException(path, null, $"is {size} bytes long; the limit for an index is {SizeLimit}");
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { AllowDuplicateProperties = false });
            return Map(document.RootElement, path);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter: half a surrogate pair in an escape
        {
            throw new WeightException(path, null, $"is not valid JSON: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new WeightException(path, null, $"cannot be read: {e.Message}", e);
        }
    }

    private static Dictionary<string, string> Map(JsonElement root, string path)
    {
        JsonElement map = default;
        if (root.ValueKind == JsonValueKind.Object) root.TryGetProperty("weight_map", out map);
        if (map.ValueKind != JsonValueKind.Object)
            throw new WeightException(path, null, "has no object 'weight_map'");
        var shardOf = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonProperty entry in map.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.String)
            {
                string value = Quoted.Text(entry.Value.GetRawText());
                throw new WeightException(path, entry.Name, $"is mapped to {value}, expected the name of a file");
            }
            string shard = entry.Value.GetString()!;
            if (!IsPlainName(shard))
                throw new WeightException(path, entry.Name, $"is mapped to {Quoted.Text(shard)}, which is no file of the same folder");
            shardOf.Add(entry.Name, shard);
        }
        if (shardOf.Count == 0) throw new WeightException(path, null, "'weight_map' is empty");
        return shardOf;
    }

    /// <summary>An index comes with a download: it may name files beside it and no others, whatever the system's separators are.</summary>
    private static bool IsPlainName(string name) =>
        name.Length > 0 && name is not ("." or "..") && name.IndexOfAny(['/', '\\', ':', '\0']) < 0;
}
