using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;

namespace KernelForge.Compiler.BackEnds;

/// <summary>
/// What the host computes of integers for each batch, as C#: the lengths of row spaces, and integers of rows that kernels read. Overflow is an
/// exception, as in the description's own run.
/// </summary>
/// <param name="scalar">The text of a host value.</param>
/// <param name="integers">The text of an input's ids or types: an array or a span.</param>
/// <param name="length">The text of the rows that <c>sequence</c> has in a row space of an input, or with lengths of its own.</param>
internal sealed class HostIntegers(KernelPlan plan, Func<Scalar, string> scalar, Func<int, bool, string> integers, Func<int, string> length)
{
    /// <summary>The length of a sequence in a row space that has lengths of its own.</summary>
    /// <param name="sequence">The variable that holds the sequence's number.</param>
    public string Length(RowSpace space, string sequence) => $"checked({Print(space.Lengths!, space.Id, sequence, sequence, "0", 0)})";

    /// <summary>An integer of a row.</summary>
    /// <param name="row">The variable that holds the row.</param>
    /// <param name="sequence">The variable that holds its sequence.</param>
    /// <param name="position">The row's position within the sequence.</param>
    public string Value(PlanIntegers value, string row, string sequence, string position) =>
        $"checked({Print(value.Value, value.RowSpace, row, sequence, position, 0)})";

    /// <summary>For people: <c>length of tokens / 2</c>.</summary>
    public static string Words(KernelPlan plan, RowInteger value)
    {
        var words = new HostIntegers(
            plan, ScalarText.Of, (input, types) => plan.Inputs[input].Name + (types ? ".Types" : ""), space => $"length of {plan.RowSpaces[space].Name}");
        return words.Words(value, 0);
    }

    private string Words(RowInteger value, int outer) => value switch
    {
        RowInteger.Ids i => integers(i.Input, false),
        RowInteger.Types t => integers(t.Input, true),
        RowInteger.Position => "position",
        RowInteger.Length l => length(l.Space),
        RowInteger.Host h => Words(plan.HostIntegers[h.Number].Value, outer),
        RowInteger.Call c => $"{c.Method.Substring(c.Method.LastIndexOf('.') + 1)}({string.Join(", ", c.Arguments.Select(a => Words(a, 0)))})",
        _ => Arithmetic(value, outer, Words),
    };

    private string Print(RowInteger value, int space, string row, string sequence, string position, int outer)
    {
        return value switch
        {
            RowInteger.Ids i => $"{integers(i.Input, false)}[{RowOf(i.Input)}]",
            RowInteger.Types t => $"{integers(t.Input, true)}[{RowOf(t.Input)}]",
            RowInteger.Position => position.Contains(' ') && outer > 0 ? "(" + position + ")" : position,
            RowInteger.Length l => plan.RowSpaces[l.Space].SequencesOf is null ? length(l.Space) : "1",
            RowInteger.Host h => Inner(plan.HostIntegers[h.Number].Value, outer),
            RowInteger.Call c => $"{c.Method}({string.Join(", ", c.Arguments.Select(a => Inner(a, 0)))})",
            _ => Arithmetic(value, outer, Inner),
        };

        string Inner(RowInteger part, int strength) => Print(part, space, row, sequence, position, strength);

        // An input of one integer a sequence, for a row: that of the row's sequence.
        string RowOf(int input) => plan.Inputs[input].RowSpace == space ? row : sequence;
    }

    private string Arithmetic(RowInteger value, int outer, Func<RowInteger, int, string> print)
    {
        switch (value)
        {
            case RowInteger.Constant c:
                string text = scalar(c.Value);
                return c.Value is Scalar.Number { Value: >= 0 } or Scalar.Hyper ? text : "(" + text + ")";
            case RowInteger.Binary b:
                int level = OperatorText.Level(b.Op);
                text = $"{print(b.Left, level)} {OperatorText.Symbol(b.Op)} {print(b.Right, level + 1)}";
                return level < outer ? "(" + text + ")" : text;
            case RowInteger.Affine a:
                RowInteger scaled = a.Factor.Constant == 1 ? a.Value
                    : new RowInteger.Binary(Spec.BinaryOp.Multiply, a.Value, new RowInteger.Constant(a.Factor));
                return print(a.Offset.Constant == 0 ? scaled : new RowInteger.Binary(Spec.BinaryOp.Add, scaled, new RowInteger.Constant(a.Offset)), outer);
            default:
                throw new NotSupportedException(value.GetType().Name);
        }
    }
}
