using System.Text;
using KernelForge.Runtime.Text;

namespace KernelForge.Runtime.Tests.Text;

/// <summary>WordPiece as it is defined, a character at a time and a text for every step: what the tokenizer is compared with.</summary>
internal sealed class PlainWordPiece(WordPieceDefinition definition)
{
    private readonly BertNormalizer normalizer = definition.Normalizer;
    private readonly AddedToken[] raw = [.. definition.Added.Where(t => !t.Normalized)];

    public List<int> Encode(string text)
    {
        AddedToken[] normalized = [.. definition.Added.Where(t => t.Normalized).Select(t => t with { Text = Normalize(t.Text) })];
        var ids = new List<int>();
        foreach ((string piece, int id) in Split(text, raw))
        {
            if (id >= 0) ids.Add(id);
            else
            {
                foreach ((string clean, int known) in Split(Normalize(piece), normalized))
                    ids.AddRange(known >= 0 ? [known] : Words(clean).SelectMany(Pieces));
            }
        }
        return ids;
    }

    private static IEnumerable<(string Text, int Id)> Split(string text, AddedToken[] tokens)
    {
        int done = 0;
        for (int at = 0; at < text.Length; at++)
        {
            if (tokens.Where(t => t.Text.Length > 0 && text.AsSpan(at).StartsWith(t.Text, StringComparison.Ordinal))
                .MaxBy(t => t.Text.Length) is not { } token) continue;
            int start = at, end = at + token.Text.Length;
            while (token.TakesLeft && start > done && char.IsWhiteSpace(text[start - 1])) start--;
            while (token.TakesRight && end < text.Length && char.IsWhiteSpace(text[end])) end++;
            if (start > done) yield return (text[done..start], -1);
            yield return ("", token.Id);
            done = end;
            at = end - 1;
        }
        if (done < text.Length) yield return (text[done..], -1);
    }

    private string Normalize(string text)
    {
        IEnumerable<Rune> runes = text.EnumerateRunes();
        if (normalizer.CleanText)
        {
            runes = runes.Where(c => c.Value is '\t' or '\n' or '\r' || (c.Value is not (0 or 0xFFFD) && !UnicodeTables.IsOther(c)))
                .Select(c => Rune.IsWhiteSpace(c) ? new Rune(' ') : c);
        }
        if (normalizer.SeparateIdeographs)
            runes = runes.SelectMany(c => IsIdeograph(c.Value) ? (Rune[])[new(' '), c, new(' ')] : [c]);
        if (normalizer.StripAccents) runes = Ordered([.. runes.SelectMany(Decompose)]).Where(c => !UnicodeTables.IsMark(c));
        if (normalizer.Lowercase)
            runes = runes.SelectMany(c => c.Value == 0x130 ? (Rune[])[new('i'), new(0x307)] : [Rune.ToLowerInvariant(c)]);
        return string.Concat(runes);
    }

    private static bool IsIdeograph(int c) =>
        ((int First, int Last)[])[(0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F),
            (0x2B740, 0x2B81F), (0x2B920, 0x2CEAF), (0x2F800, 0x2FA1F)] is var blocks && blocks.Any(b => c >= b.First && c <= b.Last);

    private static Rune[] Decompose(Rune c)
    {
        if (c.Value is < 0xAC00 or > 0xD7A3) return UnicodeTables.Decompose(c) ?? [c];
        int syllable = c.Value - 0xAC00;
        Rune[] open = [new(0x1100 + (syllable / 588)), new(0x1161 + (syllable % 588 / 28))];
        return syllable % 28 == 0 ? open : [.. open, new(0x11A7 + (syllable % 28))];
    }

    /// <summary>Canonical order, but that of marks which are dropped: they count only for where a run ends.</summary>
    private static List<Rune> Ordered(List<Rune> runes)
    {
        for (int first = 0; first < runes.Count; first++)
        {
            int last = first;
            while (last < runes.Count && IsCombining(runes[last])) last++;
            if (last == first) continue;
            List<Rune> sorted = [.. runes[first..last].OrderBy(UnicodeTables.Order)];
            for (int i = first; i < last; i++) runes[i] = sorted[i - first];
            first = last;
        }
        return runes;
    }

    private static bool IsCombining(Rune c) => UnicodeTables.Order(c) > 0 || (UnicodeTables.IsMark(c) && !UnicodeTables.IsStarterMark(c));

    private static IEnumerable<string> Words(string text)
    {
        string word = "";
        foreach (Rune c in text.EnumerateRunes())
        {
            bool apart = c.IsAscii ? c.Value is > ' ' and < 0x7F && !Rune.IsLetterOrDigit(c) : UnicodeTables.IsPunctuation(c);
            if (!apart && !Rune.IsWhiteSpace(c))
            {
                word += c;
                continue;
            }
            if (word.Length > 0) yield return word;
            if (apart) yield return c.ToString();
            word = "";
        }
        if (word.Length > 0) yield return word;
    }

    private List<int> Pieces(string word)
    {
        var ids = new List<int>();
        if (word.EnumerateRunes().Count() > definition.MaxWordLength) return [definition.Unknown];
        for (int start = 0; start < word.Length;)
        {
            int end = word.Length, id = -1;
            // Not within a surrogate pair.
            while (end > start && ((end < word.Length && char.IsLowSurrogate(word[end]))
                || !definition.Vocabulary.TryGetValue((start == 0 ? "" : definition.Prefix) + word[start..end], out id))) end--;
            if (end == start) return [definition.Unknown];
            ids.Add(id);
            start = end;
        }
        return ids;
    }
}
