using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.BackEnds.Cpu;

/// <summary>
/// Prints a score or mask as scalar C#: of one query row i, one key row j and a head. Reals are float, except where they end in an integer: a
/// bucket is computed in double, as the description's own C# does, so that it is never rounded into its neighbour.
/// </summary>
/// <param name="arguments">Null where nothing in memory is read.</param>
/// <param name="host">A host value of a type: float, double, int or bool.</param>
/// <param name="special">The text of what is computed in another way, or null.</param>
internal sealed class PairExpression(
    CpuArguments? arguments, EquatableArray<AttentionOperand> operands, Func<View, string> nameOf, Func<Scalar, string, string> host,
    Func<Expression, string?> special)
{
    /// <param name="real">The type of real numbers in it: float or double.</param>
    public string Print(Expression expression, string real = "float") => Print(expression, 0, real);

    /// <summary>A <see cref="DifferenceFunction"/> of the difference that a variable holds, in double.</summary>
    public static string OfDifference(ProgramNames names, Expression function, string difference)
    {
        var printer = new PairExpression(null, [], _ => "", InRun, x => x switch
        {
            Expression.QueryPosition => difference,
            Expression.KeyPosition => "0",
            _ => null,
        });
        return printer.Print(function, "double");

        string InRun(Scalar value, string type) => CpuArguments.Constant(value, type) ?? "(" + names.Scalar(value) + ")";
    }

    private string Print(Expression e, int outer, string real) => special(e) ?? e switch
    {
        Expression.Logit => "s",
        Expression.QueryPosition => "i.Position",
        Expression.KeyPosition => "j.Position",
        Expression.Head => "head",
        Expression.Host h => host(h.Value, h.Value.Kind switch
        {
            ValueKind.Integer => "int",
            ValueKind.Boolean => "bool",
            _ => real,
        }),
        Expression.Binary b => Infix(b, outer, real),
        Expression.Unary u => (u.Op == UnaryOp.Negate ? "-" : "!") + Print(u.Argument, 9, real),
        Expression.Select s => $"({Print(s.Condition, 1, real)} ? {Print(s.WhenTrue, 0, real)} : {Print(s.WhenFalse, 0, real)})",
        Expression.Call c => Call(c, real),
        Expression.Convert { To: ValueKind.Integer } c => "(int)" + Print(c.Argument, 9, "double"),
        Expression.Convert c => $"({real})" + Print(c.Argument, 9, real),
        Expression.Element x => Element(x, real),
        Expression.TokenElement t => $"{Rows(t)}.At({(t.OfKey ? "j" : "i")}.Row, {Print(t.Column, 0, real)})",
        _ => throw new NotSupportedException($"{e.GetType().Name} in a score or mask"),
    };

    private string Infix(Expression.Binary b, int outer, string real)
    {
        int level = OperatorText.Level(b.Op);
        string text = $"{Print(b.Left, level, real)} {OperatorText.Symbol(b.Op)} {Print(b.Right, level + 1, real)}";
        return level < outer ? "(" + text + ")" : text;
    }

    private string Call(Expression.Call c, string real)
    {
        string list = string.Join(", ", c.Arguments.Select(a => Print(a, 0, real)));
        if (c.Function == Primitive.Erf) return real == "float" ? $"(float)Ops.Erf({list})" : $"Ops.Erf({list})";
        return $"{(c.Kind == ValueKind.Integer || real == "double" ? "Math" : "MathF")}.{c.Function}({list})";
    }

    private string Element(Expression.Element x, string real)
    {
        string table = arguments!.Parameter(((AttentionOperand.Parameter)operands[x.Number]).Number);
        string list = string.Join(", ", x.Indices.Select(i => Print(i, 0, real)));
        return x.Indices.Count == 1 ? $"{table}.At(0, {list})" : $"{table}.At({list})";
    }

    private string Rows(Expression.TokenElement t)
    {
        View view = ((AttentionOperand.Rows)operands[t.Number]).View;
        return arguments!.View(view, nameOf(view));
    }
}
