using System.Collections.Immutable;
using System.Text.Json;

namespace KernelForge.Runtime.Text;

/// <summary>Reads <c>tokenizer.json</c>, and refuses by name what is not BERT's WordPiece.</summary>
internal static class TokenizerJson
{
    public static WordPieceDefinition Read(JsonNodeReader root)
    {
        JsonNodeReader model = root.Object("model") ?? throw root.Damaged("'model' is missing");
        RequireType(model, "WordPiece");
        JsonNodeReader splitting = root.Object("pre_tokenizer")
            ?? throw root.Refused("no pre_tokenizer is not covered; 'BertPreTokenizer' is");
        RequireType(splitting, "BertPreTokenizer");
        Dictionary<string, int> vocabulary = ReadVocabulary(model);
        string unknownToken = model.Text("unk_token") ?? "[UNK]";
        if (!vocabulary.TryGetValue(unknownToken, out int unknown))
            throw model.Damaged($"the unknown token '{unknownToken}' is not in the vocabulary");
        ImmutableArray<AddedToken> added = [.. root.List("added_tokens").Select(ReadAddedToken)];
        JsonNodeReader? processor = root.Object("post_processor");
        (ImmutableArray<int> before, ImmutableArray<int> after) = ReadFrame(processor);
        return new WordPieceDefinition(vocabulary, ReadNormalizer(root), added, unknown,
            model.Text("continuing_subword_prefix") ?? "##", model.Integer("max_input_chars_per_word") ?? 100, before, after)
        {
            Pair = ReadPair(processor, before, after),
        };
    }

    private static void RequireType(JsonNodeReader node, string covered)
    {
        string type = node.Required("type", node.Text("type"));
        if (type != covered) throw node.Refused($"the type '{type}' is not covered; '{covered}' is");
    }

    private static Dictionary<string, int> ReadVocabulary(JsonNodeReader model)
    {
        JsonNodeReader pieces = model.Object("vocab") ?? throw model.Damaged("'vocab' is missing");
        var vocabulary = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (JsonProperty piece in pieces.Element.EnumerateObject())
        {
            if (piece.Value.ValueKind != JsonValueKind.Number || !piece.Value.TryGetInt32(out int id) || id < 0)
                throw pieces.Damaged($"the id of '{piece.Name}' is {piece.Value.GetRawText()}");
            vocabulary[piece.Name] = id;
        }
        return vocabulary;
    }

    private static BertNormalizer ReadNormalizer(JsonNodeReader root)
    {
        JsonNodeReader normalizer = root.Object("normalizer") ?? throw root.Refused("no normalizer is not covered; 'BertNormalizer' is");
        RequireType(normalizer, "BertNormalizer");
        bool lowercase = normalizer.Boolean("lowercase") ?? true;
        return new BertNormalizer(normalizer.Boolean("clean_text") ?? true, normalizer.Boolean("handle_chinese_chars") ?? true,
            normalizer.Boolean("strip_accents") ?? lowercase, lowercase);
    }

    private static AddedToken ReadAddedToken(JsonNodeReader token)
    {
        string text = token.Required("content", token.Text("content"));
        if (token.Boolean("single_word") == true) throw token.Refused($"single_word of '{text}' is not covered");
        return new AddedToken(text, token.Required("id", token.Integer("id")), token.Boolean("lstrip") ?? false,
            token.Boolean("rstrip") ?? false, token.Boolean("normalized") ?? false);
    }

    private static (ImmutableArray<int> Before, ImmutableArray<int> After) ReadFrame(JsonNodeReader? node)
    {
        if (node is not { } processor) return ([], []);
        string type = processor.Required("type", processor.Text("type"));
        return type switch
        {
            "BertProcessing" or "RobertaProcessing" => ([PairId(processor, "cls")], [PairId(processor, "sep")]),
            "TemplateProcessing" => ReadTemplate(processor),
            _ => throw processor.Refused($"the type '{type}' is not covered; 'TemplateProcessing' and 'BertProcessing' are"),
        };
    }

    // What the type is has been checked with the frame of a single text.
    private static ImmutableArray<PairPart> ReadPair(JsonNodeReader? node, ImmutableArray<int> before, ImmutableArray<int> after) =>
        node is not { } processor ? PairPart.Bare : processor.Text("type") switch
        {
            "BertProcessing" => PairPart.Bert(before[0], after[0]),
            "RobertaProcessing" => PairPart.Roberta(before[0], after[0]),
            _ => [.. processor.List("pair").SelectMany(item => ReadPart(processor, item))],
        };

    private static IEnumerable<PairPart> ReadPart(JsonNodeReader processor, JsonNodeReader item)
    {
        if (item.Object("SpecialToken") is { } special)
            return SpecialIds(processor, special).Select(id => PairPart.Special(id, special.Integer("type_id") ?? 0));
        JsonNodeReader text = item.Object("Sequence") ?? throw item.Refused("a part that is neither a special token nor a text");
        string name = text.Required("id", text.Text("id"));
        if (name is not ("A" or "B")) throw text.Damaged($"there is no text '{name}', only A and B");
        return [PairPart.Of(name == "A" ? 0 : 1, text.Integer("type_id") ?? 0)];
    }

    private static IEnumerable<int> SpecialIds(JsonNodeReader processor, JsonNodeReader special)
    {
        JsonNodeReader known = processor.Object("special_tokens") ?? throw processor.Damaged("'special_tokens' is missing");
        string name = special.Required("id", special.Text("id"));
        JsonNodeReader token = known.Object(name) ?? throw known.Damaged($"'{name}' is missing");
        return token.List("ids").Select(id => id.Element.TryGetInt32(out int value) ? value : throw id.Damaged($"{id.Element} is no id"));
    }

    // ["[CLS]", 101]
    private static int PairId(JsonNodeReader processor, string name) =>
        processor[name] is { ValueKind: JsonValueKind.Array } pair && pair.GetArrayLength() == 2 && pair[1].TryGetInt32(out int id)
            ? id : throw processor.Damaged($"'{name}' should be a token and its id");

    private static (ImmutableArray<int> Before, ImmutableArray<int> After) ReadTemplate(JsonNodeReader processor)
    {
        ImmutableArray<int>.Builder before = ImmutableArray.CreateBuilder<int>(), after = ImmutableArray.CreateBuilder<int>();
        bool seen = false;
        foreach (JsonNodeReader item in processor.List("single"))
        {
            JsonNodeReader? special = item.Object("SpecialToken");
            JsonNodeReader part = special ?? item.Object("Sequence")
                ?? throw item.Refused("a part that is neither a special token nor the text");
            if (part.Integer("type_id") is { } type and not 0) throw part.Refused($"type_id {type} of a single text is not covered; 0 is");
            if (special is null)
            {
                if (seen) throw item.Refused("the text twice is not covered");
                seen = true;
                continue;
            }
            (seen ? after : before).AddRange(SpecialIds(processor, special.Value));
        }
        return seen ? (before.ToImmutable(), after.ToImmutable()) : throw processor.Damaged("'single' has no place for the text");
    }
}
