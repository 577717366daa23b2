using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.BackEnds;

/// <summary>
/// Writes a lambda's expression, of an element, a scan, a score or a mask, in the syntax that C# and CUDA C share: loops and ifs as statements of a
/// <see cref="CodeBlock"/>, and what remains as an expression. What depends on less than its block brings is computed in a block further out, once.
/// </summary>
/// <remarks>
/// Reals are float, except where they end in an integer: a bucket is computed in double, as the description's own C# does, so that it is never
/// rounded into its neighbour.
/// </remarks>
/// <param name="local">A name for a variable, from the name that it would like to have.</param>
internal abstract class ElementCode(Func<string, string> local)
{
    protected const string Float = "float", Double = "double";

    private readonly Dictionary<int, string> variables = [];
    private CodeBlock block = new();

    /// <summary>Where the statements go that the expression just being printed needs.</summary>
    protected CodeBlock Block => block;

    /// <summary>The expression's text in a block, whose statements (and those of blocks around it) come to hold what does not fit in an expression.</summary>
    /// <param name="real">The type of real numbers in it.</param>
    public string Print(Expression expression, CodeBlock into, string real = Float)
    {
        CodeBlock before = block;
        block = into;
        string text = Print(expression, 0, real);
        block = before;
        return text;
    }

    /// <summary>The text of what is computed in another way, or null.</summary>
    protected virtual string? Special(Expression expression, string real) => null;

    /// <summary>The type of real numbers in a part, where it is <paramref name="real"/> around it.</summary>
    protected virtual string RealIn(Expression part, string real) => real;

    /// <summary>A leaf without operands: a position, the feature, the head, the logit, a state.</summary>
    protected abstract string Leaf(Expression leaf);

    /// <summary>A value that the host knows, as a real type, int or bool.</summary>
    protected abstract string Host(Scalar value, string type);

    /// <summary>A conversion, truncated where the type is int.</summary>
    /// <param name="real">The type of real numbers in the argument.</param>
    protected abstract string Converted(string type, Expression argument, string real);

    protected abstract string Function(Expression.Call call, IReadOnlyList<string> arguments, string real);

    /// <summary>A method of the user's: where the host's code is written.</summary>
    protected virtual string HostCall(Expression.HostCall call, IReadOnlyList<string> arguments) =>
        throw new NotSupportedException($"{call.Method} runs on the host");

    protected abstract string Length(Expression.Length length);

    /// <summary>An integer of the row, or (with a position) of a row of its sequence.</summary>
    protected abstract string IntegerElement(Expression.IntegerElement element, string? position);

    /// <summary>An element of a parameter or table: at a column, or a row and a column, wherever they lie.</summary>
    protected abstract string Element(Expression.Element element, IReadOnlyList<string> indices, string real);

    /// <summary>A column of the row, or (with a position) of a row of its sequence; 0 where there is none.</summary>
    protected abstract string TokenElement(Expression.TokenElement element, string? position, string column, string real);

    /// <summary>Minus infinity where the sign is negative, else infinity.</summary>
    protected abstract string Infinity(bool isNegative, string real);

    /// <summary>Zero, as what a sum begins with.</summary>
    protected virtual string Zero(string real) => "0";

    /// <summary>An operand that has to be of the real type, its text an integer's.</summary>
    protected virtual string Promoted(Expression integer, string text, string real) => text;

    /// <summary>A choice in one expression.</summary>
    protected virtual string Chosen(Expression condition, string whenTrue, string whenFalse, string real) =>
        $"({Print(condition, 1, real)} ? {whenTrue} : {whenFalse})";

    /// <summary>Whether a choice may be written as statements that run for one of the branches alone.</summary>
    protected virtual bool IsLazy(Expression condition) => true;

    /// <summary>The type of a variable that holds an expression.</summary>
    protected virtual string TypeOf(Expression e, string real) => e.Kind switch { ValueKind.Integer => "int", ValueKind.Boolean => "bool", _ => real };

    protected string Print(Expression e, int outer, string real)
    {
        real = RealIn(e, real);
        if (Special(e, real) is { } special) return special;
        if (TakesWork(e))
        {
            if (block.Known(e, TypeOf(e, real)) is { } known) return known;
            CodeBlock home = block.HomeOf(e);
            if (home != block) return Hoisted(e, home, real);
        }
        return e switch
        {
            Expression.Host h => Host(h.Value, TypeOf(h, real)),
            Expression.Binary b => Infix(b, outer, real),
            Expression.Unary u => Signed(u, real),
            Expression.Select s => Select(s, real),
            Expression.Call c => Function(c, [.. c.Arguments.Select(a => Operand(a, c.Kind, 0, real))], real),
            Expression.Convert { To: ValueKind.Integer } c => Converted("int", c.Argument, Double),
            Expression.Convert { Argument.Kind: ValueKind.Real } c => Print(c.Argument, outer, real),
            Expression.Convert c => Converted(real, c.Argument, real),
            Expression.Element x => Element(x, [.. x.Indices.Select(i => Print(i, 0, real))], real),
            Expression.TokenElement t => TokenElement(t, t.Position is null ? null : Print(t.Position, 0, real), Print(t.Column, 0, real), real),
            Expression.IntegerElement i => IntegerElement(i, i.Position is null ? null : Print(i.Position, 0, real)),
            Expression.Length l => Length(l),
            Expression.HostCall c => HostCall(c, [.. c.Arguments.Select(a => Print(a, 0, Double))]),
            Expression.Index i => variables[i.Id],
            Expression.Fold f => Fold(f, real),
            _ => Leaf(e),
        };
    }

    private string Operand(Expression e, ValueKind kind, int outer, string real) =>
        kind == ValueKind.Real && e.Kind == ValueKind.Integer ? Promoted(e, Print(e, outer, real), real) : Print(e, outer, real);

    private string Infix(Expression.Binary b, int outer, string real)
    {
        // What a fold computes for the right side may run only where the left side asks for it.
        if (b.Op is BinaryOp.And or BinaryOp.Or && NeedsStatements(b.Right))
            return Print(new Expression.Select(b.Left, b.Op == BinaryOp.And ? b.Right : Truth(true), b.Op == BinaryOp.And ? Truth(false) : b.Right), outer, real);
        bool compares = b.Op is >= BinaryOp.Equal and <= BinaryOp.GreaterOrEqual;
        ValueKind kind = !compares ? b.Kind : b.Left.Kind == b.Right.Kind ? b.Left.Kind : ValueKind.Real;
        int level = OperatorText.Level(b.Op);
        return Combined(b, Operand(b.Left, kind, level, real), Operand(b.Right, kind, level + 1, real), level < outer, real);
    }

    /// <summary>An operator between two texts, each in parentheses where it binds less.</summary>
    protected virtual string Combined(Expression.Binary b, string left, string right, bool isInner, string real)
    {
        string text = $"{left} {OperatorText.Symbol(b.Op)} {(right[0] == '-' ? "(" + right + ")" : right)}";
        return isInner ? "(" + text + ")" : text;
    }

    private string Signed(Expression.Unary u, string real) => OperatorText.Signed(u.Op, Print(u.Argument, 9, real));

    private string Select(Expression.Select s, string real)
    {
        CodeBlock before = block;
        (CodeBlock then, CodeBlock otherwise) = (new(before, isConditional: true), new(before, isConditional: true));
        string whenTrue = Branch(s.WhenTrue, then), whenFalse = Branch(s.WhenFalse, otherwise);
        block = before;
        if (then.IsEmpty && otherwise.IsEmpty) return Chosen(s.Condition, whenTrue, whenFalse, real);

        string condition = Print(s.Condition, 0, real), name = local("chosen");
        block.Writer.Line($"{TypeOf(s, real)} {name};");
        block.Writer.Open($"if ({condition})");
        if (!then.IsEmpty) block.Writer.Line(then.Text);
        block.Writer.Line($"{name} = {whenTrue};").Close().Open("else");
        if (!otherwise.IsEmpty) block.Writer.Line(otherwise.Text);
        block.Writer.Line($"{name} = {whenFalse};").Close();
        return name;

        string Branch(Expression branch, CodeBlock of)
        {
            // Where both branches are computed anyway, nothing keeps their statements apart.
            block = IsLazy(s.Condition) ? of : before;
            return Operand(branch, s.Kind, 0, real);
        }
    }

    private string Hoisted(Expression e, CodeBlock home, string real)
    {
        CodeBlock before = block;
        block = home;
        string text = Print(e, 0, real);
        if (!IsName(text))
        {
            string name = local(NameFor(e));
            block.Writer.Line($"{TypeOf(e, real)} {name} = {text};");
            text = name;
        }
        block.Learn(e, TypeOf(e, real), text);
        block = before;
        return text;
    }

    private string Fold(Expression.Fold f, string real)
    {
        CodeBlock around = block;
        string count = Print(f.Count, 0, real);
        if (!IsName(count) && f.Count is not Expression.Host)
        {
            string variable = local("count");
            block.Writer.Line($"int {variable} = {count};");
            count = variable;
        }
        if (variables.ContainsKey(f.Id)) throw new InvalidOperationException($"variable {f.Id} names two folds, one within the other");
        variables[f.Id] = local("n");
        string index = variables[f.Id];
        block = new CodeBlock(around, e => e is Expression.Index i && i.Id == f.Id);
        string term = Operand(f.Body, ValueKind.Real, 0, real);
        CodeBlock inner = block;
        block = around;
        variables.Remove(f.Id);

        (string result, string type) = f.FoldKind switch
        {
            FoldKind.Sum => (local("sum"), real),
            FoldKind.Max => (local("largest"), real),
            FoldKind.Min => (local("least"), real),
            _ => (local("place"), "int"),
        };
        string start = f.FoldKind switch
        {
            FoldKind.Max => Infinity(isNegative: true, real),
            FoldKind.Min => Infinity(isNegative: false, real),
            FoldKind.Sum => Zero(real),
            _ => "0",
        };
        around.Writer.Line($"{type} {result} = {start};");
        string greatest = "";
        if (f.FoldKind == FoldKind.ArgMax)
        {
            greatest = local("greatest");
            around.Writer.Line($"{real} {greatest} = {Infinity(isNegative: true, real)};");
        }
        around.Writer.Open($"for (int {index} = 0; {index} < {count}; {index}++)");
        if (!inner.IsEmpty) around.Writer.Line(inner.Text);
        switch (f.FoldKind)
        {
            case FoldKind.Sum:
                around.Writer.Line($"{result} += {term};");
                break;
            case FoldKind.ArgMax:
                string now = local("term");
                around.Writer.Line($"{real} {now} = {term};");
                around.Writer.Open($"if ({now} > {greatest})").Line($"{greatest} = {now};").Line($"{result} = {index};").Close();
                break;
            default:
                Primitive function = f.FoldKind == FoldKind.Max ? Primitive.Max : Primitive.Min;
                around.Writer.Line($"{result} = {Function(new Expression.Call(function, [Expression.Of(0), Expression.Of(0)]), [result, term], real)};");
                break;
        }
        around.Writer.Close();
        around.Learn(f, type, result);
        return result;
    }

    /// <summary>Whether a part is worth a variable where it can be computed once.</summary>
    private static bool TakesWork(Expression e) =>
        e is not (Expression.Host or Expression.Index) && e.All().Any(x => x is Expression.Call or Expression.HostCall or Expression.Fold or Expression.Element
            or Expression.TokenElement or Expression.IntegerElement or Expression.Binary { Op: BinaryOp.Divide or BinaryOp.Remainder });

    private static bool NeedsStatements(Expression e) => e.All().Any(x => x is Expression.Fold);

    private static Expression.Host Truth(bool value) => new(new Scalar.Truth(value));

    protected static bool IsName(string text) => text.All(c => c is '_' or '@' || char.IsLetterOrDigit(c)) && !char.IsDigit(text[0]);

    private static string NameFor(Expression e) => e switch
    {
        Expression.TokenElement or Expression.Element => "element",
        Expression.IntegerElement => "integer",
        _ => e.Kind switch { ValueKind.Boolean => "holds", ValueKind.Integer => "index", _ => "factor" },
    };
}
