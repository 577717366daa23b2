using Microsoft.CodeAnalysis;

namespace KernelForge.Generator.FrontEnd;

/// <summary>A piece of source as a message quotes it: one line, not too long.</summary>
internal static class Excerpt
{
    private const int Longest = 60;

    public static string Of(SyntaxNode node)
    {
        string text = string.Join(" ", node.ToString().Split((char[])[' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries));
        return text.Length <= Longest ? text : text.Substring(0, Longest - 1) + "…";
    }
}
