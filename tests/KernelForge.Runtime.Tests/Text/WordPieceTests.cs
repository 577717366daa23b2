using System.Text.Json;
using KernelForge.Runtime.Text;
using KernelForge.TestData;

namespace KernelForge.Runtime.Tests.Text;

public sealed class WordPieceTests
{
    private static readonly string tiny = Path.Combine(Data.RepositoryRoot, "examples", "SemanticSearch", "Model");

    [Fact]
    public void Every_hard_text_gives_the_ids_of_the_reference() =>
        Compare(WordPieceTokenizer.Load(Data.Require("golden/text")), Data.Require("golden/text/wordpiece.jsonl"));

    [Fact]
    public void The_small_model_gives_the_ids_of_the_reference() =>
        Compare(WordPieceTokenizer.Load(tiny), Data.Require("golden/kf-tiny/embeddings.jsonl"));

    [Theory]
    [InlineData("golden/text/wordpiece.jsonl")]
    [InlineData("golden/text/embeddings.jsonl")]
    public void The_real_model_gives_the_ids_of_the_reference(string file) =>
        Compare(WordPieceTokenizer.Load(Data.Require("models/all-MiniLM-L6-v2")), Data.Require(file));

    [Fact]
    public void A_pair_gives_the_ids_and_types_of_the_reference_whole_and_cut()
    {
        WordPieceTokenizer tokenizer = WordPieceTokenizer.Load(tiny);
        int count = 0;
        foreach (string line in File.ReadLines(Data.Require("golden/text/pairs.jsonl")))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement pair = document.RootElement;
            int most = pair.GetProperty("max") is { ValueKind: JsonValueKind.Number } max ? max.GetInt32() : int.MaxValue;
            string first = pair.GetProperty("first").GetString()!, second = pair.GetProperty("second").GetString()!;
            (int[] ids, int[] types) = tokenizer.EncodePair(first, second, most);
            Assert.Equal(pair.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()), ids);
            Assert.Equal(pair.GetProperty("types").EnumerateArray().Select(type => type.GetInt32()), types);
            count++;
        }
        Assert.Equal(225, count);
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.EncodePair("a", "b", 2));
    }

    [Theory]
    [InlineData("BertProcessing", new[] { 1, 4, 2, 3, 2 }, new[] { 0, 0, 0, 1, 1 })]
    [InlineData("RobertaProcessing", new[] { 1, 4, 2, 2, 3, 2 }, new[] { 0, 0, 0, 0, 0, 0 })]
    public void A_pair_has_the_frame_that_its_processor_names(string processor, int[] expectedIds, int[] expectedTypes)
    {
        using var folder = new TokenizerFixture();
        int start = TokenizerFixture.Tokenizer.IndexOf("\"type\":\"TemplateProcessing\"", StringComparison.Ordinal);
        int end = TokenizerFixture.Tokenizer.IndexOf(",\n\"model\"", StringComparison.Ordinal);
        folder.Replace(TokenizerFixture.Tokenizer[start..end], $$"""
            "type":"{{processor}}","cls":["[CLS]",1],"sep":["[SEP]",2]}
            """);
        (int[] ids, int[] types) = folder.Load().EncodePair("a", "b");
        Assert.Equal(expectedIds, ids);
        Assert.Equal(expectedTypes, types);
    }

    [Fact]
    public void A_tokenizer_that_says_nothing_of_pairs_refuses_them()
    {
        using var folder = new TokenizerFixture();
        NotSupportedException error = Assert.Throws<NotSupportedException>(() => folder.Load().EncodePair("a", "b"));
        Assert.Contains("'pair'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_text_is_cut_before_its_last_special_token()
    {
        WordPieceTokenizer tokenizer = WordPieceTokenizer.Load(tiny);
        int[] whole = tokenizer.Encode("how do I read a file line by line");
        int[] cut = tokenizer.Encode("how do I read a file line by line", 5);
        Assert.Equal([.. whole[..4], whole[^1]], cut);
        Assert.Equal([whole[0], whole[^1]], tokenizer.Encode("how do I", 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Encode("how", 1));
    }

    [Fact]
    public void Half_a_surrogate_pair_is_dropped_like_any_character_that_is_none()
    {
        WordPieceTokenizer tokenizer = WordPieceTokenizer.Load(tiny);
        Assert.Equal(tokenizer.Encode("read file"), tokenizer.Encode("re\ud800ad fi\udc00le\ud83d"));
    }

    [Fact]
    public void An_added_token_takes_white_space_only_where_it_says_so()
    {
        using var folder = new TokenizerFixture();
        folder.Replace("\"added_tokens\":[", """
            "added_tokens":[{"id":90,"content":"<m>","lstrip":true,"rstrip":false,"normalized":false},
            {"id":91,"content":"<M2>","lstrip":false,"rstrip":true,"normalized":true},
            """);
        Assert.Equal([1, 4, 90, 4, 2], folder.Load().Encode("a  <m> a"));
        Assert.Equal([1, 0, 0, 0, 4, 2], folder.Load().Encode("<M> a")); // no added token: raw ones are compared as they are written
        Assert.Equal([1, 4, 91, 4, 2], folder.Load().Encode("a <m2> a")); // normalised ones in normalised text
    }

    [Fact]
    public void Combining_characters_that_stay_come_in_canonical_order()
    {
        using var folder = new TokenizerFixture();
        folder.Replace("\"b\":3", "\"a\U0001D165\U0001D16D\":3"); // classes 216 and 226
        Assert.Equal([1, 3, 2], folder.Load().Encode("a\U0001D165\U0001D16D"));
        Assert.Equal([1, 3, 2], folder.Load().Encode("á\U0001D16D\u0301\U0001D165"));
        Assert.Equal([1, 0, 2], folder.Load().Encode("a\U0001D16D\u0941\U0001D165")); // a mark of class 0 stands between
    }

    [Fact]
    public void A_word_of_more_characters_than_the_limit_is_unknown_as_a_whole()
    {
        using var folder = new TokenizerFixture();
        folder.Replace("\"max_input_chars_per_word\":100", "\"max_input_chars_per_word\":3");
        Assert.Equal([1, 4, 5, 5, 2], folder.Load().Encode("aaa"));
        Assert.Equal([1, 0, 2], folder.Load().Encode("aaaa"));
    }

    private static void Compare(WordPieceTokenizer tokenizer, string file)
    {
        var wrong = new List<string>();
        int count = 0;
        foreach (string line in File.ReadLines(file))
        {
            using JsonDocument parsed = JsonDocument.Parse(line);
            string text = parsed.RootElement.GetProperty("text").GetString()!;
            int[] expected = [.. parsed.RootElement.GetProperty("ids").EnumerateArray().Select(i => i.GetInt32())];
            int[] actual = tokenizer.Encode(text, 256);
            if (!actual.AsSpan().SequenceEqual(expected))
                wrong.Add($"{JsonSerializer.Serialize(text)}: [{string.Join(' ', actual)}] instead of [{string.Join(' ', expected)}]");
            count++;
        }
        Assert.True(count > 100, $"{file} has only {count} texts");
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {count}\n" + string.Join('\n', wrong.Take(10)));
    }
}
