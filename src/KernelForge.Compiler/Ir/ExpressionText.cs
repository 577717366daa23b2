namespace KernelForge.Compiler.Ir;

/// <summary>Prints an expression for people: fusion tables, headers and messages.</summary>
public static class ExpressionText
{
    /// <param name="leaf">The text of a leaf, or null for the leaf's own.</param>
    public static string Of(Expression expression, Func<Expression, string?> leaf)
    {
        return Print(expression, 0);

        string Print(Expression e, int outer) => leaf(e) ?? e switch
        {
            Expression.Host h => ScalarText.Of(h.Value),
            Expression.Read r => "operand" + r.Number,
            Expression.Accumulator a => "sum" + a.Number,
            Expression.Local l => "local" + l.Phase,
            Expression.Reduced r => "reduced" + r.Phase,
            Expression.Call c => c.Function + "(" + string.Join(", ", c.Arguments.Select(a => Print(a, 0))) + ")",
            Expression.Binary b => PrintBinary(b, outer),
            Expression.Unary u => OperatorText.Signed(u.Op, Print(u.Argument, 9)),
            Expression.Select s => "(" + Print(s.Condition, 1) + " ? " + Print(s.WhenTrue, 0) + " : " + Print(s.WhenFalse, 0) + ")",
            Expression.Activate a => ScalarText.Of(a.Activation) + "[" + Print(a.Argument, 0) + "]",
            Expression.Logit => "s",
            Expression.QueryPosition => "i",
            Expression.KeyPosition => "j",
            Expression.Head => "h",
            Expression.Element x => "operand" + x.Number + "[" + string.Join(", ", x.Indices.Select(i => Print(i, 0))) + "]",
            Expression.RowPosition => "t",
            Expression.Feature => "f",
            Expression.StateIndex => "n",
            Expression.StateValue => "h",
            Expression.Index i => Variable(i.Id),
            Expression.Fold f => $"{f.FoldKind}({Print(f.Count, 0)}, {Variable(f.Id)} => {Print(f.Body, 0)})",
            Expression.HostCall c => c.Method.Substring(c.Method.LastIndexOf('.') + 1) + "(" + string.Join(", ", c.Arguments.Select(a => Print(a, 0))) + ")",
            Expression.Convert c => (c.To == Spec.ValueKind.Integer ? "(int)" : "(double)") + Print(c.Argument, 9),
            _ => throw new NotSupportedException(e.GetType().Name),
        };

        static string Variable(int id) => "n" + id.ToString(System.Globalization.CultureInfo.InvariantCulture);

        string PrintBinary(Expression.Binary b, int outer)
        {
            int level = OperatorText.Level(b.Op);
            string text = Print(b.Left, level) + " " + OperatorText.Symbol(b.Op) + " " + Print(b.Right, level + 1);
            return level < outer ? "(" + text + ")" : text;
        }
    }
}
