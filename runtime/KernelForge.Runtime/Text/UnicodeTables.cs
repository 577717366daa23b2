using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace KernelForge.Runtime.Text;

/// <summary>
/// What a BERT tokenizer needs to know of Unicode, in the versions its vocabulary was made with. The tables of .NET move with the
/// runtime, and normalisation does nothing under invariant globalization, so both are read from <c>unicode.txt</c> instead.
/// </summary>
internal static class UnicodeTables
{
    [Flags]
    private enum Class : byte { None = 0, Other = 1, Punctuation = 2, Mark = 4, Starter = 8, Ordered = 16, Decomposes = 32 }

    private static readonly Class[] classes = new Class[0x110000];
    private static readonly FrozenDictionary<int, Rune[]> decompositions;
    private static readonly FrozenDictionary<int, byte> orders;

    static UnicodeTables()
    {
        var decomposed = new Dictionary<int, Rune[]>();
        var ordered = new Dictionary<int, byte>();
        using Stream stream = typeof(UnicodeTables).Assembly.GetManifestResourceStream("KernelForge.Runtime.Text.unicode.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            string[] words = line.Split(' ');
            switch (words[0])
            {
                case "#": break;
                case "other": Mark(words.AsSpan(1), Class.Other); break;
                case "punctuation": Mark(words.AsSpan(1), Class.Punctuation); break;
                case "mark": Mark(words.AsSpan(1), Class.Mark); break;
                case "starter": Mark(words.AsSpan(1), Class.Mark | Class.Starter); break;
                case "order":
                    byte order = byte.Parse(words[1], CultureInfo.InvariantCulture);
                    foreach (string word in words.AsSpan(2))
                        for ((int c, int last) = Range(word); c <= last; c++) ordered.Add(c, order);
                    Mark(words.AsSpan(2), Class.Ordered);
                    break;
                case "decomposes":
                    int first = Hex(words[1]);
                    for (int i = 2; i < words.Length; i++)
                    {
                        decomposed.Add(first + i - 2, Array.ConvertAll(words[i].Split('+'), w => new Rune(Hex(w))));
                        classes[first + i - 2] |= Class.Decomposes;
                    }
                    break;
                default: throw new InvalidDataException($"unicode.txt: '{words[0]}' is no section");
            }
        }
        decompositions = decomposed.ToFrozenDictionary();
        orders = ordered.ToFrozenDictionary();
    }

    /// <summary>Control, format or private use.</summary>
    public static bool IsOther(Rune c) => Is(c, Class.Other);

    public static bool IsPunctuation(Rune c) => Is(c, Class.Punctuation);

    /// <summary>A nonspacing mark: what stripping accents removes.</summary>
    public static bool IsMark(Rune c) => Is(c, Class.Mark);

    /// <summary>A nonspacing mark that no other mark may be moved across.</summary>
    public static bool IsStarterMark(Rune c) => Is(c, Class.Starter);

    /// <summary>The combining class of a character that is not a nonspacing mark; 0 for nearly all.</summary>
    public static int Order(Rune c) => Is(c, Class.Ordered) ? orders[c.Value] : 0;

    /// <summary>What is left of a character after canonical decomposition, without its marks; null where it stays as it is.</summary>
    public static Rune[]? Decompose(Rune c) => Is(c, Class.Decomposes) ? decompositions[c.Value] : null;

    private static bool Is(Rune c, Class value) => (classes[c.Value] & value) != 0;

    private static void Mark(ReadOnlySpan<string> ranges, Class value)
    {
        foreach (string range in ranges)
        {
            (int first, int last) = Range(range);
            foreach (ref Class known in classes.AsSpan(first, last - first + 1)) known |= value;
        }
    }

    private static (int First, int Last) Range(string text)
    {
        int dots = text.IndexOf("..", StringComparison.Ordinal);
        return dots < 0 ? (Hex(text), Hex(text)) : (Hex(text[..dots]), Hex(text[(dots + 2)..]));
    }

    private static int Hex(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
