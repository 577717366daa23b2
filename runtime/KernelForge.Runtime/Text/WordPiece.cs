using System.Text;

namespace KernelForge.Runtime.Text;

/// <summary>Cuts a word into pieces of a vocabulary, the longest first, from left to right (Wu et al. 2016, arXiv:1609.08144).</summary>
internal sealed class WordPiece
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> initial;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> continuing;
    private readonly int longest;
    private readonly int maxWordLength;
    private readonly int unknown;

    /// <param name="vocabulary">Piece to id.</param>
    /// <param name="prefix">What marks a piece that does not begin a word: <c>##</c>.</param>
    /// <param name="maxWordLength">In characters; a longer word is unknown as a whole.</param>
    /// <param name="unknown">The id of an unknown word.</param>
    public WordPiece(IReadOnlyDictionary<string, int> vocabulary, string prefix, int maxWordLength, int unknown)
    {
        var initial = new Dictionary<string, int>(vocabulary.Count, StringComparer.Ordinal);
        var continuing = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach ((string piece, int id) in vocabulary)
        {
            initial[piece] = id;
            if (piece.StartsWith(prefix, StringComparison.Ordinal)) continuing[piece[prefix.Length..]] = id;
            longest = Math.Max(longest, piece.Length);
        }
        this.initial = initial.GetAlternateLookup<ReadOnlySpan<char>>();
        this.continuing = continuing.GetAlternateLookup<ReadOnlySpan<char>>();
        this.maxWordLength = maxWordLength;
        this.unknown = unknown;
    }

    /// <summary>Splits normalised text at white space and around each punctuation character, and appends the ids of every word.</summary>
    public void Append(ReadOnlySpan<char> text, List<int> ids)
    {
        int start = 0, at = 0;
        foreach (Rune c in text.EnumerateRunes())
        {
            int next = at + c.Utf16SequenceLength;
            bool punctuation = IsPunctuation(c);
            if (punctuation || Rune.IsWhiteSpace(c))
            {
                if (at > start) AppendWord(text[start..at], ids);
                if (punctuation) AppendWord(text[at..next], ids);
                start = next;
            }
            at = next;
        }
        if (at > start) AppendWord(text[start..], ids);
    }

    // Every ASCII symbol counts, though Unicode calls some of them symbols ($ + < = > ^ ` | ~).
    private static bool IsPunctuation(Rune c) =>
        c.IsAscii ? c.Value > ' ' && c.Value != 0x7F && !char.IsAsciiLetterOrDigit((char)c.Value) : UnicodeTables.IsPunctuation(c);

    private void AppendWord(ReadOnlySpan<char> word, List<int> ids)
    {
        int before = ids.Count;
        if (CountCharacters(word) <= maxWordLength)
        {
            int start = 0;
            while (start < word.Length && Match(word, start, out int end, out int id))
            {
                ids.Add(id);
                start = end;
            }
            if (start == word.Length) return;
            ids.RemoveRange(before, ids.Count - before);
        }
        ids.Add(unknown);
    }

    private bool Match(ReadOnlySpan<char> word, int start, out int end, out int id)
    {
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> pieces = start == 0 ? initial : continuing;
        for (end = Math.Min(word.Length, start + longest); end > start; end--)
        {
            if (end < word.Length && char.IsLowSurrogate(word[end])) continue;
            if (pieces.TryGetValue(word[start..end], out id)) return true;
        }
        id = -1;
        return false;
    }

    private static int CountCharacters(ReadOnlySpan<char> word)
    {
        int count = word.Length;
        foreach (char c in word)
            if (char.IsLowSurrogate(c)) count--;
        return count;
    }
}
