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
        int room = maxTokens - SpecialTokens;
        PooledList<int> ids = Pieces(text, room);
        ReadOnlySpan<int> kept = ids.Span[..Math.Min(ids.Count, room)];
        int[] framed = [.. definition.Before, .. kept, .. definition.After];
        ids.Return();
        return framed;
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
        PooledList<int> a = Pieces(first, int.MaxValue), b = Pieces(second, int.MaxValue);
        (int keptFirst, int keptSecond) = LongestFirst.Cut(a.Count, b.Count, maxTokens - special);
        int count = definition.Pair.Sum(part => part.Text < 0 ? 1 : part.Text == 0 ? keptFirst : keptSecond);
        int[] ids = new int[count], types = new int[count];
        int at = 0;
        foreach (PairPart part in definition.Pair)
        {
            ReadOnlySpan<int> some = part.Text < 0 ? [part.Id] : part.Text == 0 ? a.Span[..keptFirst] : b.Span[..keptSecond];
            some.CopyTo(ids.AsSpan(at));
            types.AsSpan(at, some.Length).Fill(part.Type);
            at += some.Length;
        }
        a.Return();
        b.Return();
        return (ids, types);
    }

    /// <summary>The ids of a text, at least the first <paramref name="most"/> of them.</summary>
    private PooledList<int> Pieces(string text, int most)
    {
        var ids = new PooledList<int>(Math.Min(most, text.Length / 3) + 4);
        var clean = new PooledList<char>(text.Length + WordPiece.Padding);
        foreach (AddedTokens.Piece piece in raw.Split(text))
        {
            if (ids.Count >= most) break;
            if (piece.Id >= 0) ids.Add(piece.Id);
            else AppendText(text.AsSpan(piece.Start..piece.End), ref clean, most, ref ids);
        }
        clean.Return();
        return ids;
    }

    private void AppendText(ReadOnlySpan<char> text, ref PooledList<char> clean, int most, ref PooledList<int> ids)
    {
        clean.Truncate(0);
        definition.Normalizer.Normalize(text, ref clean);
        ReadOnlySpan<char> padded = clean.Padded(WordPiece.Padding);
        foreach (AddedTokens.Piece piece in normalized.Split(clean.Span))
        {
            if (piece.Id >= 0) ids.Add(piece.Id);
            else pieces.Append(padded, piece.Start, piece.End, most, ref ids);
        }
    }
}
