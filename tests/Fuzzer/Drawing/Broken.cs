using System.Collections.Immutable;
using KernelForge.Fuzzer.Descriptions;
using KernelForge.Fuzzer.Running;

namespace KernelForge.Fuzzer.Drawing;

/// <summary>A description with one fault that the compiler has to find: rows or widths that do not meet.</summary>
/// <param name="Rule">The rule that it breaks.</param>
/// <param name="Line">The line of the case's text at which it does, from 0.</param>
internal sealed record Broken(Case Case, string Rule, int Line)
{
    private const string Mark = "/* does not fit */ ";

    /// <summary>Breaks a description in one place; null where it has none that can be broken so.</summary>
    public static Broken? Of(Description description)
    {
        var random = new Random(description.Seed);
        Layer root = description.Root;
        (Node Node, int Operand)[] places =
        [
            .. root.Nodes.Where(IsStrict).SelectMany(node => node.Parts.Select((part, i) => (Node: node, Operand: i, Part: part)))
                .Where(p => p.Part is Node { Type: TokensType }).Select(p => (p.Node, p.Operand)),
        ];
        foreach ((Node node, int operand) in places.OrderBy(_ => random.Next()))
        {
            TokensType wanted = (TokensType)((Node)node.Parts[operand]).Type;
            // A width of one goes with every other, a value of sequences with all rows of theirs; a table has rows of its own kind.
            if (wanted.Rows.IsTable || wanted.Rows.Kind == RowsKind.Sequences || wanted.Width.Value(description.Values) == 1) continue;
            bool isProduct = node.Op.StartsWith("Linear", StringComparison.Ordinal) || node.Op == "LayerNorm";
            (Node other, string rule) = isProduct || random.Next(2) == 0
                ? (Node.Of(wanted, "", $"{Mark}Each({wanted.Rows.Expression}, {wanted.Width + Size.One}, (t, f) => 0.5)"), "KF0101")
                : (OfOtherRows(wanted), "KF0102");
            ImmutableArray<object> parts = node.Parts.SetItem(operand, other);
            var broken = new Node(node.Type, node.Op, parts, node.Bound);
            Layer changed = Shrinking.Blocks.Rewrite(root, part => ReferenceEquals(part, node) ? broken : null);
            Case one = Batch.Draw(description).CaseOf(description with { Layers = description.Layers.Replace(root, changed) },
                description.Namespace + "Broken");
            int line = Array.FindIndex(one.Text.Split('\n'), text => text.Contains(Mark, StringComparison.Ordinal));
            if (line >= 0) return new Broken(one, rule, line);
        }
        return null;
    }

    /// <summary>Whether it takes no width but one: a product or norm, or arithmetic of two values of the same shape.</summary>
    private static bool IsStrict(Node node)
    {
        if (node.Op.StartsWith("Linear", StringComparison.Ordinal) && node.Op != "LinearBank" || node.Op == "LayerNorm") return true;
        TokensType[] types = [.. node.Children.Select(child => child.Type).OfType<TokensType>()];
        return node.Op is "+" or "-" or "*" or "Max" or "Min" && types is [{ } a, { } b] && ReferenceEquals(a.Rows, b.Rows)
            && a.Width.Equals(b.Width);
    }

    private static Node OfOtherRows(TokensType wanted)
    {
        NodeText text = $"{Mark}Each({wanted.Rows.Expression}.WithLengths({wanted.Rows.Expression}.Lengths + 13), ";
        return Node.Of(wanted, "", text.Then($"{wanted.Width}, (t, f) => 0.5)"));
    }

    /// <summary>What is wrong with how it was refused.</summary>
    public Failure? Judge(Failure? found)
    {
        if (found is null) return new Failure(FailureKind.NotRefused, Rule, $"line {Line + 1} breaks {Rule}, and nothing is reported");
        if (found.Kind == FailureKind.GeneratorFailed) return found;
        return found.Kind == FailureKind.Refused && found.Where == Rule && found.Lines.Contains(Line)
            ? null : new Failure(FailureKind.NotRefused, Rule, $"line {Line + 1} breaks {Rule}; reported is {found}");
    }
}
