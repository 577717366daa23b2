using System.Buffers;
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
    // From the space to the tilde.
    private static readonly SearchValues<char> printables = SearchValues.Create([.. Enumerable.Range(' ', 95).Select(c => (char)c)]);

    public string Normalize(string text)
    {
        var output = new PooledList<char>(text.Length);
        Normalize(text, ref output);
        string normalized = output.Span.ToString();
        output.Return();
        return normalized;
    }

    /// <summary>Appends what the text becomes.</summary>
    public void Normalize(ReadOnlySpan<char> text, ref PooledList<char> output)
    {
        int runStart = output.Count; // no character is moved to before here
        while (!text.IsEmpty)
        {
            int count = text.IndexOfAnyExcept(printables);
            if (count < 0) count = text.Length;
            if (count > 0)
            {
                AppendPrintable(text[..count], output.Append(count));
                text = text[count..];
                continue;
            }
            Rune.DecodeFromUtf16(text, out Rune c, out int length); // half a surrogate pair reads as U+FFFD
            text = text[length..];
            AppendOther(ref output, c, ref runStart);
        }
    }

    private void AppendPrintable(ReadOnlySpan<char> ascii, Span<char> output)
    {
        if (Lowercase) Ascii.ToLower(ascii, output, out _);
        else ascii.CopyTo(output);
    }

    private void AppendOther(ref PooledList<char> output, Rune c, ref int runStart)
    {
        if (CleanText)
        {
            if (IsDropped(c)) return;
            if (Rune.IsWhiteSpace(c)) c = space;
        }
        bool apart = SeparateIdeographs && IsIdeograph(c.Value);
        if (apart) output.Add(' ');
        if (StripAccents) AppendStripped(ref output, c, ref runStart);
        else AppendCased(ref output, c);
        if (apart) output.Add(' ');
    }

    private static bool IsDropped(Rune c) =>
        c.Value is 0 or 0xFFFD || (c.Value is not ('\t' or '\n' or '\r') && UnicodeTables.IsOther(c));

    // The blocks as the original tokenizer has them: it misses the first part of extension E.
    private static bool IsIdeograph(int c) => c >= 0x3400 &&
        c is <= 0x4DBF or (>= 0x4E00 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x2A6DF)
            or (>= 0x2A700 and <= 0x2B73F) or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF) or (>= 0x2F800 and <= 0x2FA1F);

    private void AppendStripped(ref PooledList<char> output, Rune c, ref int runStart)
    {
        if (UnicodeTables.IsMark(c))
        {
            if (UnicodeTables.IsStarterMark(c)) runStart = output.Count; // though dropped, it keeps apart what is around it
        }
        else if (c.Value is >= 0xAC00 and <= 0xD7A3) AppendSyllable(ref output, c.Value - 0xAC00);
        else if (UnicodeTables.Decompose(c) is { } parts)
        {
            foreach (Rune part in parts) AppendOrdered(ref output, part, runStart);
        }
        else AppendOrdered(ref output, c, runStart);
    }

    // Unicode 3.12: a Hangul syllable is leading consonant × 588 + vowel × 28 + trailing consonant.
    private static void AppendSyllable(ref PooledList<char> output, int syllable)
    {
        output.Add((char)(0x1100 + syllable / 588));
        output.Add((char)(0x1161 + syllable % 588 / 28));
        if (syllable % 28 is var trailing and > 0) output.Add((char)(0x11A7 + trailing));
    }

    /// <summary>Canonical ordering: a run of combining characters is sorted by class, equal ones keep their order.</summary>
    private void AppendOrdered(ref PooledList<char> output, Rune c, int runStart)
    {
        int order = UnicodeTables.Order(c);
        if (order == 0)
        {
            AppendCased(ref output, c);
            return;
        }
        ReadOnlySpan<char> run = output.Span[runStart..];
        while (Rune.DecodeLastFromUtf16(run, out Rune last, out int length) == OperationStatus.Done && UnicodeTables.Order(last) > order)
            run = run[..^length];
        Span<char> units = stackalloc char[2];
        output.Insert(runStart + run.Length, units[..c.EncodeToUtf16(units)]); // no combining character has a case
    }

    private void AppendCased(ref PooledList<char> output, Rune c)
    {
        if (Lowercase && c.Value == 0x130) // the one character whose lower case is two
        {
            output.Add('i');
            output.Add('\u0307');
            return;
        }
        if (Lowercase) c = Rune.ToLowerInvariant(c);
        c.EncodeToUtf16(output.Append(c.Utf16SequenceLength));
    }
}
