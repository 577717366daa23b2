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

    // Leaves of lambdas: of elements, scans, scores and masks. Positions, columns, lengths and the head are integers: C#'s integer rules hold between them.

    /// <summary>The position, within its sequence, of the row that is computed (elements and scans).</summary>
    public sealed record RowPosition : Expression;

    /// <summary>The feature that is computed (elements and scans).</summary>
    public sealed record Feature : Expression;

    /// <summary>The number of the state that is computed (scans).</summary>
    public sealed record StateIndex : Expression;

    /// <summary>The state: before the row for a scan's step, after it for its output.</summary>
    public sealed record StateValue : Expression;

    /// <summary>The variable of the enclosing <see cref="Fold"/> of this id.</summary>
    public sealed record Index(int Id) : Expression;

    /// <summary>
    /// <paramref name="Body"/> for each value of its variable from 0 to below <paramref name="Count"/>, folded to one number. Its value is an integer for
    /// <see cref="FoldKind.ArgMax"/>.
    /// </summary>
    /// <param name="Id">Names the variable; unique in the description.</param>
    public sealed record Fold(FoldKind FoldKind, int Id, Expression Count, Expression Body) : Expression;

    /// <summary>How many rows the sequence of a row has in row space <paramref name="Space"/> (of the same sequences).</summary>
    public sealed record Length(int Space, RowOf Row) : Expression;

    /// <summary>Integer operand <paramref name="Number"/>: at the row itself (or its sequence), or at a position of its sequence; 0 outside of it.</summary>
    public sealed record IntegerElement(int Number, RowOf Row, Expression? Position) : Expression;

    /// <summary>A C# method of the user's, of numbers that the host knows and of a difference of positions: it runs on the host.</summary>
    public sealed record HostCall(string Method, EquatableArray<Expression> Arguments, ValueKind Result) : Expression;

    /// <summary>scale · q·k.</summary>
    public sealed record Logit : Expression;

    /// <summary>The position of the query row within its sequence.</summary>
    public sealed record QueryPosition : Expression;

    /// <summary>The position of the key row within its sequence.</summary>
    public sealed record KeyPosition : Expression;

    public sealed record Head : Expression;

    /// <summary>Element of parameter or table operand <paramref name="Number"/> at computed indices (a column, or a row and a column).</summary>
    public sealed record Element(int Number, EquatableArray<Expression> Indices) : Expression;

    /// <summary>
    /// Column <paramref name="Column"/> of row operand <paramref name="Number"/>: at the row itself (the row of its sequence, where the operand has one row a
    /// sequence), or at <paramref name="Position"/> of the row's sequence; 0 where that lies outside of it.
    /// </summary>
    public sealed record TokenElement(int Number, RowOf Row, Expression? Position, Expression Column) : Expression;

    /// <summary>To an integer (truncated toward zero) or to a real.</summary>
    public sealed record Convert(ValueKind To, Expression Argument) : Expression;

    public static Expression Of(double value) => new Host(Scalar.Of(value));

    /// <summary>Integer, real or boolean. C#'s rules hold: integers only among integers.</summary>
    public ValueKind Kind => this switch
    {
        Host h => h.Value.Kind,
        QueryPosition or KeyPosition or Head or RowPosition or Feature or StateIndex or Index or Length or IntegerElement => ValueKind.Integer,
        Fold f => f.FoldKind == FoldKind.ArgMax ? ValueKind.Integer : ValueKind.Real,
        HostCall c => c.Result,
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
        TokenElement t => new TokenElement(t.Number, t.Row, t.Position?.Replace(leaf), t.Column.Replace(leaf)),
        IntegerElement i => new IntegerElement(i.Number, i.Row, i.Position?.Replace(leaf)),
        Fold f => new Fold(f.FoldKind, f.Id, f.Count.Replace(leaf), f.Body.Replace(leaf)),
        HostCall c => new HostCall(c.Method, c.Arguments.Select(a => a.Replace(leaf)).ToEquatableArray(), c.Result),
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

/// <summary>Of which row a lambda reads: of the one that is computed, or of a pair's query or key.</summary>
public enum RowOf { Row, Query, Key }

/// <summary>
/// What a fold makes of its terms: their sum (0 of none), the greatest (-infinity of none), the least (infinity of none), or the first place of the
/// greatest (0 of none).
/// </summary>
public enum FoldKind { Sum, Max, Min, ArgMax }
