using System.Globalization;
using System.Text;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.Spec;

/// <summary>Writes the text that <see cref="SpecReader"/> reads; the two list the same forms in the same order.</summary>
internal sealed class SpecWriter
{
    private readonly StringBuilder text = new();

    public override string ToString() => text.ToString();

    public SpecWriter Layer(LayerSpec layer)
    {
        Open("layer");
        Atom(SpecText.Version.ToString(CultureInfo.InvariantCulture));
        Text(layer.Id);
        Text(layer.Namespace);
        Text(layer.Name);
        List(layer.ContainingTypes, Text);
        Text(layer.Declaration);
        Atom(layer.Kind.ToString());
        Lines(layer.HyperParameters, HyperParameter);
        Lines(layer.Fields, Field);
        Lines(layer.Methods, Method);
        Lines(layer.Requirements, Requirement);
        List(layer.IgnoredWeights, Text);
        EquatableArray<string> incremental = layer.Incremental is { } input ? [input] : [];
        List(incremental, Text);
        Precision(layer.Precision);
        return Close();
    }

    public SpecWriter Function(FunctionSpec function)
    {
        Open("function");
        Atom(SpecText.Version.ToString(CultureInfo.InvariantCulture));
        Text(function.Id);
        Text(function.Name);
        List(function.Parameters, MethodParameter);
        Atom(function.Result.ToString());
        Body(function.Body);
        return Close();
    }

    private void HyperParameter(HyperParameter parameter)
    {
        Open("hyper");
        Atom(parameter.Name);
        Atom(parameter.Kind.ToString());
        Text(parameter.Type);
        Flag(parameter.IsNullable);
        List(parameter.Keys, Text);
        Optional(parameter.Default);
        Close();
    }

    private void Field(FieldSpec field)
    {
        Open(field switch
        {
            ParameterField => "parameter",
            LinearField => "linear",
            LinearBankField => "bank",
            EmbeddingField => "embedding",
            LayerField => "layer",
            LayersField => "layers",
            ValueField => "value",
            _ => throw new NotSupportedException($"a field of kind {field.GetType().Name} has no text"),
        });
        Atom(field.Name);
        List(field.WeightNames, Text);
        switch (field)
        {
            case ParameterField parameter:
                Optional(parameter.Rows);
                Expression(parameter.Columns);
                Optional(parameter.Present);
                break;
            case LinearField linear:
                Expression(linear.Inputs);
                Expression(linear.Outputs);
                Optional(linear.Bias);
                Optional(linear.Transposed);
                Optional(linear.Present);
                break;
            case LinearBankField bank:
                Expression(bank.Count);
                Expression(bank.Inputs);
                Expression(bank.Outputs);
                Optional(bank.Bias);
                Optional(bank.Transposed);
                break;
            case EmbeddingField embedding:
                Expression(embedding.Rows);
                Expression(embedding.Features);
                break;
            case LayerField layer:
                Text(layer.LayerId);
                List(layer.Arguments, Argument);
                break;
            case LayersField layers:
                Text(layers.LayerId);
                Expression(layers.Count);
                Atom(layers.IndexName ?? "~");
                List(layers.Arguments, Argument);
                break;
            case ValueField value:
                Atom(value.Kind.ToString());
                Expression(value.Value);
                break;
        }
        Precision(field.Precision);
        Close();
    }

    /// <summary>Last of a form, and only where it is said.</summary>
    private void Precision(ProductPrecision? precision)
    {
        if (precision is { } said) Atom(said.ToString());
    }

    private void Method(MethodSpec method)
    {
        Open("method");
        Text(method.Name);
        Flag(method.IsEntry);
        Flag(method.IsIndexer);
        List(method.Parameters, MethodParameter);
        List(method.Results, kind => Atom(kind.ToString()));
        Body(method.Body);
        Close();
    }

    private void MethodParameter(MethodParameter parameter)
    {
        Open(parameter.Name);
        Atom(parameter.Kind.ToString());
        Optional(parameter.Default);
        Close();
    }

    private void Requirement(Requirement requirement)
    {
        Open("requires");
        Text(requirement.Key);
        List(requirement.Values, Expression);
        Close();
    }

    private void Body(EquatableArray<Statement> statements) => List(statements, Statement);

    private void Statement(Statement statement)
    {
        switch (statement)
        {
            case AssignStatement assign:
                Open("set");
                List(assign.Targets, Atom);
                Expression(assign.Value);
                break;
            case IfStatement branch:
                Open("if");
                Expression(branch.Condition);
                Body(branch.Then);
                Body(branch.Else);
                break;
            case ForEachStatement each:
                Open("each");
                Atom(each.Variable);
                Atom(each.Field);
                Body(each.Body);
                break;
            case ForStatement loop:
                Open("for");
                Atom(loop.Variable);
                Expression(loop.Start);
                Expression(loop.End);
                Body(loop.Body);
                break;
            case ReturnStatement result:
                Open("return");
                Expression(result.Value);
                break;
            default:
                throw new NotSupportedException($"a statement of kind {statement.GetType().Name} has no text");
        }
        Close();
    }

    private void Optional(Expr? expression)
    {
        if (expression is null) Atom("~");
        else Expression(expression);
    }

    private void Expression(Expr expression)
    {
        switch (expression)
        {
            case NumberExpr number:
                Atom(Number(number));
                return;
            case TextExpr literal:
                Text(literal.Value);
                return;
            case BoolExpr boolean:
                Flag(boolean.Value);
                return;
            case NullExpr:
                Atom("null");
                return;
            case NameExpr name:
                Atom(Sigil(name.Kind) + name.Name);
                return;
            case MemberExpr member:
                Open("member");
                Expression(member.Target);
                Atom(member.Name);
                break;
            case IndexExpr index:
                Open("at");
                Expression(index.Target);
                foreach (Expr argument in index.Arguments) Expression(argument);
                break;
            case CallExpr { Target: CallTarget.Host, HostResult: { } result } call:
                Open("host");
                Atom(result.ToString());
                Text(call.Name);
                List(call.Arguments, Argument);
                break;
            case CallExpr call:
                Open("call");
                Atom(call.Target.ToString());
                Text(call.Name);
                Optional(call.Receiver);
                List(call.Arguments, Argument);
                break;
            case BinaryExpr binary:
                Open(binary.Op.ToString());
                Expression(binary.Left);
                Expression(binary.Right);
                break;
            case UnaryExpr unary:
                Open(unary.Op.ToString());
                Expression(unary.Operand);
                break;
            case ConditionalExpr conditional:
                Open("?");
                Expression(conditional.Condition);
                Expression(conditional.WhenTrue);
                Expression(conditional.WhenFalse);
                break;
            case ConvertExpr convert:
                Open("to");
                Atom(convert.To.ToString());
                Expression(convert.Operand);
                break;
            case LambdaExpr lambda:
                Open("fun");
                List(lambda.Parameters, Atom);
                Expression(lambda.Body);
                break;
            case TupleExpr tuple:
                Open("tuple");
                foreach (Expr item in tuple.Items) Expression(item);
                break;
            default:
                throw new NotSupportedException($"an expression of kind {expression.GetType().Name} has no text");
        }
        Close();
    }

    private void Argument(Argument argument)
    {
        if (argument.Name is null)
        {
            Expression(argument.Value);
            return;
        }
        Open("=");
        Atom(argument.Name);
        Expression(argument.Value);
        Close();
    }

    private static string Number(NumberExpr number)
    {
        string digits = NumberText.Shortest(number.Value);
        bool readsAsReal = digits.IndexOfAny(['.', 'E', 'n']) >= 0;
        return number.IsInteger || readsAsReal ? digits : digits + ".0";
    }

    private static string Sigil(NameKind kind) => kind switch
    {
        NameKind.Local => "$",
        NameKind.Field => ".",
        NameKind.HyperParameter => "#",
        _ => throw new NotSupportedException($"a name of kind {kind} has no text"),
    };

    private void List<T>(EquatableArray<T> items, Action<T> write)
    {
        Open("");
        foreach (T item in items) write(item);
        Close();
    }

    /// <summary>As <see cref="List"/>, an item a line: what a reader of generated code looks for.</summary>
    private void Lines<T>(EquatableArray<T> items, Action<T> write)
    {
        text.Append("\n(");
        foreach (T item in items)
        {
            text.Append("\n ");
            write(item);
        }
        Close();
    }

    private void Open(string head)
    {
        Separate();
        text.Append('(').Append(head);
    }

    private SpecWriter Close()
    {
        text.Append(')');
        return this;
    }

    private void Flag(bool value) => Atom(value ? "true" : "false");

    private void Atom(string atom)
    {
        Separate();
        text.Append(atom);
    }

    private void Text(string value)
    {
        Separate();
        text.Append('"');
        foreach (char c in value)
        {
            text.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                _ => c.ToString(),
            });
        }
        text.Append('"');
    }

    private void Separate()
    {
        if (text.Length > 0 && text[text.Length - 1] is not ('(' or ' ')) text.Append(' ');
    }
}
