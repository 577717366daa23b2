using KernelForge.Generator.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace KernelForge.Generator.Tests.Analyzers;

/// <summary>An analyzer runs at every key: on code that ends anywhere, or in which anything is missing, it goes on.</summary>
public sealed class HalfWrittenTests
{
    private const string Source = """
        [TransformerLayer]
        public sealed partial class Half(int hidden, int[] sizes)
        {
            private readonly Parameter table = new(hidden, hidden);
            [Weight("experts.{e}.w1")] private readonly LinearBank bank = new(sizes[0], hidden, hidden, bias: false);

            public Tokens Forward(TokenIds ids, Tokens x)
            {
                RowSpace rows = x.Rows.WithLengths(Max(x.Rows.Lengths / 2, 1));
                Integers kinds = ids.Types.Select(Bucket).Select(n => n % 3);
                Tokens y = Each(rows, hidden, (t, f) => x[t, 2 * t + 1, f] * table[f, kinds[t, t]]);
                y += Each(rows, features: hidden, value: (t, f) => Sum(x.Length(t), n => x[t, n, f] + ArgMax(4, m => table[m, f])));
                y = Scan(y.Rows, hidden, sizes.Length, (t, f, n, h) => h * Decay(n) + y[t, f], (t, f, n, h) => h);
                (Tokens a, Tokens b) = Both(Attention(y, x, x, 2, score: (s, i, j, h) => s + table[Bucket(i - j), h], softmax: false), x);
                return bank[a, Slice(b, 0, 1)] * Tools.Scale(sizes[1], times: 2);
            }

            private double Decay(int n) => Exp(-table[n, 0]);

            internal static int Bucket(int distance) => Math.Clamp(distance, 0, 3);

            private (Tokens, Tokens) Both(Tokens a, Tokens b) => (a, Each(a.Rows, b.Features, (t, f) => b[t, t, f]));
        }

        internal static class Tools
        {
            public static double Scale(int n, double by = 0.5, int times = 1) => n * by * times;
        }
        """;

    private static readonly CSharpCompilation Empty = Compilations.Of();

    private static readonly SyntaxToken[] Tokens =
        [.. CSharpSyntaxTree.ParseText(Source, Compilations.ParseOptions).GetRoot().DescendantTokens()];

    [Fact]
    public void The_whole_breaks_no_rule() => Assert.Empty(Findings(Source));

    [Fact]
    public void It_may_end_anywhere()
    {
        string[] ends = ["", " } }", "; } }"];
        foreach ((SyntaxToken token, int i) in EveryThird(0)) Findings(Source[..token.Span.End] + ends[i % ends.Length]);
    }

    [Fact]
    public void Anything_may_be_missing()
    {
        foreach ((SyntaxToken token, _) in EveryThird(1)) Findings(Source.Remove(token.SpanStart, token.Span.Length));
    }

    [Fact]
    public void Anything_may_stand_twice()
    {
        foreach ((SyntaxToken token, _) in EveryThird(2)) Findings(Source.Insert(token.Span.End, " " + token.Text));
    }

    /// <summary>Each token for one of the tests, which would otherwise take a minute.</summary>
    private static IEnumerable<(SyntaxToken Token, int Number)> EveryThird(int first) =>
        Tokens.Where((_, i) => i % 3 == first).Select((token, i) => (token, i));

    private static List<string> Findings(string source)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        CSharpCompilation compilation = Empty.AddSyntaxTrees(Compilations.Tree(source, "Half.cs"));
        var found = new List<string>();
        try
        {
            if (compilation.GetTypeByMetadataName("Half") is { } layer)
                new ProjectCheck(compilation).Check(layer, diagnostic => found.Add(diagnostic.ToString()), cancellation);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new InvalidOperationException("the analyzer threw over\n" + source, e);
        }
        return found;
    }
}
