using System.Collections.Immutable;
using System.Text;
using KernelForge.Runtime.Text;
using KernelForge.TestData;

namespace KernelForge.Runtime.Tests.Text;

/// <summary>
/// Random texts, id for id as <see cref="PlainWordPiece"/> has them: stretches of ASCII take other ways than what is between them.
/// </summary>
public sealed class RandomTextTests
{
    private static readonly string[] odd =
    [
        "é", "É", "ÿ", "Ÿ", "ß", "İ", "ı", "ς", "Σ", "ж", "Й", "ё", "א", "ش", "ﬁ", "Ａ", "＂", "½", "²", "±", "¿", "«", "…", "—", "’", "€",
        "\u0301", "\u0323", "\u0345", "\u0344", "\u0941", "\u302E", "\U0001D165", "\U0001D16D", "\U0001E94A", "\u1B44", "e\u0301", "\u1E69",
        "\uAC00", "\uD7A3", "\uAC01", "\u1112\u1161", "中", "文", "\uFA6C", "\uF900", "\U00020000", "\U0002B820", "\U0002B920", "\U0002FA1F",
        "\0", "\u0001", "\u000B", "\u000C", "\u001C", "\u007F", "\u0085", "\u00A0", "\u00AD", "\u1680",
        "\u200B", "\u200D", "\u2028", "\u3000", "\uFEFF", "\uE000", "\uFFFD", "\uFFFF", "\U000E0001", "\U0010FFFD", "\ud800", "\udc00",
        "\U0001F642", "\U0001D7D8", "\U00010100", "\U0001F1E6",
        "\t", "\n", "\r", "\r\n", " ", "  ", "[CLS]", "[MASK]", "[mask]", "[UNK", "[[SEP]]", "<m>", "<M>", "new word", "NEW WORD", " <e> ",
    ];

    private static readonly WordPieceDefinition small =
        TokenizerFolder.Read(Path.Combine(Data.RepositoryRoot, "examples", "SemanticSearch", "Model"));

    /// <summary>Pieces of few characters, so that every way through a word is taken, and such as a table of bytes could confuse.</summary>
    private static readonly WordPieceDefinition few = small with
    {
        Vocabulary = ((string[])[
            "?", "a", "b", "ab", "ba", "aab", "##a", "##b", "##ab", "##bba", "abababababababa", "abababababababab", "\0", "a\0", "\0\0",
            "ÿ", "ж", "##ÿ", "ÿa", "é", "##é", "中", "文", "##中", "\uD7A3", "\u1112", "##\u1161", "🙂", "##🙂", "a🙂", "𝟘",
            "-", "[", "--", "…", "—", "𐄀", "0", "##0", "",
        ]).Index().ToDictionary(piece => piece.Item, piece => piece.Index, StringComparer.Ordinal),
        Unknown = 0,
        Added = [],
    };

    public static TheoryData<string> Definitions => [.. definitions.Keys];

    private static readonly Dictionary<string, Func<WordPieceDefinition>> definitions = new()
    {
        ["the real one"] = () => TokenizerFolder.Read(Data.Require("golden/text")),
        ["the small one"] = () => small,
        ["cased"] = () => small with { Normalizer = new BertNormalizer(true, true, StripAccents: false, Lowercase: false) },
        ["with accents"] = () => small with { Normalizer = small.Normalizer with { StripAccents = false } },
        ["not cleaned"] = () => small with { Normalizer = new BertNormalizer(CleanText: false, SeparateIdeographs: false, true, true) },
        ["of short words"] = () => few with { MaxWordLength = 3 },
        ["without words"] = () => few with { MaxWordLength = 0 },
        ["of another prefix"] = () => few with { Prefix = "a" },
        ["without a prefix"] = () => few with { Prefix = "" },
        ["with added tokens"] = () => few with
        {
            Added =
            [
                new("[MASK]", 90, TakesLeft: true), new("<m>", 91, TakesLeft: true, TakesRight: true), new("[CLS]", 92), new("[", 93),
                new("New Word", 94, Normalized: true), new("<É>", 95, TakesLeft: true, TakesRight: true, Normalized: true),
            ],
        },
    };

    [Theory]
    [MemberData(nameof(Definitions))]
    public void A_text_has_the_ids_of_the_definition_whole_and_cut(string name)
    {
        WordPieceDefinition definition = definitions[name]();
        var tokenizer = new WordPieceTokenizer(definition);
        var plain = new PlainWordPiece(definition);
        var random = new Random(7);
        string[] pieces = [.. definition.Vocabulary.Keys];
        for (int i = 0; i < 3000; i++)
        {
            string text = Draw(random, pieces);
            List<int> expected = plain.Encode(text);
            Assert.True(tokenizer.Encode(text).AsSpan(1..^1).SequenceEqual(expected.ToArray()), $"{i}: {Escaped(text)}");
            int most = random.Next(0, 30);
            int[] cut = [.. definition.Before, .. expected.Take(most), .. definition.After];
            Assert.True(tokenizer.Encode(text, most + 2).AsSpan().SequenceEqual(cut), $"{i}, {most} tokens: {Escaped(text)}");
        }
    }

    [Fact]
    public void A_pair_has_the_ids_and_types_of_the_definition_whole_and_cut()
    {
        var tokenizer = new WordPieceTokenizer(small);
        var plain = new PlainWordPiece(small);
        var random = new Random(8);
        string[] pieces = [.. small.Vocabulary.Keys];
        int cls = small.Before[0], sep = small.After[0];
        for (int i = 0; i < 1000; i++)
        {
            string first = Draw(random, pieces), second = Draw(random, pieces);
            List<int> a = plain.Encode(first), b = plain.Encode(second);
            int most = random.Next(3, 60);
            // The longer one is cut until both are as long, then each in turn, beginning with what was the shorter one.
            bool firstIsLonger = a.Count > b.Count;
            while (a.Count + b.Count + 3 > most)
            {
                List<int> longer = a.Count == b.Count ? (firstIsLonger ? b : a) : a.Count > b.Count ? a : b;
                longer.RemoveAt(longer.Count - 1);
            }
            (int[] ids, int[] types) = tokenizer.EncodePair(first, second, most);
            Assert.Equal([cls, .. a, sep, .. b, sep], ids);
            Assert.Equal([.. new int[a.Count + 2], .. Enumerable.Repeat(1, b.Count + 1)], types);
        }
    }

    [Fact]
    public void A_text_of_ASCII_allocates_its_ids_alone()
    {
        var tokenizer = new WordPieceTokenizer(small);
        string text = string.Concat(Enumerable.Repeat("Reads a file [line] by\nline, unbelievably supercalifragilistic. ", 20));
        int[] ids = tokenizer.Encode(text);
        long least = long.MaxValue;
        for (int round = 0; round < 20; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            tokenizer.Encode(text);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.InRange(least, 4 * ids.Length, (4 * ids.Length) + 32);
    }

    private static string Draw(Random random, string[] pieces)
    {
        var text = new StringBuilder();
        for (int left = random.Next(0, 25); left > 0; left--)
        {
            text.Append(random.Next(9) switch
            {
                0 => odd[random.Next(odd.Length)],
                1 => Repeated(((char)random.Next(1, 0x80)).ToString(), random.Next(1, 3)),
                2 => pieces[random.Next(pieces.Length)],
                3 => pieces[random.Next(pieces.Length)].ToUpperInvariant(),
                4 => pieces[random.Next(pieces.Length)].TrimStart('#'),
                5 => random.Next(40) == 0 ? Repeated("ab", random.Next(40, 120)) : Repeated("ab", random.Next(1, 12)),
                6 => random.Next(20) == 0 ? ((char)random.Next(0x10000)).ToString() : "-",
                _ => " ",
            });
        }
        return text.ToString();
    }

    private static string Repeated(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

    private static string Escaped(string text) => System.Text.Json.JsonSerializer.Serialize(text);
}
