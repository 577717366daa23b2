using System.Collections.Immutable;
using KernelForge.Compiler.Spec;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace KernelForge.Generator.FrontEnd;

/// <summary>
/// Places of a declaration counted from its own start, and back. Where a class has several parts, each part's places follow those of the
/// part before it, as if the parts were one text.
/// </summary>
internal sealed class SpanMap(ImmutableArray<SyntaxNode> parts)
{
    public ImmutableArray<SyntaxNode> Parts => parts;

    /// <summary>The place of a token or node; unknown where it lies in no part.</summary>
    public SourceSpan Of(SyntaxTree tree, TextSpan span)
    {
        int before = 0;
        foreach (SyntaxNode part in parts)
        {
            if (part.SyntaxTree == tree && part.Span.Contains(span))
                return new SourceSpan(before + span.Start - part.SpanStart, span.Length);
            before += part.Span.Length;
        }
        return default;
    }

    /// <summary>Where a place is in the source, or null where it is unknown.</summary>
    public Location? Locate(SourceSpan span)
    {
        if (!span.IsKnown) return null;
        int start = span.Start;
        foreach (SyntaxNode part in parts)
        {
            if (start < part.Span.Length) return Location.Create(part.SyntaxTree, new TextSpan(part.SpanStart + start, span.Length));
            start -= part.Span.Length;
        }
        return null;
    }
}
