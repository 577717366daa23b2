using KernelForge.Compiler.Spec;
using Microsoft.CodeAnalysis.Operations;

namespace KernelForge.Generator.FrontEnd;

/// <summary>Patterns over host values as comparisons, and switch expressions as choices between them.</summary>
internal sealed class PatternReader(ParseContext context, ExpressionReader expressions)
{
    public Expr Matches(Expr value, IPatternOperation pattern) => pattern switch
    {
        IDiscardPatternOperation => new BoolExpr(true),
        IConstantPatternOperation constant => new BinaryExpr(BinaryOp.Equal, value, expressions.Read(constant.Value)),
        INegatedPatternOperation { Pattern: IConstantPatternOperation constant } =>
            new BinaryExpr(BinaryOp.NotEqual, value, expressions.Read(constant.Value)),
        INegatedPatternOperation not => new UnaryExpr(UnaryOp.Not, Matches(value, not.Pattern)),
        IBinaryPatternOperation joined => new BinaryExpr(
            joined.OperatorKind == BinaryOperatorKind.And ? BinaryOp.And : BinaryOp.Or,
            Matches(value, joined.LeftPattern),
            Matches(value, joined.RightPattern)),
        IRelationalPatternOperation relation => new BinaryExpr(Relation(relation.OperatorKind), value, expressions.Read(relation.Value)),
        _ => expressions.Unsupported(pattern, "patterns are constants and comparisons, joined by 'not', 'and', 'or'"),
    };

    /// <summary>A switch expression whose last arm takes all that is left.</summary>
    public Expr Choose(ISwitchExpressionOperation choice)
    {
        int last = choice.Arms.Length - 1;
        if (last < 0 || choice.Arms[last] is not { Pattern: IDiscardPatternOperation, Guard: null })
            return expressions.Unsupported(choice, "the last arm of a switch expression is '_'");

        Expr result = expressions.Read(choice.Arms[last].Value);
        for (int i = last - 1; i >= 0; i--)
        {
            ISwitchExpressionArmOperation arm = choice.Arms[i];
            Expr condition = Matches(expressions.ReadNumber(choice.Value), arm.Pattern);
            if (arm.Guard is { } guard) condition = new BinaryExpr(BinaryOp.And, condition, expressions.Read(guard));
            result = new ConditionalExpr(condition, expressions.Read(arm.Value), result) { Span = context.SpanOf(arm.Syntax) };
        }
        return result;
    }

    private static BinaryOp Relation(BinaryOperatorKind kind) => kind switch
    {
        BinaryOperatorKind.LessThan => BinaryOp.Less,
        BinaryOperatorKind.LessThanOrEqual => BinaryOp.LessOrEqual,
        BinaryOperatorKind.GreaterThan => BinaryOp.Greater,
        _ => BinaryOp.GreaterOrEqual,
    };
}
