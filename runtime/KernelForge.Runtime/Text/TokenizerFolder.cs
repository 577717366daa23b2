using System.Text.Json;

namespace KernelForge.Runtime.Text;

/// <summary>Finds a tokenizer's files in a model's folder and applies what <c>tokenizer_config.json</c> says on top.</summary>
internal static class TokenizerFolder
{
    // Those that are WordPiece with BERT's normalizer.
    private static readonly string[] families =
        ["Bert", "DistilBert", "Electra", "MobileBert", "LayoutLM", "Lxmert", "Funnel", "MPNet", "Retribert"];

    public static WordPieceDefinition Read(string folder)
    {
        string tokenizerPath = Path.Combine(folder, "tokenizer.json");
        string vocabularyPath = Path.Combine(folder, "vocab.txt");
        using JsonDocument? config = Open(Path.Combine(folder, "tokenizer_config.json"));
        JsonNodeReader? settings = config is null ? null : new("tokenizer_config.json", config.RootElement);
        RefuseOtherFamilies(settings);

        WordPieceDefinition definition;
        if (Open(tokenizerPath) is { } tokenizer)
        {
            using (tokenizer) definition = TokenizerJson.Read(new("tokenizer.json", tokenizer.RootElement));
        }
        else if (File.Exists(vocabularyPath)) definition = VocabularyFile.Read(vocabularyPath, settings);
        else throw new FileNotFoundException($"'{folder}' has neither tokenizer.json nor vocab.txt: a model's folder has one", tokenizerPath);

        return settings is null ? definition : Apply(definition, settings.Value);
    }

    private static void RefuseOtherFamilies(JsonNodeReader? settings)
    {
        if (settings?.Text("tokenizer_class") is not { } name) return;
        string family = name.EndsWith("Fast", StringComparison.Ordinal) ? name[..^4] : name;
        // PreTrainedTokenizer names no family: tokenizer.json alone says what it is.
        if (family is not "PreTrainedTokenizer" && !families.Any(f => family == f + "Tokenizer"))
            throw new NotSupportedException($"tokenizer_config.json: the tokenizer '{name}' is not covered; BERT's WordPiece is");
    }

    private static WordPieceDefinition Apply(WordPieceDefinition definition, JsonNodeReader settings)
    {
        if (settings.Text("truncation_side") is { } side and not "right")
            throw new NotSupportedException($"tokenizer_config.json: truncation_side '{side}' is not covered; 'right' is");
        BertNormalizer normalizer = definition.Normalizer;
        bool lowercase = settings.Boolean("do_lower_case") ?? normalizer.Lowercase;
        bool stripsAccents = lowercase == normalizer.Lowercase ? normalizer.StripAccents : lowercase;
        return definition with
        {
            Normalizer = normalizer with
            {
                Lowercase = lowercase,
                SeparateIdeographs = settings.Boolean("tokenize_chinese_chars") ?? normalizer.SeparateIdeographs,
                StripAccents = settings.Boolean("strip_accents") ?? stripsAccents,
            },
            // A model without a limit states 1e30.
            MaxTokens = settings.Number("model_max_length") is { } limit and < int.MaxValue ? (int)limit : int.MaxValue,
        };
    }

    private static JsonDocument? Open(string path)
    {
        if (!File.Exists(path)) return null;
        try
        {
            return JsonDocument.Parse(File.ReadAllBytes(path));
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"'{path}' is not valid JSON: {e.Message}", e);
        }
    }
}
