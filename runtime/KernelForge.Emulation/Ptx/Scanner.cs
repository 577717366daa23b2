namespace KernelForge.Emulation.Ptx;

internal enum TokenKind { Word, Number, Text, Punctuation, End }

internal readonly record struct Token(TokenKind Kind, string Text, int Line)
{
    public bool Is(char punctuation) => Kind == TokenKind.Punctuation && Text[0] == punctuation;
}

/// <summary>Splits PTX into words (with their dots, as in <c>ld.global.f32</c> and <c>%tid.x</c>), numbers, quoted text and punctuation.</summary>
internal sealed class Scanner(string source)
{
    private int position;
    private int line = 1;

    public List<Token> ReadAll()
    {
        var tokens = new List<Token>(source.Length / 4);
        do tokens.Add(Next());
        while (tokens[^1].Kind != TokenKind.End);
        return tokens;
    }

    private Token Next()
    {
        SkipBlanks();
        if (position >= source.Length) return new Token(TokenKind.End, "", line);
        int start = position;
        char first = source[position];
        if (char.IsAsciiDigit(first)) return Number(start);
        if (StartsWord(first)) return Word(start);
        if (first == '"') return Quoted(start);
        position++;
        return new Token(TokenKind.Punctuation, source[start..position], line);
    }

    private Token Word(int start)
    {
        position++;
        while (position < source.Length)
        {
            char c = source[position];
            bool scope = c == ':' && position + 2 < source.Length && source[position + 1] == ':'
                && (StartsWord(source[position + 2]) || char.IsAsciiDigit(source[position + 2]));
            if (scope) position += 2;
            else if (StartsWord(c) || char.IsAsciiDigit(c)) position++;
            else break;
        }
        return new Token(TokenKind.Word, source[start..position], line);
    }

    private Token Number(int start)
    {
        while (position < source.Length && (char.IsAsciiLetterOrDigit(source[position]) || source[position] == '.'
            || (source[position] is '+' or '-' && IsExponent(start)))) position++;
        return new Token(TokenKind.Number, source[start..position], line);
    }

    private bool IsExponent(int start) =>
        source[position - 1] is 'e' or 'E' && source.AsSpan(start, position - start).Contains('.');

    private Token Quoted(int start)
    {
        int end = source.IndexOf('"', start + 1);
        if (end < 0) throw new PtxException(line, "a quoted text does not end");
        position = end + 1;
        return new Token(TokenKind.Text, source[(start + 1)..end], line);
    }

    private void SkipBlanks()
    {
        while (position < source.Length)
        {
            char c = source[position];
            if (c == '\n') line++;
            else if (c == '\0') { position = source.Length; return; }
            else if (c == '/' && Peek() == '/')
            {
                while (position < source.Length && source[position] != '\n') position++;
                continue;
            }
            else if (c == '/' && Peek() == '*')
            {
                int end = source.IndexOf("*/", position + 2, StringComparison.Ordinal);
                if (end < 0) throw new PtxException(line, "a comment does not end");
                line += source.AsSpan(position, end - position).Count('\n');
                position = end + 2;
                continue;
            }
            else if (!char.IsWhiteSpace(c)) return;
            position++;
        }
    }

    private char Peek() => position + 1 < source.Length ? source[position + 1] : '\0';

    private static bool StartsWord(char c) => char.IsAsciiLetter(c) || c is '_' or '$' or '%' or '.';
}
