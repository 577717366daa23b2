using KernelForge.Fuzzer.Descriptions;

namespace KernelForge.Fuzzer.Drawing;

internal sealed partial class LayerDrawer
{
    /// <summary>Elementwise functions of values, kept where they are well conditioned, and what they leave of a bound.</summary>
    private static readonly (string Op, string Before, string After, Func<double, double> Bound)[] Functions =
    [
        ("Tanh", "Tanh(", ")", _ => 1), ("Sigmoid", "Sigmoid(", ")", _ => 1), ("Relu", "Relu(", ")", b => b),
        ("Gelu", "Gelu(", ")", b => b), ("GeluTanh", "GeluTanh(", ")", b => b), ("QuickGelu", "QuickGelu(", ")", b => b),
            ("Silu", "Silu(", ")", b => b),
        ("Relu2", "Relu2(", ")", b => b * b), ("Relu6", "Relu6(", ")", b => Math.Min(b, 6)), ("LeakyRelu", "LeakyRelu(", ")", b => b),
        ("HardSwish", "HardSwish(", ")", b => b), ("Softplus", "Softplus(", ")", b => b + 1), ("Mish", "Mish(", ")", b => b),
        ("Erf", "Erf(", ")", _ => 1), ("Sin", "Sin(", ")", _ => 1), ("Cos", "Cos(", ")", _ => 1), ("Abs", "Abs(", ")", b => b),
        ("Exp", "Exp(-Abs(", "))", _ => 1), ("Exp", "Exp(Min(", ", 1.5))", _ => 4.5),
            ("Log", "Log(1.25 + Abs(", "))", b => Math.Log(2 + b)),
        ("Sqrt", "Sqrt(0.25 + Abs(", "))", b => Math.Sqrt(b) + 1), ("Rsqrt", "Rsqrt(0.5 + Abs(", "))", _ => 1.5),
        ("Log1p", "Log1p(Abs(", "))", b => Math.Log(2 + b)), ("Pow", "Pow(0.5 + Abs(", "), 1.3)", b => Math.Pow(b + 1, 1.3)),
        ("Pow", "Pow(", ", 2.0)", b => b * b), ("Negate", "(-", ")", b => b), ("Softmax", "Softmax(", ")", _ => 1),
    ];

    private bool DrawMap()
    {
        if (PickOf(Tokens.Where(s => !TypeOf(s).Width.IsOne || draft.Chance(0.3))) is not { } seed) return false;
        return Declares(Map(TypeOf(seed).Rows, TypeOf(seed).Width, 1 + draft.Below(4)));
    }

    /// <summary>An expression of these rows and this width; there is at least one value of them.</summary>
    private Node Map(Rows rows, Size width, int depth)
    {
        if (depth == 0) return MapLeaf(rows, width);
        Node x = Map(rows, width, depth - 1);
        if (draft.Chance(0.4)) return Function(x);
        if (draft.Chance(0.5) && TypeOf(x).IsExact)
            return draft.Chance(0.5) ? Node.Of(x.Type, "Floor", $"Floor({x})", x.Bound) : Node.Of(x.Type, "Sign", $"Sign({x})");
        if (draft.Chance(0.08))
        {
            Field activation = Field("activation", "Activation", draft.Chance(0.5)
                ? (NodeText)$"ActivationKind.{draft.Pick(Enum.GetNames<ActivationKind>())}" : $"ActivationKind.Gelu");
            HyperParameter given = draft.Activation();
            return draft.Chance(0.7)
                ? Node.Of(new TokensType(rows, width), "Activation", $"{given}[{x}]", x.Bound * Math.Max(1, x.Bound))
                : Node.Of(new TokensType(rows, width), "Activation", $"{activation}[{x}]", x.Bound * Math.Max(1, x.Bound));
        }
        return Combined(x, draft.Chance(0.5) ? Beside(rows, width) : Map(rows, width, draft.Below(depth)));
    }

    private Node MapLeaf(Rows rows, Size width)
    {
        Symbol[] known = [.. Tokens.Where(s => ReferenceEquals(TypeOf(s).Rows, rows) && TypeOf(s).Width.Equals(width))];
        if (draft.Chance(0.2) && PickOf(Tokens.Where(s => ReferenceEquals(TypeOf(s).Rows, rows))) is { } inner)
            return Linear(Node.Of(inner), width);
        return Node.Of(draft.Pick(known));
    }

    /// <summary>What goes beside a value: a value of one feature, of one row a sequence, a parameter, a number.</summary>
    private Node Beside(Rows rows, Size width)
    {
        Symbol[] fitting =
        [
            .. Tokens.Where(s => IsBeside(TypeOf(s).Rows, rows)
                && (TypeOf(s).Width.IsOne || TypeOf(s).Width.Equals(width))),
        ];
        if (fitting.Length > 0 && draft.Chance(0.5)) return Node.Of(draft.Pick(fitting));
        if (draft.Chance(0.6)) return RowParameter(draft.Chance(0.8) ? width : Size.One);
        return Node.Of(new RealType(), "", $"{draft.Pick([0.5, -1.25, 2, 0.0625])}");
    }

    private Node RowParameter(Size width)
    {
        Node parameter = Node.Of(Field("scale", new TokensType(TableRows(Size.One), width), "Parameter", $"{width}"));
        return draft.Below(6) switch
        {
            0 => Node.Of(parameter.Type, "Parameter expression", $"Exp(-{parameter})", 3),
            1 => Node.Of(parameter.Type, "Parameter expression", $"(1 + {parameter})", 2),
            2 => Node.Of(parameter.Type, "Parameter expression", $"Sigmoid({parameter})"),
            _ => new Node(parameter.Type, "Parameter", parameter.Parts),
        };
    }

    private Node Function(Node x)
    {
        if (draft.Chance(0.06)) return Called(x);
        (string op, string before, string after, Func<double, double> bound) = draft.Pick(Functions);
        return Node.Of(TypeOf(x) with { IsExact = false }, op, $"{before}{x}{after}", bound(x.Bound));
    }

    /// <summary>A method of the layer's own, static for all layers or with parameters of this one.</summary>
    private Node Called(Node x)
    {
        TokensType type = TypeOf(x) with { IsExact = false };
        Symbol a = new("x", type);
        Node body = Node.Of(type, "", $"Tanh({Node.Of(a)})");
        body = draft.Chance(0.5)
            ? Node.Of(type, "[LayerFunction]", $"({body} * {Node.Of(a)} + 0.25)")
            : Node.Of(type, "method with parameters", $"({body} + {RowParameter(type.Width)})");
        bool isStatic = body.Op == "[LayerFunction]";
        string name = draft.Name("Bent");
        var method = new Method(name, $"{(isStatic ? "[LayerFunction] private static" : "private")} Tokens {name}(Tokens x)", body);
        return Node.Of(type, body.Op, $"{method}({x})", x.Bound + 1);
    }

    /// <summary>A number on the left of a value.</summary>
    private Node WithNumber(Node a, TokensType type)
    {
        double number = draft.Pick([0.5, 1.25, 2.0]);
        return draft.Below(5) switch
        {
            0 => Node.Of(type, "number - x", $"({number} - {a})", a.Bound + 2),
            1 => Node.Of(type, "number / x", $"({number} / (1.5 + Abs({a})))", 2),
            2 => Node.Of(type, "Pow of a number", $"Pow({number}, Tanh({a}))", 2),
            3 => Node.Of(type, "Max with a number", $"Max({number}, {a})", a.Bound + 2),
            _ => Node.Of(type, "Min with a number", $"Min({number}, {a})", a.Bound + 2),
        };
    }

    private Node Combined(Node a, Node b)
    {
        var type = new TokensType(TypeOf(a).Rows, TypeOf(a).Width);
        if (draft.Chance(0.3) && b.Type is TokensType other && (type with { IsExact = false }).Accepts(other with { IsExact = false }))
            (a, b) = (b, a);
        if (draft.Chance(0.1)) return WithNumber(a, type);
        return draft.Below(8) switch
        {
            0 or 1 => Node.Of(type, "+", $"({a} + {b})", a.Bound + b.Bound),
            2 => Node.Of(type, "-", $"({a} - {b})", a.Bound + b.Bound),
            3 or 4 => Node.Of(type, "*", $"({a} * {b})", a.Bound * b.Bound),
            5 => Node.Of(type, "/", b.Type is RealType ? (NodeText)$"({a} / {b})" : $"({a} / (1.5 + Abs({b})))", a.Bound * 16),
            6 => Node.Of(type, "Max", $"Max({a}, {b})", Math.Max(a.Bound, b.Bound)),
            _ => Node.Of(type, "Min", $"Min({a}, {b})", Math.Max(a.Bound, b.Bound)),
        };
    }
}
