namespace KernelForge.Generator.Tests.Analyzers;

/// <summary>Names that C# lets stand for different things in different places.</summary>
public sealed class ScopeTests
{
    [Fact]
    public async Task Locals_of_one_name_in_two_arms_loops_and_lambdas_are_not_confused() => await Marked.Verify("""
        [TransformerLayer]
        public sealed partial class Scopes(int hidden, int inner, bool wide, int heads)
        {
            private readonly Linear expand = new(hidden, inner);
            private readonly Linear contract = new(inner, hidden);
            private readonly Linear narrow = new(hidden, hidden);

            public Tokens Forward(Tokens x)
            {
                if (wide)
                {
                    Tokens t = expand[x];
                    x += contract[t];
                }
                else
                {
                    Tokens t = narrow[x];
                    x += t;
                }
                for (int n = 0; n < 2; n++)
                {
                    Tokens t = expand[x];
                    x += contract[t];
                }
                for (int n = 0; n < 3; n++)
                {
                    Tokens t = narrow[x];
                    x += t;
                }
                return Attention(x, x, x, heads, score: (s, t, n, h) => s - Max(t - n, n - t));
            }
        }
        """);

    [Fact]
    public async Task A_loop_counts_by_itself() => await Marked.Verify("""
        [TransformerLayer]
        public sealed partial class Counting(int hidden, int depth)
        {
            private readonly Linear linear = new(hidden, hidden);

            public Tokens Forward(Tokens x)
            {
                for (int i = 0; i < depth; i++)
                {
                    x = linear[x];
                    {|KF0003:i|}++;
                }
                return x;
            }
        }
        """);
}
