namespace KernelForge.Models.Generation;

/// <summary>
/// How a sequence is continued, and when it ends. Names and meanings are those of Hugging Face's <c>generate</c>.
/// </summary>
public sealed record GenerationOptions
{
    /// <summary>The most tokens that are generated (<c>max_new_tokens</c>); counts before <see cref="MaxLength"/>.</summary>
    public int? MaxNewTokens { get; init; }

    /// <summary>
    /// The most tokens of prompt (for an encoder-decoder: <see cref="DecoderStart"/>) and generated ones together (<c>max_length</c>).
    /// </summary>
    public int? MaxLength { get; init; }

    /// <summary>No end of text as long as there are fewer tokens generated (<c>min_new_tokens</c>).</summary>
    public int MinNewTokens { get; init; }

    /// <summary>No end of text as long as prompt and generated tokens together are fewer (<c>min_length</c>).</summary>
    public int MinLength { get; init; }

    /// <summary>A sequence ends with the first of these; it is its last token (<c>eos_token_id</c>).</summary>
    public IReadOnlyList<int> EndIds { get; init; } = [];

    /// <summary>A sequence ends as soon as its generated tokens end with one of these.</summary>
    public IReadOnlyList<IReadOnlyList<int>> StopSequences { get; init; } = [];

    /// <summary>What the decoder of an encoder-decoder begins with (<c>decoder_start_token_id</c>, <c>decoder_input_ids</c>).</summary>
    public IReadOnlyList<int> DecoderStart { get; init; } = [];

    /// <summary>The token behind a start or prompt of one token (<c>forced_bos_token_id</c>).</summary>
    public int? ForcedFirstId { get; init; }

    /// <summary>The only tokens that may be last where a sequence reaches its greatest length (<c>forced_eos_token_id</c>).</summary>
    public IReadOnlyList<int> ForcedLastIds { get; init; } = [];

    /// <summary>
    /// The logits of tokens that the sequence has already (of an encoder-decoder: its decoder) are divided by this where they are positive
    /// and multiplied by it where they are negative (<c>repetition_penalty</c>, arXiv 1909.05858).
    /// </summary>
    public float RepetitionPenalty { get; init; } = 1;

    /// <summary>As many tokens in a row never occur twice (<c>no_repeat_ngram_size</c>); 0 for no such rule.</summary>
    public int NoRepeatNgramSize { get; init; }

    /// <summary>Whether tokens are drawn by their probabilities; else the most probable one is taken (<c>do_sample</c>).</summary>
    public bool Sample { get; init; }

    /// <summary>What logits are divided by before one is drawn (<c>temperature</c>).</summary>
    public float Temperature { get; init; } = 1;

    /// <summary>Only the most probable ones are drawn, and those equal to the last of them (<c>top_k</c>); 0 for all.</summary>
    public int TopK { get; init; } = 50;

    /// <summary>
    /// Only the fewest most probable ones that have this probability together are drawn (<c>top_p</c>, arXiv 1904.09751); it counts behind
    /// <see cref="TopK"/>, among those that are left. 1 for all.
    /// </summary>
    public float TopP { get; init; } = 1;

    /// <summary>
    /// Where draws come from. The same seed, model, device and ids give the same tokens, whatever runs beside them: sequences with the same
    /// prompt need seeds of their own to differ.
    /// </summary>
    public ulong Seed { get; init; }

    /// <summary>Beams of a beam search (<c>num_beams</c>); 1 for none. Its tokens come when the search is finished.</summary>
    public int Beams { get; init; } = 1;

    /// <summary>A hypothesis of n generated tokens scores its log-probability / n^this (<c>length_penalty</c>).</summary>
    public double LengthPenalty { get; init; } = 1;

    /// <summary>When a beam search ends (<c>early_stopping</c>).</summary>
    public EarlyStopping EarlyStopping { get; init; }

    /// <summary>
    /// What a model's folder asks for: <c>generation_config.json</c>, or <c>config.json</c> where there is none. What it does not name has
    /// the value that it has here; there is no greatest length of 20 tokens by itself.
    /// </summary>
    /// <exception cref="Runtime.ConfigException">
    /// Neither file is there, one cannot be read, or it asks for what makes no sense or is not done here; the message names file, key and
    /// value.
    /// </exception>
    public static GenerationOptions Read(string folder) => GenerationConfig.Read(folder);

    /// <summary>Refuses what cannot be meant.</summary>
    /// <exception cref="ArgumentException">The message says which property, and what it may be.</exception>
    internal void Check()
    {
        if (MaxNewTokens is <= 0) throw Wrong(nameof(MaxNewTokens), MaxNewTokens, "at least 1");
        if (MaxLength is <= 0) throw Wrong(nameof(MaxLength), MaxLength, "at least 1");
        if (MinNewTokens < 0) throw Wrong(nameof(MinNewTokens), MinNewTokens, "not below 0");
        if (MinLength < 0) throw Wrong(nameof(MinLength), MinLength, "not below 0");
        if (NoRepeatNgramSize < 0) throw Wrong(nameof(NoRepeatNgramSize), NoRepeatNgramSize, "not below 0");
        if (Sample && TopK < 0) throw Wrong(nameof(TopK), TopK, "not below 0 (0 for all)");
        if (Sample && !(TopP is > 0 and <= 1)) throw Wrong(nameof(TopP), TopP, "above 0 and at most 1");
        if (Sample && !(Temperature > 0 && float.IsFinite(Temperature)))
            throw Wrong(nameof(Temperature), Temperature, $"above 0 ({nameof(Sample)} = false takes the most probable token)");
        if (!(RepetitionPenalty > 0 && float.IsFinite(RepetitionPenalty)))
            throw Wrong(nameof(RepetitionPenalty), RepetitionPenalty, "above 0");
        if (Beams < 1) throw Wrong(nameof(Beams), Beams, "at least 1");
        if (!double.IsFinite(LengthPenalty)) throw Wrong(nameof(LengthPenalty), LengthPenalty, "a finite number");
        if (!Enum.IsDefined(EarlyStopping)) throw Wrong(nameof(EarlyStopping), EarlyStopping, "a member of its enumeration");
        if (Sample && Beams > 1)
            throw new ArgumentException($"{nameof(Sample)} and {nameof(Beams)} = {Beams} do not go together: beams are never drawn");
        CheckIds(nameof(EndIds), EndIds);
        CheckIds(nameof(DecoderStart), DecoderStart);
        CheckIds(nameof(ForcedLastIds), ForcedLastIds);
        if (ForcedFirstId is { } first) CheckIds(nameof(ForcedFirstId), [first]);
        ArgumentNullException.ThrowIfNull(StopSequences);
        for (int s = 0; s < StopSequences.Count; s++)
        {
            CheckIds($"{nameof(StopSequences)}[{s}]", StopSequences[s]);
            if (StopSequences[s].Count == 0) throw new ArgumentException($"{nameof(StopSequences)}[{s}] is empty: every text ends with it");
        }
    }

    private static void CheckIds(string name, IReadOnlyList<int>? ids)
    {
        if (ids is null) throw new ArgumentException($"{name} is null; for none it is empty");
        foreach (int id in ids)
            if (id < 0) throw Wrong(name, id, "ids that are not below 0");
    }

    private static ArgumentException Wrong(string name, object? value, string expected) =>
        new(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{name} is {value}, expected is {expected}"));
}
