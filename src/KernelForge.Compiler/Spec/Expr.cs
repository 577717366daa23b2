namespace KernelForge.Compiler.Spec;

/// <summary>An expression as the user wrote it, names resolved, types not yet inferred.</summary>
public abstract record Expr
{
    public SourceSpan Span { get; init; }
}

public sealed record NumberExpr(double Value, bool IsInteger) : Expr;

public sealed record TextExpr(string Value) : Expr;

public sealed record BoolExpr(bool Value) : Expr;

public sealed record NullExpr : Expr;

/// <summary>What a plain name means in the place where it stands.</summary>
public enum NameKind
{
    /// <summary>A local variable, a parameter of the method or function, or a parameter of an enclosing lambda.</summary>
    Local,

    /// <summary>A field of the layer.</summary>
    Field,

    /// <summary>A parameter of the layer's primary constructor.</summary>
    HyperParameter,
}

public sealed record NameExpr(string Name, NameKind Kind) : Expr;

/// <summary>A member of a value: <c>ids.Types</c>, <c>layers.Count</c>, <c>x.Features</c>.</summary>
public sealed record MemberExpr(Expr Target, string Name) : Expr;

/// <summary>An indexer: <c>query[x]</c>, <c>activation[x]</c>, <c>layers[2]</c>, <c>slopes[h]</c>, <c>c2p[i, f]</c>.</summary>
public sealed record IndexExpr(Expr Target, EquatableArray<Expr> Arguments) : Expr;

/// <summary>An argument; <see cref="Name"/> is the parameter's name where the user wrote it, else null.</summary>
public sealed record Argument(string? Name, Expr Value);

public enum CallTarget
{
    /// <summary>A method of <c>KernelForge.Ops</c> that the compiler knows itself; <see cref="CallExpr.Name"/> is its plain name.</summary>
    Op,

    /// <summary>A <c>[LayerFunction]</c>; <see cref="CallExpr.Name"/> is the <see cref="FunctionSpec.Id"/>.</summary>
    Function,

    /// <summary>A private helper method of the same layer.</summary>
    OwnMethod,

    /// <summary>A method of another layer: <c>layer.Forward(x)</c>; the receiver says which.</summary>
    LayerMethod,

    /// <summary>
    /// A method of a value of the language: <c>rows.WithLengths(lengths)</c>, <c>x.Length(t)</c>. <see cref="CallExpr.Name"/> is its plain
    /// name, the receiver the value.
    /// </summary>
    Member,

    /// <summary>
    /// Any other static method over numbers and truths, which the host runs as it is. <see cref="CallExpr.Name"/> is how C# calls it from
    /// anywhere: <c>global::Demo.Encoder.Bucket</c>.
    /// </summary>
    Host,
}

public sealed record CallExpr(CallTarget Target, string Name, Expr? Receiver, EquatableArray<Argument> Arguments) : Expr
{
    /// <summary>What a <see cref="CallTarget.Host"/> method gives: an integer, a real or a truth. Null for all other calls.</summary>
    public ValueKind? HostResult { get; init; }
}

public enum BinaryOp { Add, Subtract, Multiply, Divide, Remainder, Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual, And, Or, Coalesce }

public sealed record BinaryExpr(BinaryOp Op, Expr Left, Expr Right) : Expr;

public enum UnaryOp { Negate, Not }

public sealed record UnaryExpr(UnaryOp Op, Expr Operand) : Expr;

public sealed record ConditionalExpr(Expr Condition, Expr WhenTrue, Expr WhenFalse) : Expr;

/// <summary>A numeric conversion that the user wrote, or C# made where it changes the value: to an integer (truncates) or to a real.</summary>
public sealed record ConvertExpr(ValueKind To, Expr Operand) : Expr;

/// <summary>
/// A lambda whose body is one expression. Parameters are locals, and no two lambdas that stand in each other have one of the same name. A
/// method that stands where a function is expected arrives as a lambda that calls it.
/// </summary>
public sealed record LambdaExpr(EquatableArray<string> Parameters, Expr Body) : Expr;

public sealed record TupleExpr(EquatableArray<Expr> Items) : Expr;
