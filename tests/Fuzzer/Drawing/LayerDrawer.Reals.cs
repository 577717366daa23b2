using KernelForge.Fuzzer.Descriptions;

namespace KernelForge.Fuzzer.Drawing;

// Numbers of lambdas.
internal sealed partial class LayerDrawer
{
    private static readonly (string Op, string Before, string After, Func<double, double> Bound)[] NumberFunctions =
    [
        ("Tanh", "Tanh(", ")", _ => 1), ("Sigmoid", "Sigmoid(", ")", _ => 1), ("Relu", "Relu(", ")", b => b),
            ("Gelu", "Gelu(", ")", b => b),
        ("Silu", "Silu(", ")", b => b), ("Softplus", "Softplus(", ")", b => b + 1), ("Sin", "Sin(", ")", _ => 1),
            ("Cos", "Cos(", ")", _ => 1),
        ("Erf", "Erf(", ")", _ => 1), ("Abs", "Abs(", ")", b => b), ("Exp", "Exp(-Abs(", "))", _ => 1),
            ("Log", "Log(1.25 + Abs(", "))", b => Math.Log(2 + b)),
        ("Sqrt", "Sqrt(0.25 + Abs(", "))", b => Math.Sqrt(b) + 1), ("Rsqrt", "Rsqrt(0.5 + Abs(", "))", _ => 1.5),
        ("Log1p", "Log1p(Abs(", "))", b => Math.Log(2 + b)), ("Pow", "Pow(0.5 + Abs(", "), 1.5)", b => Math.Pow(b + 1, 1.5)),
            ("Negate", "(-(", "))", b => b),
    ];

    private Node Real(LambdaScope scope, int depth)
    {
        Node drawn = RealOf(scope, depth);
        return drawn.Bound > LargestBound ? Node.Of(new RealType(), "", $"Tanh({drawn})") : drawn;
    }

    private Node RealOf(LambdaScope scope, int depth)
    {
        if (depth <= 0) return RealLeaf(scope);
        switch (draft.Below(12))
        {
            case 0 or 1 or 2:
                (string op, string before, string after, Func<double, double> bound) = draft.Pick(NumberFunctions);
                Node x = Real(scope, depth - 1);
                return Node.Of(new RealType(), op + " of a number", $"{before}{x}{after}", bound(x.Bound));
            case 3 or 4 or 5 or 6:
                return Arithmetic(Real(scope, depth - 1), Real(scope, draft.Below(depth)));
            case 7 or 8:
                Node truth = Truth(scope, depth - 1), a = Real(scope, depth - 1), b = Real(scope, draft.Below(depth));
                return Node.Of(new RealType(), "?:", $"({truth} ? {a} : {b})", Math.Max(a.Bound, b.Bound));
            case 9 when scope.FoldsLeft > 0:
            case 10 when scope.FoldsLeft > 0 && draft.Chance(0.5):
                return Fold(scope, depth - 1);
            case 10 when draft.Chance(0.5):
                return Curved(Real(scope, depth - 1));
            case 11:
                Node exact = ExactReal(scope);
                return draft.Chance(0.5)
                    ? Node.Of(new RealType(true), "Floor of a number", $"Floor({exact})", exact.Bound)
                    : Node.Of(new RealType(true), "Sign of a number", $"Sign({exact})");
            default:
                return RealLeaf(scope);
        }
    }

    private Node Curved(Node x)
    {
        string name = draft.Name("Curved");
        Node body = Node.Of(new RealType(), "", $"{draft.Pick([0.5, 2.0])} * Max(x, 0.25) + Tanh(x)");
        return Node.Of(new RealType(), "[LayerFunction] of a number",
            $"{new Method(name, $"[LayerFunction] private static double {name}(double x)", body)}({x})", (2 * x.Bound) + 1);
    }

    private Node Arithmetic(Node a, Node b) => draft.Below(7) switch
    {
        0 or 1 => Node.Of(new RealType(), "number + number", $"({a} + {b})", a.Bound + b.Bound),
        2 => Node.Of(new RealType(), "number - number", $"({a} - {b})", a.Bound + b.Bound),
        3 => Node.Of(new RealType(), "number * number", $"({a} * {b})", a.Bound * b.Bound),
        4 => Node.Of(new RealType(), "number / number", $"({a} / (1.5 + Abs({b})))", a.Bound),
        5 => Node.Of(new RealType(), "Max of numbers", $"Max({a}, {b})", Math.Max(a.Bound, b.Bound)),
        _ => Node.Of(new RealType(), "Min of numbers", $"Min({a}, {b})", Math.Max(a.Bound, b.Bound)),
    };

    private Node RealLeaf(LambdaScope scope) => draft.Below(10) switch
    {
        0 => Node.Of(new RealType(true), "", $"{draft.Pick([0.5, -0.25, 1.5, 0.125])}", 1.5),
        1 => Node.Of(new RealType(true), "integer as number", $"(0.125 * {Integer(scope, 1)})", 4),
        2 => TableElement(scope, isExact: false),
        3 => ParameterElement(scope),
        4 or 5 when scope.Reals.Length > 0 => Node.Of(draft.Pick(scope.Reals)),
        6 or 7 => AtPosition(scope, isExact: false) ?? TableElement(scope, isExact: false),
        _ => AtRow(scope, isExact: false) ?? AtPosition(scope, isExact: false) ?? TableElement(scope, isExact: false),
    };

    /// <summary>A number of which a description may ask how it compares.</summary>
    private Node ExactReal(LambdaScope scope)
    {
        Node? read = draft.Below(4) switch
        {
            0 => TableElement(scope, isExact: true),
            1 => AtPosition(scope, isExact: true),
            _ =>
            AtRow(scope, isExact: true)
        };
        return read ?? (draft.Chance(0.5)
            ? TableElement(scope, isExact: true) : Node.Of(new RealType(true), "integer as number", $"(0.125 * {Integer(scope, 1)})", 4));
    }

    /// <summary><c>x[t, f]</c>.</summary>
    private Node? AtRow(LambdaScope scope, bool isExact)
    {
        (Symbol row, Rows rows) = draft.Pick(scope.Rows);
        Symbol? x = PickOf(Tokens.Where(s =>
            IsBeside(TypeOf(s).Rows, rows) && (TypeOf(s).IsExact || !isExact)));
        if (x is null) return null;
        string op = ReferenceEquals(TypeOf(x).Rows, rows) ? "x[t, f]" : "x[t, f] of a sequence";
        return Node.Of(new RealType(TypeOf(x).IsExact), op, $"{x}[{row}, {Index(scope, TypeOf(x).Width)}]", x.Bound);
    }

    /// <summary><c>x[t, p, f]</c>.</summary>
    private Node? AtPosition(LambdaScope scope, bool isExact)
    {
        (Symbol row, Rows rows) = draft.Pick(scope.Rows);
        if (PickOf(TokensOfRows.Where(s => (TypeOf(s).IsExact || !isExact) && MayRead(rows, TypeOf(s).Rows))) is not { } x
            || Position(scope, row, rows, TypeOf(x).Rows) is not { } position) return null;
        string op = ReferenceEquals(TypeOf(x).Rows, rows) ? "x[t, p, f]"
            : TypeOf(x).Rows.Family == rows.Family ? "x[t, p, f] of other rows" : "x[t, p, f] of another batch";
        return Node.Of(new RealType(TypeOf(x).IsExact), op, $"{x}[{row}, {position}, {Index(scope, TypeOf(x).Width)}]", x.Bound);
    }

    private Node TableElement(LambdaScope scope, bool isExact)
    {
        Symbol[] computed = [.. Tokens.Where(s => TypeOf(s).Rows.IsTable && !isExact)];
        if (computed.Length > 0 && draft.Chance(0.6))
        {
            Symbol table = draft.Pick(computed);
            return Node.Of(
                new RealType(), "element of a computed table",
                $"{table}[{Index(scope, TypeOf(table).Rows.TableRows!)}, {Index(scope, TypeOf(table).Width)}]", table.Bound);
        }
        Size rows = Size.Of(draft.Count(2 + draft.Below(9), "rows")), columns = draft.Chance(0.5) ? Width(40) : draft.Pick(heads);
        Field parameter = Field(isExact ? "exact" : "table", "Parameter", $"{rows}, {columns}");
        return Node.Of(new RealType(isExact), "element of a table", $"{parameter}[{Index(scope, rows)}, {Index(scope, columns)}]", 2);
    }

    private Node ParameterElement(LambdaScope scope)
    {
        Size columns = draft.Chance(0.5) ? Width() : draft.Pick(heads);
        return Node.Of(new RealType(), "element of a row", $"{Field("row", "Parameter", $"{columns}")}[{Index(scope, columns)}]");
    }

    /// <summary>How many rows there are, or how many there are so far.</summary>
    private Node Count(LambdaScope scope)
    {
        (Symbol row, Rows rows) = draft.Pick(scope.Rows);
        return GoesOn(rows) ? Node.Of(new IntegerType(), "rows so far", $"({row} + 1)") : Length(scope);
    }

    private Node Fold(LambdaScope scope, int depth)
    {
        if (draft.Chance(0.4))
        {
            // Over the rows of a sequence: as many terms as there are.
            Node length = Count(scope);
            var position = new Symbol(draft.Name("p"), new IntegerType());
            Node term = Real(scope.With(position), Math.Min(depth, 1));
            Binder p = new(position);
            return draft.Below(3) switch
            {
                0 => Node.Of(new RealType(), "Max over rows", $"({length} > 0 ? Max({length}, {p} => {term}) : 0.25)", term.Bound),
                1 => Node.Of(new RealType(), "Min over rows", $"({length} > 0 ? Min({length}, {p} => {term}) : 0.25)", term.Bound),
                _ => Node.Of(new RealType(), "Sum over rows", $"(Sum({length}, {p} => {term}) / (1.0 + {length}))", term.Bound),
            };
        }
        Size count = draft.Chance(0.5) ? Width(24) : Size.Of(draft.Count(1 + draft.Below(5), "terms"));
        var index = new Symbol(draft.Name("k"), new IntegerType(count));
        Node value = Real(scope.With(index), depth);
        Binder k = new(index);
        return draft.Below(4) switch
        {
            0 => Node.Of(new RealType(), "Max over a size", $"Max({count}, {k} => {value})", value.Bound),
            1 => Node.Of(new RealType(), "Min over a size", $"Min({count}, {k} => {value})", value.Bound),
            _ => Node.Of(new RealType(), "Sum over a size", $"(0.25 * Sum({count}, {k} => {value}))", value.Bound * 0.25 * ValueOf(count)),
        };
    }
}
