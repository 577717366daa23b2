using System.Text;

namespace KernelForge.Compiler.Spec;

/// <summary>Walks the parentheses, atoms and quoted texts of a specification, left to right.</summary>
internal sealed class SpecScanner(string text)
{
    private int position;

    public bool IsText => Peek() == '"';

    public bool IsList => Peek() == '(';

    public bool IsClose => Peek() == ')';

    public bool IsAtom(string atom) => Peek() != '\0' && string.CompareOrdinal(text, position, atom, 0, atom.Length) == 0
        && (position + atom.Length == text.Length || EndsAtom(text[position + atom.Length]));

    public bool IsListOf(string head) =>
        IsList && string.CompareOrdinal(text, position + 1, head, 0, head.Length) == 0 && EndsAtom(text[position + 1 + head.Length]);

    /// <summary>Enters a list and returns the atom right after its parenthesis, empty where there is none.</summary>
    public string Open()
    {
        Expect('(');
        return ScanAtom();
    }

    public void Open(string head)
    {
        if (head.Length == 0) Expect('(');
        else if (Open() is var found && found != head) throw Wrong($"({head}");
    }

    public void Close() => Expect(')');

    public void End()
    {
        if (Peek() != '\0') throw Wrong("the end");
    }

    public string Atom()
    {
        Peek();
        string atom = ScanAtom();
        return atom.Length > 0 ? atom : throw Wrong("a name or number");
    }

    public string Text()
    {
        Expect('"');
        var value = new StringBuilder();
        while (position < text.Length && text[position] != '"')
        {
            char c = text[position++];
            if (c != '\\')
            {
                value.Append(c);
                continue;
            }
            if (position == text.Length) break;
            value.Append(text[position++] switch { 'n' => '\n', 'r' => '\r', 't' => '\t', char other => other });
        }
        Expect('"');
        return value.ToString();
    }

    private string ScanAtom()
    {
        int start = position;
        while (position < text.Length && !EndsAtom(text[position])) position++;
        return text.Substring(start, position - start);
    }

    private char Peek()
    {
        while (position < text.Length && text[position] is ' ' or '\n' or '\r') position++;
        return position < text.Length ? text[position] : '\0';
    }

    private void Expect(char c)
    {
        if (Peek() != c) throw Wrong($"'{c}'");
        position++;
    }

    private static bool EndsAtom(char c) => c is ' ' or '\n' or '\r' or '(' or ')' or '"';

    private FormatException Wrong(string expected)
    {
        string found = position < text.Length ? $"'{text.Substring(position, Math.Min(20, text.Length - position))}'" : "its end";
        return new FormatException($"the specification has {found} at character {position} where {expected} is expected");
    }
}
