using KernelForge.Compiler.Spec;

namespace KernelForge.Generator.FrontEnd;

/// <summary>What a description calls, by walking its statements and expressions.</summary>
internal static class CallWalk
{
    /// <summary>The names of the called things of one kind, as often as they are called.</summary>
    public static IEnumerable<string> Names(EquatableArray<Statement> body, CallTarget target) =>
        Calls(body, target).Select(call => call.Name);

    public static IEnumerable<CallExpr> Calls(EquatableArray<Statement> body, CallTarget target) =>
        Calls(body.SelectMany(Expressions), target);

    /// <summary>Those of the fields, then those of the methods.</summary>
    public static IEnumerable<CallExpr> Calls(LayerSpec layer, CallTarget target) =>
        Calls(layer.Fields.SelectMany(Expressions), target).Concat(layer.Methods.SelectMany(m => Calls(m.Body, target)));

    private static IEnumerable<CallExpr> Calls(IEnumerable<Expr> expressions, CallTarget target) =>
        expressions.SelectMany(Within).OfType<CallExpr>().Where(call => call.Target == target);

    private static IEnumerable<Expr> Expressions(FieldSpec field) => (field switch
    {
        ParameterField parameter => (IEnumerable<Expr?>)[parameter.Rows, parameter.Columns, parameter.Present],
        LinearField linear => [linear.Inputs, linear.Outputs, linear.Bias, linear.Transposed, linear.Present],
        LinearBankField bank => [bank.Count, bank.Inputs, bank.Outputs, bank.Bias, bank.Transposed],
        EmbeddingField embedding => [embedding.Rows, embedding.Features],
        LayerField layer => layer.Arguments.Select(a => a.Value),
        LayersField layers => [layers.Count, .. layers.Arguments.Select(a => a.Value)],
        ValueField value => [value.Value],
        _ => throw new NotSupportedException($"a field of kind {field.GetType().Name} is not walked"),
    }).OfType<Expr>();

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
