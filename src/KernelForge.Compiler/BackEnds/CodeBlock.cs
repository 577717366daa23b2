using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds;

/// <summary>
/// Statements that run together: once a row, once a feature, once for each value of a fold's variable, or where a condition holds. Where the block's
/// text goes, and what loop stands around it, its owner decides; an outer block's text has to stand before that of the blocks within.
/// </summary>
/// <param name="outer">The block around it, or null.</param>
/// <param name="brings">
/// Whether a leaf has its value in this block alone: the feature, in a block that runs once a feature. Null: it brings nothing.
/// </param>
/// <param name="isConditional">Whether it may not run at all where the outer block runs.</param>
internal sealed class CodeBlock(CodeBlock? outer = null, Func<Expression, bool>? brings = null, bool isConditional = false)
{
    private readonly Dictionary<(Expression Value, string Type), string> known = [];

    public CodeWriter Writer { get; } = new();

    /// <summary>The statements, without an end of line at the end.</summary>
    public string Text => Writer.ToString().TrimEnd('\n');

    public bool IsEmpty => Text.Length == 0;

    /// <summary>The outermost block, of those around this one, that can compute an expression and runs whenever this one does.</summary>
    public CodeBlock HomeOf(Expression expression)
    {
        Expression[] parts = [.. expression.All()];
        CodeBlock home = this;
        while (home.Outer is { } next && !home.IsConditional && !parts.Any(home.Brings)) home = next;
        return home;
    }

    /// <summary>The variable that holds an expression already, here or in a block around.</summary>
    public string? Known(Expression expression, string type) =>
        known.TryGetValue((expression, type), out string? name) ? name : Outer?.Known(expression, type);

    public void Learn(Expression expression, string type, string name) => known[(expression, type)] = name;

    private CodeBlock? Outer { get; } = outer;

    private bool IsConditional { get; } = isConditional;

    private bool Brings(Expression leaf) => brings is not null && brings(leaf);
}
