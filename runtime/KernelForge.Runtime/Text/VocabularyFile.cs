using System.Collections.Immutable;
using System.Text.Json;

namespace KernelForge.Runtime.Text;

/// <summary>Reads <c>vocab.txt</c>, one piece a line, its id the line's number from 0; what else it takes are BERT's defaults.</summary>
internal static class VocabularyFile
{
    public static WordPieceDefinition Read(string path, JsonNodeReader? settings)
    {
        var vocabulary = new Dictionary<string, int>(StringComparer.Ordinal);
        int count = 0;
        // A line ends at \n alone: File.ReadLines would also end it within a piece such as U+0085 or a lone \r.
        foreach (string line in File.ReadAllText(path).Split('\n')) vocabulary[line.TrimEnd('\r')] = count++;
        if (vocabulary.TryGetValue("", out int last) && last == count - 1) vocabulary.Remove("");

        int unknown = Special("unk_token", "[UNK]"), before = Special("cls_token", "[CLS]"), after = Special("sep_token", "[SEP]");
        ImmutableArray<AddedToken> added =
        [
            .. from token in (string[])[Name("unk_token", "[UNK]"), Name("cls_token", "[CLS]"), Name("sep_token", "[SEP]"),
                   Name("pad_token", "[PAD]"), Name("mask_token", "[MASK]")]
               where vocabulary.ContainsKey(token)
               select new AddedToken(token, vocabulary[token])
        ];
        var normalizer = new BertNormalizer(CleanText: true, SeparateIdeographs: true, StripAccents: true, Lowercase: true);
        return new WordPieceDefinition(vocabulary, normalizer, added, unknown, "##", 100, [before], [after])
        {
            Pair = PairPart.Bert(before, after),
        };

        int Special(string key, string usual) => vocabulary.TryGetValue(Name(key, usual), out int id)
            ? id : throw new InvalidDataException($"'{path}' lacks the {key} '{Name(key, usual)}'");

        // Written as a text, or as an object that describes the token.
        string Name(string key, string usual) => settings?[key] switch
        {
            { ValueKind: JsonValueKind.Object } => settings.Value.Object(key)!.Value.Text("content") ?? usual,
            not null => settings.Value.Text(key) ?? usual,
            null => usual,
        };
    }
}
