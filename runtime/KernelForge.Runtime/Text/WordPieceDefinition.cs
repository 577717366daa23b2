using System.Collections.Immutable;

namespace KernelForge.Runtime.Text;

/// <summary>All that a WordPiece tokenizer's files say.</summary>
/// <param name="Vocabulary">Piece to id.</param>
/// <param name="Normalizer">What is done to text first.</param>
/// <param name="Added">Tokens looked for in the text itself.</param>
/// <param name="Unknown">The id of a word that has no pieces.</param>
/// <param name="Prefix">What marks a piece inside a word.</param>
/// <param name="MaxWordLength">In characters; a longer word is unknown.</param>
/// <param name="Before">Ids set before every text.</param>
/// <param name="After">Ids set after every text.</param>
internal sealed record WordPieceDefinition(
    IReadOnlyDictionary<string, int> Vocabulary, BertNormalizer Normalizer, ImmutableArray<AddedToken> Added,
    int Unknown, string Prefix, int MaxWordLength, ImmutableArray<int> Before, ImmutableArray<int> After)
{
    public int MaxTokens { get; init; } = int.MaxValue;

    /// <summary>What a pair of texts becomes; empty where the files do not say.</summary>
    public ImmutableArray<PairPart> Pair { get; init; } = [];
}
