namespace KernelForge.Generator.Tests.Analyzers;

/// <summary>Rows, lambdas, scans and banks that do not fit are reported at the very expression, with the symbols of the description.</summary>
public sealed class RowSpaceRuleTests
{
    [Theory]
    [InlineData("a value of other rows without a position", """
        RowSpace half = x.Rows.WithLengths(x.Rows.Lengths / 2);
        return Each(half, hidden, (t, f) => {|KF0102:x[t, f]|});
        """, "tokens [tokens, hidden] is read at a row of [rows]; say at which position of the sequence: x[t, position, feature]")]
    [InlineData("integers of other rows without a position", """
        RowSpace half = x.Rows.WithLengths(x.Rows.Lengths / 2);
        return Each(half, hidden, (t, f) => {|KF0102:x.Positions[t]|} + x[t, 0, f]);
        """, "integers [tokens] are read at a row of [rows]; say at which position of the sequence: ids[t, position]")]
    [InlineData("lengths that are not one a sequence", """
        return Each(x.Rows.WithLengths({|KF0102:x.Positions|}), hidden, (t, f) => x[t, 0, f]);
        """, "lengths are one integer a sequence of [tokens], such as rows.Lengths / 2; got integers [tokens]")]
    [InlineData("arithmetic of derived rows with the batch's own", """
        RowSpace half = x.Rows.WithLengths(x.Rows.Lengths / 2);
        Tokens y = Each(half, hidden, (t, f) => x[t, 2 * t, f]);
        return {|KF0102:x + y|};
        """, "the rows do not belong together: [tokens, hidden] and [rows, hidden]")]
    [InlineData("a scan over a table", """
        Tokens y = {|KF0102:Scan(RowSpace.Table(4), hidden, 1, (t, f, n, h) => h + f, (t, f, n, h) => h)|};
        return Each(x.Rows, hidden, (t, f) => x[t, f] + y[0, f]);
        """, "a scan runs along sequences, and the rows of a table belong to none")]
    [InlineData("a fold outside of a lambda", """
        return x * {|KF0110:Sum(4, n => n * 2.0)|};
        """, "Sum over a count stands in a lambda of Each, Scan or Attention")]
    [InlineData("a table as queries", """
        Tokens y = Each(RowSpace.Table(4), hidden, (t, f) => t + f);
        return {|KF0103:Attention(y, x, x, 1)|};
        """, "queries, keys and values are tokens, not parameters")]
    [InlineData("a table as a result", """
        return Each(RowSpace.Table(4), hidden, (t, f) => t + x.Features);
        """, "the entry returns tokens [4 table rows, hidden], expected tokens")]
    [InlineData("a method of one's own in a lambda of elements", """
        return Each(x.Rows, hidden, (t, f) => x[t, {|KF0110:Half(f)|}]);
        """, "C# of your own runs on the host, which knows hyper-parameters, integers of rows and i - j of a score or mask")]
    [InlineData("a bank without a number for each row", """
        return {|KF0101:bank[x, x]|};
        """, "'bank' takes one number a row, [tokens, 1], got [tokens, hidden]")]
    [InlineData("a bank of numbers of other rows", """
        Tokens first = SequenceFirst(Each(x.Rows, 1, (t, f) => t));
        return {|KF0102:bank[x, first]|};
        """, "'bank' needs a number for each row: got [tokens, hidden] and [sequences, 1]")]
    public async Task What_does_not_fit_is_reported_where_it_stands(string what, string forward, string message)
    {
        bool ofEntry = message.StartsWith("the entry", StringComparison.Ordinal), usesBank = forward.Contains("bank[", StringComparison.Ordinal);
        IReadOnlyList<string> found = await Marked.Verify($$"""
            [TransformerLayer]
            public sealed partial class Layer(int hidden)
            {
                private readonly Linear project = new(hidden, hidden);
                {{(usesBank ? "private readonly LinearBank bank = new(4, hidden, hidden);" : "")}}

                internal static int Half(int number) => number / 2;

                public Tokens {{(ofEntry ? "{|KF0103:Forward|}" : "Forward")}}(Tokens input)
                {
                    Tokens x = project[input];
            {{forward}}
                }
            }
            """);
        Assert.True(found.Count == 1, what);
        Assert.Contains(message, found[0], StringComparison.Ordinal);
    }
}
