using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace KernelForge.Fuzzer.Descriptions;

/// <summary>A description as C#, a class a layer, in a namespace of its own.</summary>
internal sealed class Printer(Description description)
{
    private readonly StringBuilder text = new();
    private int depth;

    /// <param name="description">What is printed.</param>
    /// <param name="name">Of the namespace.</param>
    public static string Print(Description description, string name)
    {
        var printer = new Printer(description);
        printer.text.Append(CultureInfo.InvariantCulture, $"namespace {name};\n");
        foreach (Layer layer in description.Layers) printer.Print(layer);
        if (printer.text.ToString().Contains(HostFunctions.ClassName + ".", StringComparison.Ordinal))
            printer.text.Append('\n').Append(HostFunctions.Text).Append('\n');
        return printer.text.ToString();
    }

    private void Print(Layer layer)
    {
        string parameters = string.Join(", ", description.HyperParametersOf(layer).Select(h => $"{h.TypeName} {h.Name}"));
        text.Append(CultureInfo.InvariantCulture, $"\n[TransformerLayer]\n{Incremental(layer)}");
        text.Append(CultureInfo.InvariantCulture, $"public sealed partial class {layer.Name}({parameters})\n{{\n");
        depth = 1;
        foreach (Field field in layer.Fields)
            Line($"{field.Attribute}private readonly {field.TypeName} {field.Name} = new({Text(field.Arguments)});");
        if (layer.Fields.Any()) text.Append('\n');

        string results = string.Join(", ", layer.Results.Select((_, i) => layer.Results.Length == 1 ? "Tokens" : $"Tokens R{i}"));
        string inputs = string.Join(", ", layer.Inputs.Select(input => $"{input.Type.Name} {input.Name}"));
        string entry = layer.IsIndexer ? $"this[{inputs}]" : $"Forward({inputs})";
        Line($"public {(layer.Results.Length == 1 ? results : $"({results})")} {entry}");
        if (layer.IsIndexer) Open("get");
        string returned = string.Join(", ", layer.Results.Select(Text));
        Block(layer.Body, () => Line($"return {(layer.Results.Length == 1 ? Bare(returned) : $"({returned})")};"));
        if (layer.IsIndexer) Close();
        foreach (Method method in layer.Methods)
        {
            text.Append('\n');
            Line($"{method.Head} => {Bare(Text(method.Body))};");
        }
        text.Append("}\n");
    }

    private void Block(ImmutableArray<Statement> block, Action? last = null)
    {
        Line("{");
        depth++;
        foreach (Statement statement in block) Print(statement);
        last?.Invoke();
        depth--;
        Line("}");
    }

    private void Print(Statement statement)
    {
        switch (statement)
        {
            case Declare { Targets: [Symbol one] } d:
                Line($"{one.Type.Name} {one} = {Bare(Text(d.Value))};");
                break;
            case Declare d:
                Line($"({string.Join(", ", d.Targets.Select(t => $"{t.Type.Name} {t}"))}) = {Bare(Text(d.Value))};");
                break;
            case Assign a:
                Line($"{a.Target} = {Bare(Text(a.Value))};");
                break;
            case If i:
                Line($"if ({Bare(Text(i.Condition))})");
                Block(i.Then);
                if (i.Else.IsEmpty) break;
                Line("else");
                Block(i.Else);
                break;
            case For f:
                Line($"for (int {f.Index} = {f.Start}; {f.Index} < {Text(f.Count)}; {f.Index}++)");
                Block(f.Body);
                break;
            case Foreach f:
                Line($"foreach ({f.Item.Type.Name} {f.Item} in {f.Layers})");
                Block(f.Body);
                break;
        }
    }

    /// <summary>The attribute of a layer whose rows go on, which names them where there are others.</summary>
    private string Incremental(Layer layer)
    {
        if (layer != description.Root || description.GoesOn is not { } rows) return "";
        Symbol[] later =
            [.. layer.Inputs.Where(input => (input.Type as TokensType)?.Rows == rows || (input.Type as IntegersType)?.Rows == rows)];
        bool isNamed = later.Length < layer.Inputs.Length || description.Seed % 2 == 0;
        return later.Length == 0 ? "" : isNamed ? $"[Incremental(\"{later[0]}\")]\n" : "[Incremental]\n";
    }

    private void Open(string head)
    {
        Line("{");
        depth++;
        Line(head);
    }

    private void Close()
    {
        depth--;
        Line("}");
    }

    private void Line(string line) => text.Append(' ', 4 * depth).Append(line).Append('\n');

    private string Text(Node node) => Text(node.Parts);

    private string Text(ImmutableArray<object> parts)
    {
        var written = new StringBuilder();
        foreach (object part in parts)
        {
            written.Append(part switch
            {
                string s => s,
                Node n => Text(n),
                Size s => Grouped(s.Text(description.Values), IsArgument(written)),
                HyperParameter h => Text(h),
                Binder b => b.Symbol.Name,
                Symbol s => s.Name,
                Construction c => Text(c),
                _ => throw new NotSupportedException(part.GetType().Name),
            });
        }
        return written.ToString();
    }

    private string Text(HyperParameter parameter)
    {
        if (!parameter.IsLiteral) return parameter.Name;
        int value = description.Values[parameter];
        return parameter.Kind == HyperKind.Flag ? value != 0 ? "true" : "false" : value.ToString(CultureInfo.InvariantCulture);
    }

    private string Text(Construction inner)
    {
        IEnumerable<string> arguments = description.HyperParametersOf(description[inner.Layer])
            .Select(h => inner.Given.TryGetValue(h, out ImmutableArray<object> given) ? Text(given) : h.Name);
        string list = string.Join(", ", arguments);
        return inner.IsNamed ? $"{inner.Layer}({list})" : list;
    }

    /// <summary>Whether what follows stands alone, whatever comes after it: nodes put sizes last where they do arithmetic with
    /// them.</summary>
    private static bool IsArgument(StringBuilder before) =>
        before.Length > 1 && (before[^1] == '(' || (before[^1] == ' ' && before[^2] is ',' or ':'));

    private static string Grouped(string size, bool isArgument) => isArgument || !size.Contains(' ', StringComparison.Ordinal) ? size
        : $"({size})";

    /// <summary>Without parentheses around the whole.</summary>
    private static string Bare(string expression)
    {
        if (!expression.StartsWith('(') || !expression.EndsWith(')')) return expression;
        int open = 0;
        for (int i = 0; i < expression.Length - 1; i++)
        {
            open += expression[i] == '(' ? 1 : expression[i] == ')' ? -1 : 0;
            if (open == 0) return expression;
        }
        return expression[1..^1];
    }
}
