using KernelForge.Compiler.Spec;

namespace KernelForge.Generator.FrontEnd;

/// <summary>What a body calls, by walking its statements and expressions.</summary>
internal static class CallWalk
{
    /// <summary>The names of the called things of one kind, as often as they are called.</summary>
    public static IEnumerable<string> Names(EquatableArray<Statement> body, CallTarget target) =>
        body.SelectMany(Expressions).SelectMany(Within).OfType<CallExpr>().Where(call => call.Target == target).Select(call => call.Name);

    private static IEnumerable<Expr> Expressions(Statement statement) => statement switch
    {
        AssignStatement assign => [assign.Value],
        ReturnStatement result => [result.Value],
        IfStatement branch => [branch.Condition, .. branch.Then.SelectMany(Expressions), .. branch.Else.SelectMany(Expressions)],
        ForEachStatement loop => loop.Body.SelectMany(Expressions),
        ForStatement loop => [loop.Start, loop.End, .. loop.Body.SelectMany(Expressions)],
        _ => throw new NotSupportedException($"a statement of kind {statement.GetType().Name} is not walked"),
    };

    private static IEnumerable<Expr> Within(Expr expression) => [expression, .. Parts(expression).SelectMany(Within)];

    private static EquatableArray<Expr> Parts(Expr expression) => expression switch
    {
        MemberExpr member => [member.Target],
        IndexExpr index => [index.Target, .. index.Arguments],
        CallExpr call => [.. call.Receiver is { } receiver ? (Expr[])[receiver] : [], .. call.Arguments.Select(a => a.Value)],
        BinaryExpr binary => [binary.Left, binary.Right],
        UnaryExpr unary => [unary.Operand],
        ConditionalExpr choice => [choice.Condition, choice.WhenTrue, choice.WhenFalse],
        ConvertExpr conversion => [conversion.Operand],
        LambdaExpr lambda => [lambda.Body],
        TupleExpr tuple => tuple.Items,
        _ => [],
    };
}
