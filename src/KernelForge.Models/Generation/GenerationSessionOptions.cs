namespace KernelForge.Models.Generation;

/// <summary>What a <see cref="GenerationSession"/> may use, and how it divides its turns.</summary>
public sealed record GenerationSessionOptions
{
    /// <summary>Bytes of keys, values and states that all sequences together may have at a time.</summary>
    public required long Budget { get; init; }

    /// <summary>
    /// The most tokens of prompts, or rows of sources, in one turn: a longer prompt is run in parts, so that the sequences which run
    /// already wait no longer than that for their next token. A source is run whole, alone where it is longer.
    /// </summary>
    public int ChunkTokens { get; init; } = 512;

    /// <summary>The most sequences that run at a time, a beam counting as one; others wait.</summary>
    public int MaxSequences { get; init; } = 256;

    /// <summary>The most tokens that the model takes in a sequence of its decoder, such as <c>max_position_embeddings</c>.</summary>
    public int MaxLength { get; init; } = int.MaxValue;

    /// <summary>What becomes of a sequence that the cache has no room for.</summary>
    public WhenFull WhenFull { get; init; }

    /// <summary>The options of sequences that join without their own.</summary>
    public GenerationOptions Defaults { get; init; } = new();

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Budget, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(ChunkTokens, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxSequences, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxLength, 2);
        if (!Enum.IsDefined(WhenFull)) throw new ArgumentException($"{nameof(WhenFull)} is {WhenFull}, which it has no member for");
        ArgumentNullException.ThrowIfNull(Defaults);
    }
}
