using KernelForge.Models.Text;
using KernelForge.Runtime;
using KernelForge.TestData;

namespace KernelForge.Models.Tests.Text;

public sealed class SentenceSettingsTests : IDisposable
{
    private readonly TemporaryFolder temporary = new();
    private readonly string folder;

    public SentenceSettingsTests()
    {
        folder = temporary.Path;
        string model = Path.Combine(Data.RepositoryRoot, "examples", "SemanticSearch", "Model");
        Directory.CreateDirectory(Path.Combine(folder, "1_Pooling"));
        foreach (string file in (string[])["modules.json", "sentence_bert_config.json", "1_Pooling/config.json", "config.json"])
            File.Copy(Path.Combine(model, file), Path.Combine(folder, file));
    }

    public void Dispose() => temporary.Dispose();

    [Fact]
    public void A_folder_as_saved_is_read_whole() =>
        Assert.Equal(new SentenceSettings(Path.Combine(folder, ""), 384, PoolingMode.Mean, true, 256), SentenceSettings.Read(folder));

    [Theory]
    [InlineData("modules.json", "models.Normalize", "models.Dense", "Dense")]
    [InlineData("modules.json", "models.Transformer", "models.CLIPModel", "CLIPModel")]
    [InlineData("modules.json", "\"type\"", "\"kind\"", "modules.json")]
    [InlineData("1_Pooling/config.json", "mode_mean_tokens\": true", "mode_lasttoken\": true", "pooling_mode_lasttoken")]
    [InlineData("1_Pooling/config.json", "mode_mean_tokens\": true", "mode_mean_tokens\": false", "no pooling mode")]
    [InlineData("1_Pooling/config.json", "mode_max_tokens\": false", "mode_max_tokens\": true", "Mean and Max")]
    [InlineData("sentence_bert_config.json", "\"do_lower_case\": false", "\"do_lower_case\": true", "do_lower_case")]
    public void What_is_not_covered_is_refused_by_name(string file, string old, string text, string named)
    {
        string path = Path.Combine(folder, file), content = File.ReadAllText(path);
        Assert.Contains(old, content, StringComparison.Ordinal);
        File.WriteAllText(path, content.Replace(old, text, StringComparison.Ordinal));
        Refuses(named);
    }

    [Fact]
    public void A_prompt_set_by_default_is_refused_by_name()
    {
        const string Prompts = """{"prompts":{"query":"query: "},"default_prompt_name":"query"}""";
        File.WriteAllText(Path.Combine(folder, "config_sentence_transformers.json"), Prompts);
        Refuses("'query'");
    }

    [Fact]
    public void A_folder_that_is_none_says_what_it_lacks()
    {
        File.Delete(Path.Combine(folder, "modules.json"));
        Refuses("modules.json");
    }

    private void Refuses(string named) =>
        Assert.Contains(named, Assert.Throws<ConfigException>(() => SentenceSettings.Read(folder)).Message, StringComparison.Ordinal);
}
