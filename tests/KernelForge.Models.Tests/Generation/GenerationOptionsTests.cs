using KernelForge.Models.Generation;
using KernelForge.Runtime;
using KernelForge.TestData;
using KernelForge.Tests;

namespace KernelForge.Models.Tests.Generation;

/// <summary>What a folder's configuration says of generation, and what is refused.</summary>
public sealed class GenerationOptionsTests
{
    [Fact]
    public void A_generation_config_is_read_by_its_keys()
    {
        GenerationOptions read = Read("""
            {
              "bos_token_id": 0, "decoder_start_token_id": 2, "do_sample": true, "early_stopping": "never", "eos_token_id": [2, 5],
              "forced_bos_token_id": 0, "forced_eos_token_id": 2, "length_penalty": 2.0, "max_length": 142, "min_length": 56,
              "max_new_tokens": 7, "min_new_tokens": 3, "no_repeat_ngram_size": 3, "num_beams": 1, "pad_token_id": 1, "temperature": 0.6,
              "top_k": 20, "top_p": 0.95, "repetition_penalty": 1.1, "transformers_version": "4.57.1", "suppress_tokens": [],
              "typical_p": 1.0
            }
            """);
        Assert.Equal(
            (142, 56, 7, 3, 0, 3, 1, 2.0, EarlyStopping.Never, true, 0.6f, 20, 0.95f, 1.1f),
            (read.MaxLength, read.MinLength, read.MaxNewTokens, read.MinNewTokens, read.ForcedFirstId, read.NoRepeatNgramSize, read.Beams,
                read.LengthPenalty, read.EarlyStopping, read.Sample, read.Temperature, read.TopK, read.TopP, read.RepetitionPenalty));
        Assert.Equal([2, 5], read.EndIds);
        Assert.Equal([2], read.DecoderStart);
        Assert.Equal([2], read.ForcedLastIds);
    }

    [Theory]
    [InlineData("true", EarlyStopping.AtOnce)]
    [InlineData("false", EarlyStopping.Heuristic)]
    [InlineData("null", EarlyStopping.Heuristic)]
    public void Early_stopping_is_true_false_or_never(string value, EarlyStopping expected) =>
        Assert.Equal(expected, Read($$"""{"early_stopping": {{value}}}""").EarlyStopping);

    [Fact]
    public void Without_a_start_the_decoder_begins_with_the_beginning_of_text() =>
        Assert.Equal([4], Read("""{"bos_token_id": 4}""").DecoderStart);

    [Fact]
    public void A_folder_without_a_generation_config_is_read_by_its_config()
    {
        GenerationOptions bart = GenerationOptions.Read(Golden.Require("bart").Folder);
        Assert.Equal([2], bart.EndIds);
        Assert.Equal([2], bart.DecoderStart);
        Assert.Equal([2], bart.ForcedLastIds);
        Assert.Null(bart.MaxLength);
    }

    [Fact]
    public void A_generation_config_counts_before_the_config()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(Path.Combine(folder.Path, "config.json"), """{"eos_token_id": 1}""");
        File.WriteAllText(Path.Combine(folder.Path, "generation_config.json"), """{"eos_token_id": 9}""");
        Assert.Equal([9], GenerationOptions.Read(folder.Path).EndIds);
    }

    [Theory]
    [InlineData("""{"eos_token_id": "x"}""", "'eos_token_id' is \"x\", expected an integer or an array of integers")]
    [InlineData("""{"eos_token_id": [1, -2]}""", "EndIds is -2, expected is ids that are not below 0")]
    [InlineData("""{"early_stopping": "sometimes"}""", "'early_stopping' is \"sometimes\", expected true or false")]
    [InlineData("""{"num_beams": 0}""", "Beams is 0, expected is at least 1")]
    [InlineData("""{"num_beams": 4, "do_sample": true}""", "Sample and Beams = 4 do not go together")]
    [InlineData("""{"temperature": 0, "do_sample": true}""", "Temperature is 0, expected is above 0")]
    [InlineData("""{"top_p": 1.5, "do_sample": true}""", "TopP is 1.5, expected is above 0 and at most 1")]
    [InlineData("""{"top_k": -1, "do_sample": true}""", "TopK is -1")]
    [InlineData("""{"repetition_penalty": 0}""", "RepetitionPenalty is 0")]
    [InlineData("""{"max_length": 0}""", "MaxLength is 0")]
    [InlineData("""{"max_new_tokens": -4}""", "MaxNewTokens is -4")]
    [InlineData("""{"suppress_tokens": [1]}""", "'suppress_tokens' is [1]")]
    [InlineData("""{"stop_strings": ["a"]}""", "'stop_strings'")]
    [InlineData("""{"num_beam_groups": 2}""", "'num_beam_groups' is 2")]
    [InlineData("""{"penalty_alpha": 0.6}""", "'penalty_alpha' is 0.6")]
    [InlineData("""{"guidance_scale": 1.5}""", "'guidance_scale' is 1.5")]
    public void What_makes_no_sense_or_is_not_done_is_refused_by_its_name(string json, string expected)
    {
        string message = Assert.Throws<ConfigException>(() => Read(json)).Message;
        Assert.StartsWith("generation_config.json", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_refuse_what_cannot_be_meant()
    {
        Refuses.With<ArgumentException>("StopSequences[1] is empty", () => new GenerationOptions { StopSequences = [[1], []] }.Check());
        Refuses.With<ArgumentException>("EndIds is null", () => new GenerationOptions { EndIds = null! }.Check());
        Refuses.With<ArgumentException>("LengthPenalty is NaN", () => new GenerationOptions { LengthPenalty = double.NaN }.Check());
        Refuses.With<ArgumentException>("Sample = false", () => new GenerationOptions { Sample = true, Temperature = float.NaN }.Check());
        new GenerationOptions { Temperature = 0, TopP = 0 }.Check(); // of no concern where nothing is drawn
    }

    private static GenerationOptions Read(string json) => GenerationConfig.Read(ModelConfig.Parse(json, "generation_config.json"));
}
