using System.Text;

namespace KernelForge.Runtime.Text;

/// <summary>The four steps that text goes through before it is split, each of which a tokenizer may turn off.</summary>
/// <param name="CleanText">Drops control, format and private-use characters; every white space becomes a space.</param>
/// <param name="SeparateIdeographs">Sets spaces around each CJK ideograph, so that it is a word of its own.</param>
/// <param name="StripAccents">Decomposes and drops nonspacing marks.</param>
/// <param name="Lowercase">Character by character, without regard to language or place in the word.</param>
internal sealed record BertNormalizer(bool CleanText, bool SeparateIdeographs, bool StripAccents, bool Lowercase)
{
    private static readonly Rune space = new(' ');

    public string Normalize(ReadOnlySpan<char> text)
    {
        var output = new List<Rune>(text.Length + 8);
        int runStart = 0; // the marks since here may still change places
        foreach (Rune rune in text.EnumerateRunes()) // half a surrogate pair reads as U+FFFD
        {
            Rune c = rune;
            if (CleanText)
            {
                if (IsDropped(c)) continue;
                if (Rune.IsWhiteSpace(c)) c = space;
            }
            bool apart = SeparateIdeographs && IsIdeograph(c.Value);
            if (apart) output.Add(space);
            if (StripAccents) AppendStripped(output, c, ref runStart);
            else AppendCased(output, c);
            if (apart) output.Add(space);
        }
        return ToText(output);
    }

    private static bool IsDropped(Rune c) =>
        c.Value is 0 or 0xFFFD || (c.Value is not ('\t' or '\n' or '\r') && UnicodeTables.IsOther(c));

    // The blocks as the original tokenizer has them: it misses the first part of extension E.
    private static bool IsIdeograph(int c) => c >= 0x3400 &&
        c is <= 0x4DBF or (>= 0x4E00 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x2A6DF)
            or (>= 0x2A700 and <= 0x2B73F) or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF) or (>= 0x2F800 and <= 0x2FA1F);

    private void AppendStripped(List<Rune> output, Rune c, ref int runStart)
    {
        if (c.IsAscii)
        {
            AppendCased(output, c);
            runStart = output.Count;
        }
        else if (UnicodeTables.IsMark(c))
        {
            if (UnicodeTables.IsStarterMark(c)) runStart = output.Count;
        }
        else if (c.Value is >= 0xAC00 and <= 0xD7A3)
        {
            AppendSyllable(output, c.Value - 0xAC00);
            runStart = output.Count;
        }
        else if (UnicodeTables.Decompose(c) is { } parts)
        {
            foreach (Rune part in parts) AppendOrdered(output, part, ref runStart);
        }
        else AppendOrdered(output, c, ref runStart);
    }

    // Unicode 3.12: a Hangul syllable is leading consonant × 588 + vowel × 28 + trailing consonant.
    private static void AppendSyllable(List<Rune> output, int syllable)
    {
        output.Add(new Rune(0x1100 + syllable / 588));
        output.Add(new Rune(0x1161 + syllable % 588 / 28));
        if (syllable % 28 is var trailing and > 0) output.Add(new Rune(0x11A7 + trailing));
    }

    /// <summary>Canonical ordering: a run of combining characters is sorted by class, equal ones keep their order.</summary>
    private void AppendOrdered(List<Rune> output, Rune c, ref int runStart)
    {
        int order = UnicodeTables.Order(c);
        if (order == 0)
        {
            AppendCased(output, c);
            runStart = output.Count;
            return;
        }
        int place = output.Count;
        while (place > runStart && UnicodeTables.Order(output[place - 1]) > order) place--;
        output.Insert(place, c); // no combining character has a case
    }

    private void AppendCased(List<Rune> output, Rune c)
    {
        if (Lowercase && c.Value == 0x130) // the one character whose lower case is two
        {
            output.Add(new Rune('i'));
            output.Add(new Rune(0x307));
        }
        else output.Add(Lowercase ? Rune.ToLowerInvariant(c) : c);
    }

    private static string ToText(List<Rune> runes)
    {
        int length = 0;
        foreach (Rune rune in runes) length += rune.Utf16SequenceLength;
        return string.Create(length, runes, static (span, runes) =>
        {
            foreach (Rune rune in runes) span = span[rune.EncodeToUtf16(span)..];
        });
    }
}
