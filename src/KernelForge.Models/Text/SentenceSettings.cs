using System.Text.Json;
using KernelForge.Runtime;

namespace KernelForge.Models.Text;

/// <summary>
/// What a folder written by sentence-transformers says: the chain of modules, how rows are pooled, how long a text may be.
/// What this encoder does not do is refused by name.
/// </summary>
/// <param name="TransformerFolder">The folder of the transformer and its tokenizer.</param>
/// <param name="Dimensions">Features of a vector.</param>
/// <param name="Pooling">How the rows of a text become one.</param>
/// <param name="Normalizes">Whether vectors are brought to unit length.</param>
/// <param name="MaxTokens">Tokens of a text, special ones included; null where only the model and the tokenizer limit them.</param>
internal sealed record SentenceSettings(string TransformerFolder, int Dimensions, PoolingMode Pooling, bool Normalizes, int? MaxTokens)
{
    private static readonly (string Key, PoolingMode Mode)[] modes =
    [
        ("pooling_mode_mean_tokens", PoolingMode.Mean),
        ("pooling_mode_cls_token", PoolingMode.Cls),
        ("pooling_mode_max_tokens", PoolingMode.Max),
        ("pooling_mode_mean_sqrt_len_tokens", PoolingMode.MeanSqrtLength),
    ];

    private static readonly string[] otherModes = ["pooling_mode_weightedmean_tokens", "pooling_mode_lasttoken"];

    public static SentenceSettings Read(string folder)
    {
        string file = Path.Combine(folder, "modules.json");
        if (!File.Exists(file))
            throw new ConfigException(file, null, "is missing: this is no folder that sentence-transformers wrote");
        (string Type, string Path)[] modules = ReadModules(file);
        string[] types = [.. modules.Select(m => m.Type)];
        if (types is not (["Transformer", "Pooling"] or ["Transformer", "Pooling", "Normalize"]))
            throw new ConfigException(file, null,
                $"lists {string.Join(", ", types)}; this encoder covers Transformer, Pooling and, after them, Normalize");
        RefuseDefaultPrompt(Path.Combine(folder, "config_sentence_transformers.json"));

        string transformer = Path.Combine(folder, modules[0].Path);
        (PoolingMode pooling, int dimensions) = ReadPooling(Path.Combine(folder, modules[1].Path, "config.json"));
        return new SentenceSettings(transformer, dimensions, pooling, types.Length == 3, ReadMaxTokens(transformer));
    }

    private static (string Type, string Path)[] ReadModules(string file)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
            return
            [
                .. from module in document.RootElement.EnumerateArray()
                   let type = module.GetProperty("type").GetString()!
                   select (type[(type.LastIndexOf('.') + 1)..], module.GetProperty("path").GetString()!)
            ];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or NullReferenceException)
        {
            throw new ConfigException(file, null, $"is not a list of modules with their types and paths: {e.Message}", e);
        }
    }

    private static (PoolingMode Mode, int Dimensions) ReadPooling(string file)
    {
        ModelConfig config = ModelConfig.OpenFile(file);
        foreach (string other in otherModes)
            if (config.Boolean([other], absent: false))
                throw new ConfigException(file, other, $"is true; this encoder covers {string.Join(", ", modes.Select(m => m.Key))}");
        PoolingMode[] chosen = [.. modes.Where(m => config.Boolean([m.Key], absent: false)).Select(m => m.Mode)];
        if (chosen.Length != 1)
            throw new ConfigException(file, null, chosen.Length == 0
                ? "chooses no pooling mode"
                : $"joins {string.Join(" and ", chosen)}; this encoder covers one pooling mode at a time");
        return (chosen[0], config.Int32("word_embedding_dimension"));
    }

    // sentence_bert_config.json, sentence_roberta_config.json, …: one name for every family.
    private static int? ReadMaxTokens(string transformer)
    {
        if (!Directory.Exists(transformer)) throw new ConfigException(transformer, null, "is missing, though modules.json names it");
        string? file = Directory.EnumerateFiles(transformer, "sentence_*_config.json").Order(StringComparer.Ordinal).FirstOrDefault();
        if (file is null) return null;
        ModelConfig config = ModelConfig.OpenFile(file);
        config.Require("do_lower_case", false);
        return config.Int32OrNull("max_seq_length");
    }

    private static void RefuseDefaultPrompt(string file)
    {
        if (!File.Exists(file)) return;
        if (ModelConfig.OpenFile(file).StringOrNull("default_prompt_name") is { } name)
            throw new ConfigException(file, "default_prompt_name", $"is '{name}'; this encoder sets no prompt before a text");
    }
}
