using KernelForge.Runtime;

namespace KernelForge.Models.Generation;

/// <summary>
/// What a model's folder says of generation: <c>generation_config.json</c>, or <c>config.json</c> where there is none. What is asked for
/// there and not done here is refused by name, never left out in silence.
/// </summary>
internal static class GenerationConfig
{
    private const string File = "generation_config.json", Model = "config.json";

    /// <summary>Lists that ask for what is not done here, unless they are empty.</summary>
    private static readonly string[] lists =
    [
        "bad_words_ids", "begin_suppress_tokens", "constraints", "exponential_decay_length_penalty", "force_words_ids",
        "forced_decoder_ids", "sequence_bias", "stop_strings", "suppress_tokens",
    ];

    /// <summary>Values that ask for what is not done here, unless they are the one that asks for nothing.</summary>
    private static readonly (string Key, object? Nothing)[] values =
    [
        ("diversity_penalty", 0), ("dola_layers", null), ("encoder_no_repeat_ngram_size", 0), ("encoder_repetition_penalty", 1),
        ("epsilon_cutoff", 0), ("eta_cutoff", 0), ("guidance_scale", 1), ("max_time", null), ("min_p", 0), ("num_beam_groups", 1),
        ("penalty_alpha", 0), ("renormalize_logits", false), ("typical_p", 1), ("watermarking_config", null),
    ];

    /// <summary>
    /// The options that a model's folder asks for; what it does not name has the value of <see cref="GenerationOptions"/>.
    /// </summary>
    /// <exception cref="ConfigException">
    /// Neither file is there, one cannot be read, or it holds what makes no sense or is not done; the message names file, key and value.
    /// </exception>
    public static GenerationOptions Read(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        string own = Path.Combine(folder, File), path = System.IO.File.Exists(own) ? own : Path.Combine(folder, Model);
        return Read(ModelConfig.OpenFile(path), path);
    }

    /// <summary>As <see cref="Read(string)"/>, of a configuration that is read already.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="file">What messages call it.</param>
    public static GenerationOptions Read(ModelConfig config, string file = File)
    {
        ArgumentNullException.ThrowIfNull(config);
        foreach (string key in lists)
            if (config.Has(key) && config.Int32($"{key}.count") > 0) config.Require(key);
        foreach ((string key, object? nothing) in values) config.Require(key, nothing is null ? [] : [nothing]);
        var options = new GenerationOptions
        {
            MaxNewTokens = config.Int32OrNull("max_new_tokens"),
            MaxLength = config.Int32OrNull("max_length"),
            MinNewTokens = config.Int32(["min_new_tokens"], 0),
            MinLength = config.Int32(["min_length"], 0),
            EndIds = Ids(config, "eos_token_id"),
            DecoderStart = Ids(config, "decoder_start_token_id") is { Length: > 0 } start ? start : Ids(config, "bos_token_id"),
            ForcedFirstId = config.Int32OrNull("forced_bos_token_id"),
            ForcedLastIds = Ids(config, "forced_eos_token_id"),
            RepetitionPenalty = config.Single(["repetition_penalty"], 1),
            NoRepeatNgramSize = config.Int32(["no_repeat_ngram_size"], 0),
            Sample = config.Boolean(["do_sample"], false),
            Temperature = config.Single(["temperature"], 1),
            TopK = config.Int32(["top_k"], new GenerationOptions().TopK),
            TopP = config.Single(["top_p"], 1),
            Beams = config.Int32(["num_beams"], 1),
            LengthPenalty = config.Double(["length_penalty"], 1),
            EarlyStopping = Stopping(config),
        };
        try
        {
            options.Check();
        }
        catch (ArgumentException e)
        {
            throw new ConfigException(file, null, $"asks for what cannot be: {e.Message}", e);
        }
        return options;
    }

    private static int[] Ids(ModelConfig config, string key) => config.Int32ListOrNull(key) ?? [];

    private static EarlyStopping Stopping(ModelConfig config)
    {
        const string key = "early_stopping";
        if (config.Says(key, "never")) return EarlyStopping.Never;
        return config.Boolean([key], false) ? EarlyStopping.AtOnce : EarlyStopping.Heuristic;
    }
}
