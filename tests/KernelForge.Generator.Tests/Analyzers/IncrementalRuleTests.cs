namespace KernelForge.Generator.Tests.Analyzers;

/// <summary>What of an incremental layer depends on rows to come is reported at the very expression.</summary>
public sealed class IncrementalRuleTests
{
    [Theory]
    [InlineData("attention without a mask", """
        return {|KF0113:Attention(x, x, x, 1)|};
        """, "a query would see rows to come; mask them: mask: (i, j) => j <= i")]
    [InlineData("a mask of which nothing is known from positions", """
        return {|KF0113:Attention(x, x, x, 1, mask: (i, j) => x[i, 0] > x[j, 0])|};
        """, "a query would see rows to come")]
    [InlineData("the mean of a sequence", """
        return x + {|KF0113:SequenceMean(x)|};
        """, "it is made of all rows of a sequence, of which only the last ones are at hand: use SequenceLast")]
    [InlineData("the last row, added to those before it", """
        return {|KF0113:x + SequenceLast(x)|};
        """, "is made of a whole sequence: a row more changes it, and with it the rows there were")]
    [InlineData("the next row", """
        return {|KF0113:Shift(x, -1)|};
        """, "is read at positions that may lie behind the row itself, of rows to come")]
    [InlineData("a position that data choose", """
        return {|KF0113:Each(x.Rows, hidden, (t, f) => x[t, (int)x[t, 0], f])|};
        """, "is read at positions that may lie behind the row itself, of rows to come")]
    [InlineData("a row of which a later position is fixed", """
        return {|KF0113:Each(x.Rows, hidden, (t, f) => x[t, 1, f])|};
        """, "is read at positions that may lie behind the row itself, of rows to come")]
    [InlineData("a convolution that is not causal", """
        return {|KF0113:Each(x.Rows, hidden, (t, f) => Sum(3, n => x[t, t - 1 + n, f]))|};
        """, "is read at positions that may lie behind the row itself, of rows to come")]
    [InlineData("the length of a sequence", """
        return {|KF0113:Each(x.Rows, hidden, (t, f) => x[t, f] / x.Length(t))|};
        """, "the length of a sequence of [tokens] changes with every row that comes")]
    [InlineData("a scan from the end", """
        return {|KF0113:Scan(x.Rows, hidden, 1, (t, f, n, h) => h + x[t, f], (t, f, n, h) => h, backwards: true)|};
        """, "a scan from the end begins anew with every row that comes")]
    [InlineData("rows that are not a multiple", """
        Tokens y = {|KF0113:Each(x.Rows.WithLengths(x.Rows.Lengths / 2), hidden, (t, f) => x[t, 2 * t, f])|};
        return Each(x.Rows, hidden, (t, f) => y[t, t / 2, f]);
        """, "[rows] is not a fixed multiple of the rows that go on")]
    [InlineData("integers of other rows", """
        return {|KF0113:Each(x.Rows, hidden, (t, f) => x[t, f] * x.Positions[t, 0])|};
        """, "integers of other rows are not kept; read them at the row itself")]
    public async Task What_depends_on_rows_to_come_is_reported_where_it_stands(string what, string forward, string message)
    {
        IReadOnlyList<string> found = await Marked.Verify(Layer("[Incremental]", "Tokens input", forward));

        Assert.Contains(message, Assert.Single(found), StringComparison.Ordinal);
        Assert.NotEmpty(what);
    }

    [Theory]
    [InlineData("""return Attention(x, x, x, 1, mask: (i, j) => j <= i && i - j < 4);""")]
    [InlineData("""return Attention(x, x, x, 1, score: (s, i, j, h) => s + x[j, h], mask: (i, j) => j / 4 == i / 4);""")]
    [InlineData("""return SequenceLast(x);""")]
    [InlineData("""return Shift(x, 2) + CumulativeSum(x) + Each(x.Rows, hidden, (t, f) => Sum(t + 1, p => x[t, p, f]));""")]
    [InlineData("""return x + Each(x.Rows, hidden, (t, f) => Sum(4, n => x[t, t - 3 + n, f]) * Cos(t));""")]
    [InlineData("""
        Tokens slot = Each(x.Rows.WithLengths(2 * x.Rows.Lengths), hidden, (r, f) => x[r, r / 2, f]);
        return Each(x.Rows, hidden, (t, f) => Sum(2, s => slot[t, (2 * t) + s, f]));
        """)]
    public async Task What_depends_on_earlier_rows_alone_passes(string forward) =>
        Assert.Empty(await Marked.Verify(Layer("[Incremental]", "Tokens input", forward)));

    [Fact]
    public async Task Of_several_batches_one_is_named_that_goes_on()
    {
        const string forward = "return project[Attention(x, project[source], source, 1)];";
        string message = Assert.Single(await Marked.Verify(Layer("[Incremental]", "Tokens source, Tokens input", forward, "{|KF0113:Layer|}")));
        Assert.Contains("""name the one whose rows go on: [Incremental("input")]""", message, StringComparison.Ordinal);

        Assert.Empty(await Marked.Verify(Layer("""[Incremental("input")]""", "Tokens source, Tokens input", forward)));

        message = Assert.Single(await Marked.Verify(Layer("""[Incremental("other")]""", "Tokens source, Tokens input", forward, "{|KF0113:Layer|}")));
        Assert.Contains("has no parameter 'other' whose rows could go on", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_a_sequence_of_what_is_given_once_serves_what_is_given_once_alone()
    {
        const string attribute = """[Incremental("input")]""", parameters = "Tokens source, Tokens input";
        Assert.Empty(await Marked.Verify(Layer(attribute, parameters, """
            Tokens memory = source - SequenceMean(source);
            return project[Attention(x, project[memory], memory, 1)];
            """)));

        string message = Assert.Single(await Marked.Verify(Layer(attribute, parameters, """
            Tokens mean = SequenceMean(source);
            return {|KF0113:Each(x.Rows, hidden, (t, f) => x[t, f] + mean[t, 0, f])|};
            """)));
        Assert.Contains("'mean', a row a sequence of what is given once, is not kept", message, StringComparison.Ordinal);
    }

    private static string Layer(string attribute, string parameters, string forward, string name = "Layer") => $$"""
        [TransformerLayer]
        {{attribute}}
        public sealed partial class {{name}}(int hidden)
        {
            private readonly Linear project = new(hidden, hidden);

            public Tokens Forward({{parameters}})
            {
                Tokens x = project[input];
                {{forward}}
            }
        }
        """;
}
