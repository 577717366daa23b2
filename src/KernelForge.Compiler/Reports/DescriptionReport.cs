using KernelForge.Compiler.Spec;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.Reports;

/// <summary>A layer's description as C#, from its specification: what the compiler took the class to say.</summary>
public static class DescriptionReport
{
    public static string Of(LayerSpec layer)
    {
        var writer = new CodeWriter();
        foreach (Requirement r in layer.Requirements)
            writer.Line($"[Requires({CSharpText.Literal(r.Key)}, {string.Join(", ", r.Values.Select(ExprText.Of))})]");
        if (layer.Precision is { } precision) writer.Line($"[Precision(Precision.{precision})]");
        writer.Open($"{layer.Declaration}({string.Join(", ", layer.HyperParameters.Select(Parameter))})");
        foreach (FieldSpec field in layer.Fields) writer.Line(Field(field));
        foreach (MethodSpec method in layer.Methods)
        {
            writer.Line();
            Write(writer, method);
        }
        return writer.Close().ToString().TrimEnd('\n');
    }

    private static string Parameter(HyperParameter h)
    {
        string keys = h.Keys.Count == 0 ? "" : $"[Config({Literals(h.Keys)})] ";
        string type = h.Type.Substring(h.Type.LastIndexOf('.') + 1);
        return keys + type + (h.IsNullable ? "? " : " ") + h.Name + (h.Default is null ? "" : " = " + ExprText.Of(h.Default));
    }

    private static string Field(FieldSpec field)
    {
        string value = field switch
        {
            ParameterField p => $"Parameter {p.Name} = new({List(p.Rows, p.Columns)}{Option("present", p.Present)});",
            LinearField l => $"Linear {l.Name} = new({List(l.Inputs, l.Outputs)}"
                + $"{Option("bias", l.Bias)}{Option("transposed", l.Transposed)}{Option("present", l.Present)});",
            LinearBankField b =>
                $"LinearBank {b.Name} = new({List(b.Count, b.Inputs, b.Outputs)}{Option("bias", b.Bias)}{Option("transposed", b.Transposed)});",
            EmbeddingField e => $"Embedding {e.Name} = new({List(e.Rows, e.Features)});",
            LayerField l => $"{ExprText.PlainName(l.LayerId)} {l.Name} = new({ExprText.Arguments(l.Arguments)});",
            LayersField l => Layers(l),
            ValueField v => $"{Kind(v.Kind)} {v.Name} = {ExprText.Of(v.Value)};",
            _ => throw new NotSupportedException(field.GetType().Name),
        };
        string pinned = field.Precision is { } precision ? $"[Precision(Precision.{precision})] " : "";
        return field is ValueField ? value : $"{pinned}[Weight({Literals(field.WeightNames)})] {value}";
    }

    private static string Layers(LayersField field)
    {
        string type = ExprText.PlainName(field.LayerId);
        string made = $"{field.IndexName ?? "()"} => new {type}({ExprText.Arguments(field.Arguments)})";
        return $"Layers<{type}> {field.Name} = new({ExprText.Of(field.Count)}, {made});";
    }

    private static void Write(CodeWriter writer, MethodSpec method)
    {
        string parameters = string.Join(", ", method.Parameters.Select(p =>
            $"{Kind(p.Kind)} {p.Name}{(p.Default is null ? "" : " = " + ExprText.Of(p.Default))}"));
        string result = method.Results.Count == 1 ? Kind(method.Results[0]) : "(" + string.Join(", ", method.Results.Select(Kind)) + ")";
        writer.Open(method.IsIndexer ? $"{result} this[{parameters}]" : $"{result} {method.Name}({parameters})");
        Write(writer, method.Body);
        writer.Close();
    }

    private static void Write(CodeWriter writer, IEnumerable<Statement> body)
    {
        foreach (Statement statement in body)
        {
            switch (statement)
            {
                case AssignStatement a:
                    string targets = string.Join(", ", a.Targets);
                    writer.Line($"{(a.Targets.Count == 1 ? targets : "(" + targets + ")")} = {ExprText.Of(a.Value)};");
                    break;
                case ReturnStatement r:
                    writer.Line($"return {ExprText.Of(r.Value)};");
                    break;
                case IfStatement i:
                    Block(writer, $"if ({ExprText.Of(i.Condition)})", i.Then);
                    if (i.Else.Count > 0) Block(writer, "else", i.Else);
                    break;
                case ForEachStatement f:
                    Block(writer, $"foreach (var {f.Variable} in {f.Field})", f.Body);
                    break;
                case ForStatement f:
                    string head = $"for (int {f.Variable} = {ExprText.Of(f.Start)}; {f.Variable} < {ExprText.Of(f.End)}; {f.Variable}++)";
                    Block(writer, head, f.Body);
                    break;
                default:
                    throw new NotSupportedException(statement.GetType().Name);
            }
        }
    }

    private static void Block(CodeWriter writer, string head, IEnumerable<Statement> body)
    {
        writer.Open(head);
        Write(writer, body);
        writer.Close();
    }

    private static string List(params Expr?[] values) => string.Join(", ", values.OfType<Expr>().Select(ExprText.Of));

    private static string Option(string name, Expr? value) => value is null ? "" : $", {name}: {ExprText.Of(value)}";

    private static string Literals(IEnumerable<string> texts) => string.Join(", ", texts.Select(CSharpText.Literal));

    private static string Kind(ValueKind kind) => kind switch
    {
        ValueKind.Integer => "int",
        ValueKind.Real => "double",
        ValueKind.Boolean => "bool",
        ValueKind.Text => "string",
        ValueKind.IntegerArray => "int[]",
        ValueKind.TextArray => "string[]",
        _ => kind.ToString(),
    };
}
