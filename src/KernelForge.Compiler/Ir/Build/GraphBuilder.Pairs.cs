using KernelForge.Compiler.Diagnostics;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Ir.Build;

/// <summary>Score and mask lambdas: their bodies become expressions of one (query, key, head).</summary>
internal sealed partial class GraphBuilder
{
    private List<ElementOperand> pairOperands = [];
    private (int Query, int Key) pairSpaces;

    private Val.Pair Lambda(Val value, Expr at, string[] roles)
    {
        if (value is not Val.Lambda lambda || lambda.Expr.Parameters.Count != roles.Length)
            throw Fail(Rules.LambdaTooWide, at, $"a lambda ({string.Join(", ", roles)}) => … is expected here");
        Scope scope = lambda.Scope.Copy();
        for (int i = 0; i < roles.Length; i++)
        {
            scope.Locals[lambda.Expr.Parameters[i]] = roles[i] switch
            {
                "s" => new Val.Pair(new Expression.Logit(), ValueKind.Real),
                "h" => new Val.Pair(new Expression.Head(), ValueKind.Integer),
                "i" => new Val.Row(false),
                _ => new Val.Row(true),
            };
        }
        return PairOf(Evaluate(lambda.Expr.Body, scope), lambda.Expr.Body);
    }

    private Val.Pair PairOf(Val value, Expr at) => value switch
    {
        Val.Pair p => p,
        Val.Row r => new Val.Pair(r.OfKey ? new Expression.KeyPosition() : new Expression.QueryPosition(), ValueKind.Integer),
        Val.Host { Value.Kind: ValueKind.Integer or ValueKind.Real or ValueKind.Boolean } h => new Val.Pair(new Expression.Host(h.Value), h.Value.Kind),
        _ => throw Fail(Rules.LambdaTooWide, at,
            $"{Describe(value)} cannot be used in a score or mask: index it with a row and a column, or a parameter with its indices"),
    };

    private Val.Pair ParameterElement(LayerInstance owner, ParameterField spec, Val[] indices, Expr at)
    {
        int id = ParameterId(owner, spec, ParameterUse.Table, out Size? rows, out _);
        int expected = rows is null ? 1 : 2;
        if (indices.Length != expected) throw Fail(Rules.LambdaTooWide, at, $"'{spec.Name}' takes {expected} indices here, got {indices.Length}");
        Val.Pair[] pairs = [.. indices.Select(i => PairOf(i, at))];
        if (pairs.Any(p => p.Kind != ValueKind.Integer)) throw Fail(Rules.LambdaTooWide, at, "an index is an integer");
        return new Val.Pair(
            new Expression.Element(Operand(new ElementOperand.Parameter(id)), pairs.Select(p => p.Expression).ToEquatableArray()), ValueKind.Real);
    }

    private Val.Pair TokenElement(Val.Rows rows, Val.Row row, Val column, Expr at)
    {
        int expected = row.OfKey ? pairSpaces.Key : pairSpaces.Query;
        if (rows.Space != expected)
            throw Fail(Rules.RowSpaceMismatch, at,
                $"{Describe(rows)} is read at a row of [{spaces[expected].Name}]; give it the rows of the {(row.OfKey ? "keys" : "queries")}");
        if (rows.Stored is not { } view)
            throw Fail(Rules.LambdaTooWide, at, "only a value that is computed before the attention can be read in a lambda; assign it to a local first");
        Val.Pair index = PairOf(column, at);
        if (index.Kind != ValueKind.Integer) throw Fail(Rules.LambdaTooWide, at, "a column is an integer");
        return new Val.Pair(
            new Expression.TokenElement(Operand(new ElementOperand.Rows(view, expected)), row.OfKey ? RowOf.Key : RowOf.Query, null, index.Expression), ValueKind.Real);
    }

    private int Operand(ElementOperand operand)
    {
        int at = pairOperands.IndexOf(operand);
        if (at >= 0) return at;
        pairOperands.Add(operand);
        return pairOperands.Count - 1;
    }

    private static bool IsTruth(BinaryOp op) => op >= BinaryOp.Equal && op <= BinaryOp.Or;

    private static ValueKind Wider(ValueKind a, ValueKind b) => a == b ? a : ValueKind.Real;
}
