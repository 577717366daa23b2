using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Spec;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.Reports;

/// <summary>Prints an expression of a description as the C# that it came from, or near to it: functions by their plain names.</summary>
internal static class ExprText
{
    private const int Primary = 9;

    public static string Of(Expr expression) => Print(expression, 0);

    public static string Arguments(IEnumerable<Argument> arguments) =>
        string.Join(", ", arguments.Select(a => (a.Name is null ? "" : a.Name + ": ") + Of(a.Value)));

    /// <summary><c>KernelForge.Ops.Silu(Tokens)</c> → <c>Silu</c>.</summary>
    public static string PlainName(string function)
    {
        int end = function.IndexOf('(');
        string name = end < 0 ? function : function.Substring(0, end);
        return name.Substring(name.LastIndexOf('.') + 1);
    }

    private static string Print(Expr expression, int outer) => expression switch
    {
        NumberExpr { IsInteger: true } n => NumberText.Shortest(n.Value),
        NumberExpr n => ScalarText.Real(n.Value),
        TextExpr t => CSharpText.Literal(t.Value),
        BoolExpr b => b.Value ? "true" : "false",
        NullExpr => "null",
        NameExpr n => n.Name,
        MemberExpr m => Print(m.Target, Primary) + "." + m.Name,
        IndexExpr x => Print(x.Target, Primary) + "[" + string.Join(", ", x.Arguments.Select(Of)) + "]",
        CallExpr c => (c.Receiver is null ? "" : Print(c.Receiver, Primary) + ".") + PlainName(c.Name) + "(" + Arguments(c.Arguments) + ")",
        BinaryExpr b => Wrap(
            Print(b.Left, OperatorText.Level(b.Op)) + " " + OperatorText.Symbol(b.Op) + " " + Print(b.Right, OperatorText.Level(b.Op) + 1),
            OperatorText.Level(b.Op), outer),
        UnaryExpr u => Wrap((u.Op == UnaryOp.Negate ? "-" : "!") + Print(u.Operand, Primary - 1), Primary - 1, outer),
        ConditionalExpr c => Wrap(Print(c.Condition, 1) + " ? " + Of(c.WhenTrue) + " : " + Of(c.WhenFalse), 0, outer),
        ConvertExpr c => Wrap((c.To == ValueKind.Integer ? "(int)" : "(double)") + Print(c.Operand, Primary - 1), Primary - 1, outer),
        LambdaExpr l => (l.Parameters.Count == 1 ? l.Parameters[0] : "(" + string.Join(", ", l.Parameters) + ")") + " => " + Of(l.Body),
        TupleExpr t => "(" + string.Join(", ", t.Items.Select(Of)) + ")",
        _ => throw new NotSupportedException(expression.GetType().Name),
    };

    private static string Wrap(string text, int level, int outer) => level < outer ? "(" + text + ")" : text;
}
