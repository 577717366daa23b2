using System.Runtime.InteropServices;

namespace KernelForge.Runtime.Text;

/// <summary>
/// The tokenizer of BERT and its relatives: the ids of a text as Hugging Face's fast tokenizer gives them, id for id.
/// Safe to use from several threads at once.
/// </summary>
public sealed class WordPieceTokenizer
{
    private readonly WordPieceDefinition definition;
    private readonly WordPiece pieces;
    private readonly AddedTokens raw, normalized;

    internal WordPieceTokenizer(WordPieceDefinition definition)
    {
        this.definition = definition;
        pieces = new WordPiece(definition.Vocabulary, definition.Prefix, definition.MaxWordLength, definition.Unknown);
        raw = new AddedTokens(definition.Added.Where(t => !t.Normalized));
        normalized = new AddedTokens(definition.Added.Where(t => t.Normalized)
            .Select(t => t with { Text = definition.Normalizer.Normalize(t.Text) }));
        VocabularySize = definition.Vocabulary.Values.Concat(definition.Added.Select(t => t.Id)).Max() + 1;
    }

    /// <summary>One more than the largest id there is.</summary>
    public int VocabularySize { get; }

    /// <summary>The most tokens that the model takes, as its tokenizer states; <see cref="int.MaxValue"/> where it states none.</summary>
    public int MaxTokens => definition.MaxTokens;

    /// <summary>How many tokens are set around every text ([CLS] and [SEP]).</summary>
    public int SpecialTokens => definition.Before.Length + definition.After.Length;

    /// <summary>Whether the text is brought to lower case before it is split.</summary>
    public bool Lowercases => definition.Normalizer.Lowercase;

    /// <summary>
    /// Reads <c>tokenizer.json</c>, else <c>vocab.txt</c>, with <c>tokenizer_config.json</c> beside it.
    /// </summary>
    /// <exception cref="NotSupportedException">The tokenizer is of another kind; the message names what is not covered.</exception>
    /// <exception cref="InvalidDataException">A file is damaged or contradicts itself.</exception>
    /// <exception cref="FileNotFoundException">The folder has neither file.</exception>
    public static WordPieceTokenizer Load(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return new WordPieceTokenizer(TokenizerFolder.Read(folder));
    }

    /// <summary>The ids of a text, special tokens included, cut at the end where it has more than <paramref name="maxTokens"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no room for the special tokens.</exception>
    public int[] Encode(string text, int maxTokens = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokens, SpecialTokens);
        List<int> ids = Pieces(text);
        int kept = Math.Min(ids.Count, maxTokens - SpecialTokens);
        return [.. definition.Before, .. CollectionsMarshal.AsSpan(ids)[..kept], .. definition.After];
    }

    /// <summary>
    /// The ids and the types of two texts as one sequence, special tokens included: [CLS] first [SEP] second [SEP], the second of type 1,
    /// or what else the files say. Where there are more than <paramref name="maxTokens"/>, the longer text is cut first.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no room for the special tokens.</exception>
    /// <exception cref="NotSupportedException">The tokenizer's files do not say what a pair becomes.</exception>
    public (int[] Ids, int[] Types) EncodePair(string first, string second, int maxTokens = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (definition.Pair.IsEmpty)
            throw new NotSupportedException("tokenizer.json: post_processor has no 'pair': it takes one text at a time");
        int special = definition.Pair.Count(part => part.Text < 0);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokens, special);
        List<int> a = Pieces(first), b = Pieces(second);
        (int keptFirst, int keptSecond) = LongestFirst.Cut(a.Count, b.Count, maxTokens - special);
        List<int> ids = [], types = [];
        foreach (PairPart part in definition.Pair)
        {
            if (part.Text < 0) ids.Add(part.Id);
            else ids.AddRange(part.Text == 0 ? a[..keptFirst] : b[..keptSecond]);
            while (types.Count < ids.Count) types.Add(part.Type);
        }
        return ([.. ids], [.. types]);
    }

    private List<int> Pieces(string text)
    {
        var ids = new List<int>(text.Length / 3 + 4);
        foreach (AddedTokens.Piece piece in raw.Split(text))
        {
            if (piece.Id >= 0) ids.Add(piece.Id);
            else AppendText(text.AsSpan(piece.Start, piece.Length), ids);
        }
        return ids;
    }

    private void AppendText(ReadOnlySpan<char> text, List<int> ids)
    {
        string clean = definition.Normalizer.Normalize(text);
        foreach (AddedTokens.Piece piece in normalized.Split(clean))
        {
            if (piece.Id >= 0) ids.Add(piece.Id);
            else pieces.Append(clean.AsSpan(piece.Start, piece.Length), ids);
        }
    }
}
