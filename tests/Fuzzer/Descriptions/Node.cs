using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace KernelForge.Fuzzer.Descriptions;

/// <summary>
/// A piece of a description: text with holes. A hole is another node, a <see cref="Size"/>, a hyper-parameter, a <see cref="Symbol"/> that
/// is read or bound
/// there, or the construction of an inner layer.
/// </summary>
/// <param name="type">What it is.</param>
/// <param name="op">What of the language it is, for the coverage table; empty for what needs no counting.</param>
/// <param name="parts">Texts and what fills the holes.</param>
/// <param name="bound">About how large its numbers are: what would grow without end is drawn in again.</param>
internal sealed class Node(NodeType type, string op, ImmutableArray<object> parts, double bound = 1)
{
    public NodeType Type { get; } = type;

    public string Op { get; } = op;

    public ImmutableArray<object> Parts { get; } = parts;

    public double Bound { get; } = bound;

    public IEnumerable<Node> Children => Parts.OfType<Node>();

    /// <summary>Itself and all below it, itself first.</summary>
    public IEnumerable<Node> All => Children.SelectMany(child => child.All).Prepend(this);

    public static Node Of(NodeType type, string op, NodeText text, double bound = 1) => new(type, op, text.Parts, bound);

    /// <summary>A symbol where it is read.</summary>
    public static Node Of(Symbol symbol) => new(symbol.Type, "", [symbol], symbol.Bound);

    public Node Replace(Func<object, object?> replacement)
    {
        if (replacement(this) is Node other) return other;
        ImmutableArray<object>.Builder? changed = null;
        for (int i = 0; i < Parts.Length; i++)
        {
            object part = Parts[i] is Node child ? child.Replace(replacement) : replacement(Parts[i]) ?? Parts[i];
            if (ReferenceEquals(part, Parts[i])) continue;
            changed ??= Parts.ToBuilder();
            changed[i] = part;
        }
        return changed is null ? this : new Node(Type, Op, changed.MoveToImmutable(), Bound);
    }
}

/// <summary>A name that is bound where it stands: the parameter of a lambda.</summary>
internal sealed record Binder(Symbol Symbol);

/// <summary>An inner layer's construction: its name and those of its hyper-parameters that it turns out to need.</summary>
/// <param name="Layer">The layer's name.</param>
/// <param name="Given">What is given for some of them; the others are given as they are here.</param>
/// <param name="IsNamed">Whether the name is written, or the arguments alone.</param>
internal sealed record Construction(string Layer, ImmutableDictionary<HyperParameter, ImmutableArray<object>> Given, bool IsNamed);

/// <summary>Makes parts of an interpolated string.</summary>
[InterpolatedStringHandler]
internal readonly struct NodeText
{
    private readonly ImmutableArray<object>.Builder parts = ImmutableArray.CreateBuilder<object>();

    public NodeText(int literalLength, int formattedCount) => _ = literalLength + formattedCount;

    public ImmutableArray<object> Parts => parts.ToImmutable();

    /// <summary>With what follows it; for texts longer than a line.</summary>
    public NodeText Then(NodeText more)
    {
        parts.AddRange(more.parts);
        return this;
    }

    public void AppendLiteral(string text) => parts.Add(text);

    public void AppendFormatted(string text) => parts.Add(text);

    public void AppendFormatted(int number) => parts.Add(number.ToString(CultureInfo.InvariantCulture));

    public void AppendFormatted(double number)
    {
        string text = number.ToString(CultureInfo.InvariantCulture);
        parts.Add(text.AsSpan().ContainsAny('.', 'E') ? text : text + ".0");
    }

    public void AppendFormatted(Node node) => parts.Add(node);

    public void AppendFormatted(Size size) => parts.Add(size);

    public void AppendFormatted(HyperParameter parameter) => parts.Add(parameter);

    public void AppendFormatted(Symbol symbol) => parts.Add(symbol);

    public void AppendFormatted(Binder binder) => parts.Add(binder);

    public void AppendFormatted(Construction construction) => parts.Add(construction);
}
