namespace KernelForge.Compiler.Spec;

/// <summary>A statement of a method's body. <c>x += y</c> arrives as <c>x = x + y</c>, an expression body as a return.</summary>
public abstract record Statement
{
    public SourceSpan Span { get; init; }
}

/// <summary>
/// Gives a value to a local, new or not, or the parts of a tuple (or of <c>Split</c>) to several; the target <c>_</c> takes none.
/// </summary>
public sealed record AssignStatement(EquatableArray<string> Targets, Expr Value) : Statement;

public sealed record IfStatement(Expr Condition, EquatableArray<Statement> Then, EquatableArray<Statement> Else) : Statement;

/// <summary><c>foreach (var layer in layers)</c> over a field of kind <c>Layers&lt;T&gt;</c>.</summary>
public sealed record ForEachStatement(string Variable, string Field, EquatableArray<Statement> Body) : Statement;

/// <summary><c>for (int i = start; i &lt; end; i++)</c>.</summary>
public sealed record ForStatement(string Variable, Expr Start, Expr End, EquatableArray<Statement> Body) : Statement;

public sealed record ReturnStatement(Expr Value) : Statement;
