using System.Numerics;
using System.Text;

namespace KernelForge.Runtime.Text;

/// <summary>Cuts a word into pieces of a vocabulary, the longest first, from left to right (Wu et al. 2016, arXiv:1609.08144).</summary>
internal sealed class WordPiece
{
    /// <summary>Characters behind a text that are read, and do not matter.</summary>
    public const int Padding = Latin1.Block;

    // What a character is that is no punctuation: of one that is, the id is told.
    private const int WhiteSpace = -1, PartOfWord = -2;

    private readonly PieceTrie pieces;
    private readonly int continuing; // what the prefix leads to: pieces that do not begin a word
    private readonly WordTable words;
    private readonly int[] ascii = new int[128]; // what each of them is
    private readonly int maxWordLength;
    private readonly int unknown;

    /// <param name="vocabulary">Piece to id.</param>
    /// <param name="prefix">What marks a piece that does not begin a word: <c>##</c>.</param>
    /// <param name="maxWordLength">In characters; a longer word is unknown as a whole.</param>
    /// <param name="unknown">The id of an unknown word.</param>
    public WordPiece(IReadOnlyDictionary<string, int> vocabulary, string prefix, int maxWordLength, int unknown)
    {
        this.maxWordLength = maxWordLength;
        this.unknown = unknown;
        pieces = new PieceTrie(vocabulary);
        continuing = pieces.Walk(prefix);
        words = new WordTable(vocabulary.Where(piece => piece.Key.Length <= maxWordLength));
        for (char c = '\0'; c < ascii.Length; c++)
        {
            ascii[c] = char.IsWhiteSpace(c) ? WhiteSpace : !IsPunctuation(c) ? PartOfWord
                : maxWordLength > 0 && vocabulary.TryGetValue(c.ToString(), out int id) ? id : unknown;
        }
    }

    /// <summary>Splits normalised text at white space and around each punctuation character, and appends the ids of every word.</summary>
    /// <param name="padded">At least <see cref="Padding"/> characters more than to <paramref name="end"/>.</param>
    /// <param name="start">Where the text begins.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="most">No word is looked at when there are so many ids.</param>
    /// <param name="ids">What is appended to.</param>
    public void Append(ReadOnlySpan<char> padded, int start, int end, int most, ref PooledList<int> ids)
    {
        for (int block = start; block < end && ids.Count < most; block += Latin1.Block)
        {
            uint others = Latin1.FindOthers(padded[block..]);
            if (end - block < Latin1.Block) others &= (1u << (end - block)) - 1;
            for (; others != 0; others &= others - 1)
            {
                int at = block + BitOperations.TrailingZeroCount(others), next = at + 1;
                char c = padded[at];
                int kind = c < ascii.Length ? ascii[c] : Classify(padded[at..end], ref next);
                if (kind == PartOfWord) continue;
                if (at > start) AppendWord(padded[start..], at - start, ref ids);
                if (kind >= 0) ids.Add(kind);
                start = next;
            }
        }
        if (end > start && ids.Count < most) AppendWord(padded[start..], end - start, ref ids);
    }

    /// <summary>What a character beyond ASCII is; its id where it is punctuation.</summary>
    private int Classify(ReadOnlySpan<char> text, ref int next)
    {
        if (char.IsLowSurrogate(text[0])) return PartOfWord; // its pair has been looked at
        Rune.DecodeFromUtf16(text, out Rune c, out int length);
        if (Rune.IsWhiteSpace(c)) return WhiteSpace;
        if (!UnicodeTables.IsPunctuation(c)) return PartOfWord;
        next += length - 1;
        return maxWordLength > 0 && pieces.Match(PieceTrie.Root, text[..length], out int id) == length ? id : unknown;
    }

    // Every ASCII symbol counts, though Unicode calls some of them symbols ($ + < = > ^ ` | ~).
    private static bool IsPunctuation(char c) => c > ' ' && c != 0x7F && !char.IsAsciiLetterOrDigit(c);

    private void AppendWord(ReadOnlySpan<char> padded, int length, ref PooledList<int> ids)
    {
        if (words.TryGet(padded, length, out int id)) ids.Add(id);
        else AppendPieces(padded[..length], ref ids);
    }

    private void AppendPieces(ReadOnlySpan<char> word, ref PooledList<int> ids)
    {
        int before = ids.Count;
        if (IsWithinLimit(word))
        {
            for (int from = PieceTrie.Root; pieces.Match(from, word, out int id) is var length and > 0; from = continuing)
            {
                ids.Add(id);
                word = word[length..];
                if (word.IsEmpty) return;
            }
            ids.Truncate(before);
        }
        ids.Add(unknown);
    }

    private bool IsWithinLimit(ReadOnlySpan<char> word)
    {
        int count = word.Length;
        if (count <= maxWordLength) return true;
        foreach (char c in word)
            if (char.IsLowSurrogate(c)) count--;
        return count <= maxWordLength;
    }
}
