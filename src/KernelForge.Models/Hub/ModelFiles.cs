using System.IO.Enumeration;
using System.Text.Json;

namespace KernelForge.Models.Hub;

/// <summary>
/// Which files of a repository make a model: configuration, tokenizer and weights, of the repository's root and of the folders that a
/// <c>modules.json</c> names (as sentence-transformers writes it).
/// </summary>
internal static class ModelFiles
{
    public const string Weights = "model.safetensors", Index = "model.safetensors.index.json", Config = "config.json";
    private const string ModuleList = "modules.json";

    private static readonly string[] small =
    [
        Config, ModuleList, Index, "generation_config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json",
        "added_tokens.json", "vocab.txt", "vocab.json", "merges.txt", "tokenizer.model", "spiece.model", "sentencepiece.bpe.model",
        "config_sentence_transformers.json",
    ];

    /// <summary>The files of one folder that say what there is; <paramref name="folder"/> is empty or ends with a slash.</summary>
    public static string[] Small(IEnumerable<string> listed, string folder) =>
        [.. listed.Where(file => file.StartsWith(folder, StringComparison.Ordinal) && IsSmall(file[folder.Length..]))];

    /// <summary>
    /// The folders of a snapshot's modules, the transformer's first: each with a slash at its end, and the root empty. The root alone
    /// where no modules are listed.
    /// </summary>
    /// <exception cref="HubException">The list is damaged, or leads out of the repository.</exception>
    public static string[] Modules(string snapshot)
    {
        string file = Path.Combine(snapshot, ModuleList);
        if (!File.Exists(file)) return [""];
        string[] paths = Read(file, root => [.. root.EnumerateArray().Select(module => module.GetProperty("path").GetString()!)]);
        foreach (string path in paths)
        {
            if (path.Length > 0 && path.Split('/').Any(part => !IsPlain(part)))
                throw new HubException($"'{file}' names the folder '{path}', which is none of the repository");
        }
        return paths.Length == 0 ? [""] : [.. paths.Select(path => path.Length == 0 ? "" : path + "/")];
    }

    /// <summary>The weights of one folder: one file, or the shards that its index names; empty where there are none.</summary>
    /// <exception cref="HubException">The index is damaged, or names a file elsewhere.</exception>
    public static string[] WeightsOf(IReadOnlySet<string> listed, string snapshot, string folder)
    {
        if (listed.Contains(folder + Weights)) return [folder + Weights];
        return listed.Contains(folder + Index) ? [.. Shards(snapshot, folder).Select(shard => folder + shard)] : [];
    }

    /// <summary>What a snapshot lacks to be loaded: null where it lacks nothing.</summary>
    public static string? Missing(string snapshot)
    {
        if (!Directory.Exists(snapshot)) return "the snapshot";
        string transformer = Modules(snapshot)[0];
        if (!Has(transformer + Config)) return transformer + Config;
        if (Has(transformer + Weights)) return null;
        if (!Has(transformer + Index)) return transformer + Weights;
        return Shards(snapshot, transformer).Select(shard => transformer + shard).FirstOrDefault(shard => !Has(shard));

        bool Has(string file) => File.Exists(Path.Combine([snapshot, .. file.Split('/')]));
    }

    private static bool IsSmall(string name) => small.Contains(name)
        || (FileSystemName.MatchesSimpleExpression("sentence_*_config.json", name, ignoreCase: false) && IsPlain(name));

    private static IEnumerable<string> Shards(string snapshot, string folder)
    {
        string file = Path.Combine([snapshot, .. (folder + Index).Split('/')]);
        string[] shards = Read(
            file, root => [.. root.GetProperty("weight_map").EnumerateObject().Select(entry => entry.Value.GetString()!).Distinct()]);
        if (shards.FirstOrDefault(shard => !IsPlain(shard)) is { } elsewhere)
            throw new HubException($"'{file}' names the shard '{elsewhere}', which is no file beside it");
        return shards.Order(StringComparer.Ordinal);
    }

    private static bool IsPlain(string name) => name.Length > 0 && name is not ("." or "..") && name.IndexOfAny(['/', '\\', ':', '\0']) < 0;

    private static string[] Read(string file, Func<JsonElement, string[]> read)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
            string[] values = read(document.RootElement);
            return values.Contains(null) ? throw new InvalidOperationException("a name is null") : values;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new HubException($"'{file}' is damaged: {e.Message}", e);
        }
    }
}
