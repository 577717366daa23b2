using System.Text;

namespace KernelForge.Compiler.Text;

/// <summary>Text in lines with braces: indents by four spaces and ends lines with <c>\n</c> on every machine.</summary>
public sealed class CodeWriter
{
    private readonly StringBuilder text = new();
    private int depth;

    public override string ToString() => text.ToString();

    /// <summary>Writes lines at the present depth; text of several lines is indented as a whole.</summary>
    public CodeWriter Line(string lines = "")
    {
        foreach (string line in lines.Split('\n'))
        {
            if (line.Length > 0) text.Append(' ', 4 * depth).Append(line);
            text.Append('\n');
        }
        return this;
    }

    /// <summary>Writes the head and an opening brace, and goes one deeper.</summary>
    public CodeWriter Open(string head)
    {
        Line(head);
        return Open();
    }

    /// <summary>Writes an opening brace alone, and goes one deeper.</summary>
    public CodeWriter Open()
    {
        Line("{");
        depth++;
        return this;
    }

    /// <summary>Closes the brace; <paramref name="after"/> follows it: <c>;</c> or <c>);</c>.</summary>
    public CodeWriter Close(string after = "")
    {
        depth--;
        return Line("}" + after);
    }
}
