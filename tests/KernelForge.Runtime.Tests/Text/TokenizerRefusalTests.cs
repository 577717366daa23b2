namespace KernelForge.Runtime.Tests.Text;

public sealed class TokenizerRefusalTests
{
    [Theory]
    [InlineData("\"type\":\"WordPiece\"", "\"type\":\"Unigram\"", "Unigram")]
    [InlineData("\"type\":\"BertNormalizer\"", "\"type\":\"NFKC\"", "NFKC")]
    [InlineData("\"type\":\"BertPreTokenizer\"", "\"type\":\"Metaspace\"", "Metaspace")]
    [InlineData("\"type\":\"TemplateProcessing\"", "\"type\":\"ByteLevel\"", "ByteLevel")]
    [InlineData("\"pre_tokenizer\":{\"type\":\"BertPreTokenizer\"}", "\"pre_tokenizer\":null", "pre_tokenizer")]
    [InlineData("\"single_word\":false", "\"single_word\":true", "single_word of '[CLS]'")]
    public void What_is_not_covered_is_refused_by_name(string old, string text, string named)
    {
        using var folder = new TokenizerFixture();
        folder.Replace(old, text);
        NotSupportedException error = Assert.Throws<NotSupportedException>(folder.Load);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("tokenizer.json", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"tokenizer_class":"RobertaTokenizerFast"}""", "RobertaTokenizerFast")]
    [InlineData("""{"tokenizer_class":"BertTokenizer","truncation_side":"left"}""", "left")]
    public void A_setting_that_is_not_covered_is_refused_by_name(string config, string named)
    {
        using var folder = new TokenizerFixture();
        folder.Write("tokenizer_config.json", config);
        Assert.Contains(named, Assert.Throws<NotSupportedException>(folder.Load).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"##a\":5", "\"##a\":\"five\"", "##a")]
    [InlineData("\"unk_token\":\"[UNK]\"", "\"unk_token\":\"<unk>\"", "<unk>")]
    [InlineData("\"id\":\"[SEP]\",\"type_id\"", "\"id\":\"[END]\",\"type_id\"", "[END]")]
    [InlineData("\"version\":\"1.0\",", "\"version\":", "not valid JSON")]
    public void A_damaged_file_says_where(string old, string text, string named)
    {
        using var folder = new TokenizerFixture();
        folder.Replace(old, text);
        Assert.Contains(named, Assert.Throws<InvalidDataException>(folder.Load).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_a_tokenizer_says_what_was_looked_for()
    {
        using var folder = new TokenizerFixture();
        File.Delete(Path.Combine(folder.Folder, "tokenizer.json"));
        Assert.Contains("vocab.txt", Assert.Throws<FileNotFoundException>(folder.Load).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_configuration_beside_it_has_the_last_word_on_case_and_accents()
    {
        using var folder = new TokenizerFixture();
        Assert.Equal([1, 4, 2], folder.Load().Encode("Á"));
        folder.Write("tokenizer_config.json", """{"tokenizer_class":"BertTokenizer","do_lower_case":false,"model_max_length":1e30}""");
        Assert.Equal([1, 0, 2], folder.Load().Encode("Á"));
        Assert.Equal([1, 4, 2], folder.Load().Encode("a"));
        folder.Write("tokenizer_config.json", """{"do_lower_case":true,"strip_accents":false,"model_max_length":512}""");
        Assert.Equal([1, 0, 2], folder.Load().Encode("á"));
        Assert.Equal(512, folder.Load().MaxTokens);
    }
}
