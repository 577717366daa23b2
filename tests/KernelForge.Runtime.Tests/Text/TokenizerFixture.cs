using KernelForge.Runtime.Text;
using KernelForge.TestData;

namespace KernelForge.Runtime.Tests.Text;

/// <summary>A folder with a tokenizer of a few pieces, whose files a test may change.</summary>
internal sealed class TokenizerFixture : IDisposable
{
    public const string Tokenizer = """
        {"version":"1.0","truncation":null,"padding":null,
        "added_tokens":[{"id":1,"content":"[CLS]","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true}],
        "normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true},
        "pre_tokenizer":{"type":"BertPreTokenizer"},
        "post_processor":{"type":"TemplateProcessing","single":[
        {"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"[SEP]","type_id":0}}],
        "special_tokens":{"[CLS]":{"id":"[CLS]","ids":[1]},"[SEP]":{"id":"[SEP]","ids":[2]}}},
        "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":100,
        "vocab":{"[UNK]":0,"[CLS]":1,"[SEP]":2,"b":3,"a":4,"##a":5}}}
        """;

    private readonly TemporaryFolder folder = new();

    public string Folder => folder.Path;

    public TokenizerFixture() => Write("tokenizer.json", Tokenizer);

    public void Write(string file, string text) => folder.Write(file, text);

    public void Replace(string old, string text)
    {
        Assert.Contains(old, Tokenizer, StringComparison.Ordinal);
        Write("tokenizer.json", Tokenizer.Replace(old, text, StringComparison.Ordinal));
    }

    public WordPieceTokenizer Load() => WordPieceTokenizer.Load(Folder);

    public void Dispose() => folder.Dispose();
}
