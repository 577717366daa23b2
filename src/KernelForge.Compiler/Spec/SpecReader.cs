using System.Globalization;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.Spec;

/// <summary>Reads what <see cref="SpecWriter"/> writes; the two list the same forms in the same order.</summary>
internal sealed class SpecReader(string text)
{
    private readonly SpecScanner scanner = new(text);

    public LayerSpec Layer()
    {
        Start("layer");
        var layer = new LayerSpec(
            Id: scanner.Text(),
            Namespace: scanner.Text(),
            Name: scanner.Text(),
            ContainingTypes: List(scanner.Text),
            Declaration: scanner.Text(),
            Kind: Enumeration<LayerKind>(),
            HyperParameters: List(HyperParameter),
            Fields: List(Field),
            Methods: List(Method),
            Requirements: List(Requirement),
            IgnoredWeights: List(scanner.Text))
        {
            Incremental = List(scanner.Text) is { Count: 1 } input ? input[0] : null,
            Precision = Precision(),
        };
        Finish();
        return layer;
    }

    public FunctionSpec Function()
    {
        Start("function");
        var function = new FunctionSpec(
            Id: scanner.Text(), Name: scanner.Text(), Parameters: List(MethodParameter), Result: Enumeration<ValueKind>(), Body: Body());
        Finish();
        return function;
    }

    private void Start(string head)
    {
        scanner.Open(head);
        string version = scanner.Atom();
        if (version != SpecText.Version.ToString(CultureInfo.InvariantCulture))
            throw new FormatException($"the specification is of version {version}; this compiler reads version {SpecText.Version}");
    }

    private void Finish()
    {
        scanner.Close();
        scanner.End();
    }

    private HyperParameter HyperParameter()
    {
        scanner.Open("hyper");
        var parameter = new HyperParameter(
            scanner.Atom(), Enumeration<ValueKind>(), scanner.Text(), Flag(), List(scanner.Text), Optional());
        scanner.Close();
        return parameter;
    }

    private FieldSpec Field()
    {
        string head = scanner.Open();
        string name = scanner.Atom();
        EquatableArray<string> weights = List(scanner.Text);
        FieldSpec field = head switch
        {
            "parameter" => new ParameterField(name, weights, Rows: Optional(), Columns: Expression(), Present: Optional()),
            "linear" => new LinearField(
                name, weights, Inputs: Expression(), Outputs: Expression(), Bias: Optional(), Transposed: Optional(), Present: Optional()),
            "bank" => new LinearBankField(
                name, weights, Count: Expression(), Inputs: Expression(), Outputs: Expression(), Bias: Optional(), Transposed: Optional()),
            "embedding" => new EmbeddingField(name, weights, Rows: Expression(), Features: Expression()),
            "layer" => new LayerField(name, weights, LayerId: scanner.Text(), List(Argument)),
            "layers" =>
                new LayersField(name, weights, LayerId: scanner.Text(), Count: Expression(), IndexName: OptionalAtom(), List(Argument)),
            "value" => new ValueField(name, Enumeration<ValueKind>(), Expression()),
            _ => throw Unknown("field", head),
        };
        field = field with { Precision = Precision() };
        scanner.Close();
        return field;
    }

    private ProductPrecision? Precision() => scanner.IsClose ? null : Enumeration<ProductPrecision>();

    private MethodSpec Method()
    {
        scanner.Open("method");
        var method = new MethodSpec(
            scanner.Text(), IsEntry: Flag(), IsIndexer: Flag(), List(MethodParameter), List(Enumeration<ValueKind>), Body());
        scanner.Close();
        return method;
    }

    private MethodParameter MethodParameter()
    {
        var parameter = new MethodParameter(scanner.Open(), Enumeration<ValueKind>()) { Default = Optional() };
        scanner.Close();
        return parameter;
    }

    private Requirement Requirement()
    {
        scanner.Open("requires");
        var requirement = new Requirement(scanner.Text(), List(Expression));
        scanner.Close();
        return requirement;
    }

    private EquatableArray<Statement> Body() => List(Statement);

    private Statement Statement()
    {
        string head = scanner.Open();
        Statement statement = head switch
        {
            "set" => new AssignStatement(List(scanner.Atom), Expression()),
            "if" => new IfStatement(Expression(), Body(), Body()),
            "each" => new ForEachStatement(scanner.Atom(), scanner.Atom(), Body()),
            "for" => new ForStatement(scanner.Atom(), Expression(), Expression(), Body()),
            "return" => new ReturnStatement(Expression()),
            _ => throw Unknown("statement", head),
        };
        scanner.Close();
        return statement;
    }

    private Expr? Optional()
    {
        if (!scanner.IsAtom("~")) return Expression();
        scanner.Atom();
        return null;
    }

    private string? OptionalAtom() => scanner.Atom() is var atom && atom == "~" ? null : atom;

    private Expr Expression()
    {
        if (scanner.IsText) return new TextExpr(scanner.Text());
        if (!scanner.IsList) return AtomExpression(scanner.Atom());

        string head = scanner.Open();
        Expr expression = head switch
        {
            "member" => new MemberExpr(Expression(), scanner.Atom()),
            "at" => new IndexExpr(Expression(), Rest()),
            "call" => new CallExpr(Enumeration<CallTarget>(), scanner.Text(), Optional(), List(Argument)),
            "host" => HostCall(),
            "?" => new ConditionalExpr(Expression(), Expression(), Expression()),
            "to" => new ConvertExpr(Enumeration<ValueKind>(), Expression()),
            "fun" => new LambdaExpr(List(scanner.Atom), Expression()),
            "tuple" => new TupleExpr(Rest()),
            _ when Enum.TryParse(head, out BinaryOp binary) => new BinaryExpr(binary, Expression(), Expression()),
            _ when Enum.TryParse(head, out UnaryOp unary) => new UnaryExpr(unary, Expression()),
            _ => throw Unknown("expression", head),
        };
        scanner.Close();
        return expression;
    }

    private CallExpr HostCall()
    {
        ValueKind result = Enumeration<ValueKind>();
        return new CallExpr(CallTarget.Host, scanner.Text(), Receiver: null, List(Argument)) { HostResult = result };
    }

    private Argument Argument()
    {
        if (!scanner.IsListOf("=")) return new Argument(null, Expression());
        scanner.Open("=");
        var argument = new Argument(scanner.Atom(), Expression());
        scanner.Close();
        return argument;
    }

    private static Expr AtomExpression(string atom) => atom[0] switch
    {
        '$' => new NameExpr(atom.Substring(1), NameKind.Local),
        '.' => new NameExpr(atom.Substring(1), NameKind.Field),
        '#' => new NameExpr(atom.Substring(1), NameKind.HyperParameter),
        _ => atom switch
        {
            "true" => new BoolExpr(true),
            "false" => new BoolExpr(false),
            "null" => new NullExpr(),
            _ => new NumberExpr(NumberText.Parse(atom), IsInteger: atom.IndexOfAny(['.', 'E', 'n']) < 0),
        },
    };

    private bool Flag() => scanner.Atom() switch
    {
        "true" => true,
        "false" => false,
        string other => throw Unknown("flag", other),
    };

    private T Enumeration<T>() where T : struct =>
        scanner.Atom() is var atom && Enum.TryParse(atom, out T value) ? value : throw Unknown(typeof(T).Name, atom);

    private EquatableArray<T> List<T>(Func<T> read)
    {
        scanner.Open("");
        EquatableArray<T> items = Rest(read);
        scanner.Close();
        return items;
    }

    private EquatableArray<Expr> Rest() => Rest(Expression);

    private EquatableArray<T> Rest<T>(Func<T> read)
    {
        var items = new List<T>();
        while (!scanner.IsClose) items.Add(read());
        return items.ToEquatableArray();
    }

    private static FormatException Unknown(string what, string head) => new($"'{head}' is no {what} that this compiler knows");
}
