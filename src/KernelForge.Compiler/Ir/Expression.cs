using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Ir;

/// <summary>
/// The one expression tree, for everything that is computed element by element: maps, epilogues, scores and masks.
/// It is evaluated at one element (a row and a column, or a query row, a key row and a head); its leaves say what is read there.
/// </summary>
public abstract record Expression
{
    /// <summary>A constant, or a value that the host computes once.</summary>
    public sealed record Host(Scalar Value) : Expression;

    /// <summary>Operand <paramref name="Number"/> of the node or kernel, at this row and column.</summary>
    public sealed record Read(int Number) : Expression;

    /// <summary>A finished sum of products of a GEMM: that of its weight <paramref name="Number"/> at this row and column.</summary>
    public sealed record Accumulator(int Number) : Expression;

    /// <summary>A row that an earlier phase of a row kernel computed, at this column.</summary>
    public sealed record Local(int Phase) : Expression;

    /// <summary>What an earlier phase of a row kernel reduced this row to.</summary>
    public sealed record Reduced(int Phase) : Expression;

    public sealed record Call(Primitive Function, EquatableArray<Expression> Arguments) : Expression;

    public sealed record Binary(BinaryOp Op, Expression Left, Expression Right) : Expression;

    public sealed record Unary(UnaryOp Op, Expression Argument) : Expression;

    public sealed record Select(Expression Condition, Expression WhenTrue, Expression WhenFalse) : Expression;

    /// <summary>An activation that is known when the model is loaded.</summary>
    public sealed record Activate(Scalar Activation, Expression Argument) : Expression;

    // Leaves of scores and masks only. Positions and the head are integers: C#'s integer rules hold between them.

    /// <summary>scale · q·k.</summary>
    public sealed record Logit : Expression;

    /// <summary>The position of the query row within its sequence.</summary>
    public sealed record QueryPosition : Expression;

    /// <summary>The position of the key row within its sequence.</summary>
    public sealed record KeyPosition : Expression;

    public sealed record Head : Expression;

    /// <summary>Element of parameter operand <paramref name="Number"/> at computed indices (a column, or a row and a column).</summary>
    public sealed record Element(int Number, EquatableArray<Expression> Indices) : Expression;

    /// <summary>Column <paramref name="Column"/> of row operand <paramref name="Number"/> at the query's (or the key's) row.</summary>
    public sealed record TokenElement(int Number, bool OfKey, Expression Column) : Expression;

    /// <summary>To an integer (truncated toward zero) or to a real.</summary>
    public sealed record Convert(ValueKind To, Expression Argument) : Expression;

    public static Expression Of(double value) => new Host(Scalar.Of(value));

    /// <summary>Integer, real or boolean. C#'s rules hold: integers only among integers.</summary>
    public ValueKind Kind => this switch
    {
        Host h => h.Value.Kind,
        QueryPosition or KeyPosition or Head => ValueKind.Integer,
        Binary { Op: >= BinaryOp.Equal and <= BinaryOp.Or } or Unary { Op: UnaryOp.Not } => ValueKind.Boolean,
        Binary b => Joined(b.Left.Kind, b.Right.Kind),
        Unary u => u.Argument.Kind,
        Select s => Joined(s.WhenTrue.Kind, s.WhenFalse.Kind),
        Call { Function: Primitive.Max or Primitive.Min or Primitive.Abs } c => c.Arguments.Select(a => a.Kind).Aggregate(Joined),
        Convert c => c.To,
        _ => ValueKind.Real,
    };

    /// <summary>The same tree with every leaf replaced by what <paramref name="leaf"/> makes of it (null keeps it).</summary>
    public Expression Replace(Func<Expression, Expression?> leaf) => leaf(this) ?? this switch
    {
        Call c => new Call(c.Function, c.Arguments.Select(a => a.Replace(leaf)).ToEquatableArray()),
        Binary b => new Binary(b.Op, b.Left.Replace(leaf), b.Right.Replace(leaf)),
        Unary u => new Unary(u.Op, u.Argument.Replace(leaf)),
        Select s => new Select(s.Condition.Replace(leaf), s.WhenTrue.Replace(leaf), s.WhenFalse.Replace(leaf)),
        Activate a => new Activate(a.Activation, a.Argument.Replace(leaf)),
        Element e => new Element(e.Number, e.Indices.Select(i => i.Replace(leaf)).ToEquatableArray()),
        TokenElement t => new TokenElement(t.Number, t.OfKey, t.Column.Replace(leaf)),
        Convert c => new Convert(c.To, c.Argument.Replace(leaf)),
        _ => this,
    };

    /// <summary>This expression and all below it, parents first.</summary>
    public IEnumerable<Expression> All()
    {
        List<Expression> all = [];
        Replace(e => { all.Add(e); return null; });
        return all;
    }

    private static ValueKind Joined(ValueKind a, ValueKind b) => a == b ? a : ValueKind.Real;
}
