namespace KernelForge.Generator.Tests.Analyzers;

/// <summary>What the language does not have inside lambdas and around them: each message says what stands there instead.</summary>
public sealed class LambdaRuleTests
{
    [Theory]
    [InlineData("Each({|RowSpace.Ragged(1, 2)|}, 1, (t, f) => 0)", "KF0005", "a static method of int, double and bool")]
    [InlineData("Each(x.Rows, 1, (t, f) => {|t.Absolute|})", "KF0004", "read other values at the row itself")]
    [InlineData("Each(x.Rows, 1, (t, f) => {|function(f)|})", "KF0005", "make a private method and call that")]
    [InlineData("{|Numbers.Both(x).Item1|}", "KF0004", "take the tuple apart into locals")]
    [InlineData("x * {|Hidden.Bucket(3)|}", "KF0005", "'Hidden' is private; make it internal, or mark it [LayerFunction]")]
    [InlineData("x * {|Generic<int>.Bucket(3)|}", "KF0005", "its type 'Generic' has type parameters")]
    [InlineData("x * {|Numbers.Any<int>(3)|}", "KF0005", "it has type parameters")]
    [InlineData("x * {|Local.Bucket(3)|}", "KF0005", "'Local' is seen in its own file only")]
    [InlineData("x * {|Numbers.OfFloat(3)|}", "KF0005", "mark it [LayerFunction]")]
    [InlineData("x * {|Math.Clamp(3L, 1, 2)|}", "KF0005", "only methods of int, double and bool")]
    [InlineData("Each(x.Rows, 1, {|(t, f) => { double a = 1; return a; }|})", "KF0004", "the body of a lambda is one expression")]
    public async Task A_message_says_what_to_write_instead(string expression, string rule, string remedy)
    {
        string marked = expression.Replace("{|", $"{{|{rule}:", StringComparison.Ordinal);
        IReadOnlyList<string> messages = await Marked.Verify(Source.Replace("EXPRESSION", marked, StringComparison.Ordinal));
        Assert.Contains(remedy, Assert.Single(messages), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_private_method_that_is_no_description_may_become_one_of_the_host()
    {
        IReadOnlyList<string> messages = await Marked.Verify("""
            [TransformerLayer]
            public sealed partial class Bucketed(int hidden)
            {
                private readonly Linear linear = new(hidden, hidden);

                public Tokens Forward(Tokens x) => linear[x] * Bucket(hidden);

                private static int Bucket(int n)
                {
                    {|KF0003:while (n > 8)|} n /= 2;
                    return n;
                }
            }
            """);
        Assert.EndsWith("or make 'Bucket' internal: then the host runs it as it is", Assert.Single(messages), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_branch_over_a_number_of_a_lambda_may_become_an_expression_or_the_host_s()
    {
        IReadOnlyList<string> messages = await Marked.Verify("""
            [TransformerLayer]
            public sealed partial class Clamped(int hidden)
            {
                private readonly Linear linear = new(hidden, hidden);

                public Tokens Forward(Tokens x) => Each(linear[x].Rows, hidden, (t, f) => Near(t - f));

                private static int Near(int distance)
                {
                    if ({|KF0108:distance < 0|}) return 0;
                    return distance;
                }
            }
            """);
        Assert.Contains("a lambda chooses by '? :', and C# of ints, doubles and bools that others can call ('internal static') the host runs as it is",
            Assert.Single(messages), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Numbers_in_weight_names_stand_where_there_are_several() => await Marked.Verify("""
        [TransformerLayer]
        public sealed partial class Names(int hidden)
        {
            [Weight("a.{e}")] private readonly Linear {|KF0013:linear|} = new(hidden, hidden);
            [Weight("b.{i}")] private readonly LinearBank {|KF0013:bank|} = new(4, hidden, hidden);
            [Weight("{e}.c", "c")] private readonly LinearBank right = new(4, hidden, hidden);
            [Weight("")] private readonly LayerNorm norm = new(hidden);

            public Tokens Forward(Tokens x) => norm[right[bank[linear[x], x], x]];
        }
        """);

    private const string Source = """
        [TransformerLayer]
        public sealed partial class Probe(int hidden)
        {
            private readonly Linear linear = new(hidden, hidden);

            public Tokens Forward(Tokens x)
            {
                Func<int, double> function = n => n;
                x = linear[x];
                return EXPRESSION;
            }

            private static class Hidden
            {
                public static int Bucket(int n) => n;
            }
        }

        public static class Generic<T>
        {
            public static int Bucket(int n) => n;
        }

        file static class Local
        {
            public static int Bucket(int n) => n;
        }

        public static partial class Numbers
        {
            public static int Any<T>(int n) => n;

            public static float OfFloat(float n) => n;

            [LayerFunction]
            public static (Tokens, Tokens) Both(Tokens x) => (x, x);
        }
        """;
}
