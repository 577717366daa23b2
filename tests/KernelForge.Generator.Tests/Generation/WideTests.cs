using KernelForge.Generator.Tests.Analyzers;
using Microsoft.CodeAnalysis.CSharp;

namespace KernelForge.Generator.Tests.Generation;

/// <summary>Descriptions that use the language's corners break no rule, and what is generated from them compiles.</summary>
public sealed class WideTests
{
    [Theory]
    [InlineData("a configuration of every kind", """
        public enum Norm { Before, After }

        [TransformerModel]
        [Requires("tie", true, null)]
        [IgnoreWeights("lm_head.*")]
        public sealed partial class Everything(
            [Config("hidden")] int hidden, [Config("heads", "attention.heads")] int heads = 4, [Config("eps")] double epsilon = 1e-5,
            [Config("scale")] float scale = 0.5f, [Config("negative")] double negative = -1e-7, [Config("bias")] bool bias = true,
            [Config("kind")] string kind = "plain", [Config("norm")] Norm norm = Norm.After, [Config("head_dim")] int? headDim = null,
            [Config("act")] Activation? activation = null, [Config("dims")] int[]? dims = null, [Config("names")] string[]? names = null,
            [Config("limit")] double limit = double.PositiveInfinity, Norm @fixed = Norm.Before)
        {
            private readonly int size = headDim ?? hidden / heads;
            private readonly Linear linear = new(hidden, hidden, bias: bias);
            private readonly LayerNorm norms = new(hidden, epsilon);

            public Tokens Forward(Tokens x)
            {
                Tokens y = norm == Norm.Before ? linear[norms[x]] : norms[linear[x]];
                if (kind == "plain") y *= scale + negative;
                return y / size;
            }
        }
        """)]
    [InlineData("arrays, and what the host runs", """
        [TransformerModel]
        public sealed partial class Stages([Config("sizes")] int[] sizes, [Config("kinds")] string[]? kinds)
        {
            private readonly int rank = Rank(sizes[0], above: 2) + Functions.Twice(sizes.Length);
            private readonly Linear embed = new(8, sizes[sizes.Length - 1]);
            private readonly Layers<Stage> stages = new(sizes.Length, i => new Stage(sizes[sizes.Length - 1], sizes[i]));

            public Tokens Forward(Tokens x)
            {
                x = embed[x];
                for (int i = 0; i < sizes.Length; i++)
                {
                    Tokens y = stages[i].Forward(x) / sizes[i];
                    x += kinds![i] == "twice" && Functions.IsOdd(i) ? y * 2 : y;
                }
                return x * rank * Math.Cbrt(sizes[0]);
            }

            internal static int Rank(int n, int below = 1, int above = 1)
            {
                while (n % above == 0) n /= above;
                return n * below;
            }
        }

        [TransformerLayer]
        public sealed partial class Stage(int hidden, int inner)
        {
            private readonly Linear expand = new(hidden, inner);
            private readonly Linear contract = new(inner, hidden);

            public Tokens Forward(Tokens x) => contract[Relu(expand[x])];
        }

        public static partial class Functions
        {
            [LayerFunction]
            public static int Twice(int n) => 2 * n;

            public static bool IsOdd(int n) => n % 2 == 1;
        }
        """)]
    [InlineData("a field that hides a parameter of its name", """
        [TransformerLayer]
        public sealed partial class Hiding(int hidden)
        {
            private readonly int hidden = hidden * 2;
            private readonly Linear linear = new(hidden, hidden);

            public Tokens Forward(Tokens x) => linear[x] / hidden;
        }
        """)]
    [InlineData("helpers with tuples, defaults and overloads", """
        [TransformerLayer]
        public sealed partial class Helpers(int hidden)
        {
            private readonly Linear linear = new(hidden, 2 * hidden);

            public Tokens Forward(Tokens x)
            {
                (Tokens a, Tokens b) = Both(x);
                (a, b) = (b, a);
                return Gate(a) * Gate(b, 2) + Gate(3, b);
            }

            private (Tokens, Tokens) Both(Tokens x)
            {
                (Tokens first, Tokens second) = Split(linear[x], 2);
                return (first, second);
            }

            private static Tokens Gate(Tokens x, double slope = 1) => Sigmoid(x * slope);

            private static Tokens Gate(double slope, Tokens x) => Tanh(x * slope);
        }
        """)]
    [InlineData("a stack whose layers differ by their index", """
        [TransformerLayer]
        public sealed partial class Stack(int hidden, int depth, int every)
        {
            [Weight("h.{i}.ln")] private readonly Layers<LayerNorm> norms = new(depth, i => new LayerNorm(hidden, bias: i % every == 0));
            private readonly Layers<Linear2> inner = new(depth, i => new Linear2(hidden, i % 2 == 0 ? hidden : 2 * hidden));

            public Tokens Forward(Tokens x)
            {
                for (int i = 0; i < depth; i++)
                {
                    if (i % every == 0) x += inner[i].Forward(norms[i][x]);
                    else x = norms[i][x];
                }
                return x;
            }
        }

        [TransformerLayer]
        public sealed partial class Linear2(int hidden, int wide)
        {
            private readonly Linear up = new(hidden, wide, bias: false), down = new(wide, hidden, transposed: true);
            public Tokens Forward(Tokens x) => down[Gelu(up[x])];
        }
        """)]
    [InlineData("columns that a loop's index names", """
        [TransformerLayer]
        public sealed partial class Sliced(int hidden, int parts, int[] widths)
        {
            private readonly Linear linear = new(hidden, hidden);

            public Tokens Forward(Tokens x)
            {
                Tokens y = linear[x];
                for (int n = 0; n < parts; n++)
                {
                    x *= Slice(y, n, 1);
                    for (int m = n; m < n + parts; m++)
                        if (m > 0 && widths[m] == 1) x += Slice(y, m - 1, 1) + Sum(Slice(y, 0, widths[m]));
                }
                return x;
            }
        }
        """)]
    [InlineData("arrays that may be missing", """
        [TransformerLayer]
        public sealed partial class Maybe(int hidden, int[]? sizes, string[]? names = null)
        {
            private readonly int inner = sizes == null ? hidden : sizes[0];
            private readonly bool named = null != names && names.Length > 0, plain = sizes is null;
            private readonly Linear up = new(hidden, sizes == null ? hidden : sizes[0]);
            private readonly Linear down = new(sizes == null ? hidden : sizes[0], hidden);

            public Tokens Forward(Tokens x) => named || sizes == null && plain ? down[up[x]] / inner : down[Relu(up[x])];
        }
        """)]
    [InlineData("activations that it fixes itself", """
        [TransformerLayer]
        public sealed partial class Mlp(int hidden, Activation activation)
        {
            private readonly Linear linear = new(hidden, hidden);

            public Tokens Forward(Tokens x) => activation[linear[x]];
        }

        [TransformerLayer]
        public sealed partial class Three(int hidden, Activation? given = null)
        {
            private readonly Activation tanh = new(ActivationKind.Tanh);
            private readonly Activation chosen = given ?? Activation.Parse("gelu_new");
            private readonly Mlp first = new(hidden, new Activation(ActivationKind.Silu)), second = new(hidden, Activation.Parse("relu"));

            public Tokens Forward(Tokens x) => tanh[chosen[second.Forward(first.Forward(x))]];
        }
        """)]
    [InlineData("attention with captured parameters", """
        [TransformerLayer]
        public sealed partial class Alibi(int hidden, int heads, int keyValueHeads, int window, bool causal)
        {
            private readonly Linear q = new(hidden, hidden);
            private readonly Linear k = new(hidden, hidden / heads * keyValueHeads), v = new(hidden, hidden / heads * keyValueHeads);
            private readonly Parameter slopes = new(heads);

            public Tokens Forward(Tokens x) => Attention(q[x], k[x], v[x], heads, keyValueHeads,
                score: (s, i, j, h) => s - slopes[h] * Math.Abs(i - j),
                mask: (i, j) => (!causal || j <= i) && i - j < window);
        }
        """)]
    [InlineData("several results and an indexer in another file's style", """
        namespace Deep.Inside
        {
            public partial class Holder
            {
                [TransformerLayer]
                private protected sealed partial class Two(int width)
                {
                    private readonly Linear a = new(width, width), b = new(width, 1);

                    public (Tokens Tokens, Tokens Pooled) Forward(TokenIds ids, Tokens x)
                    {
                        Tokens y = a[x];
                        return (y, SequenceMean(b[y]));
                    }
                }
            }
        }
        """)]
    public async Task A_description_with(string what, string source)
    {
        CSharpCompilation compilation = Compilations.Create("User", [source], [Compilations.Language, Compilations.Runtime]);
        Assert.True(await Analysis.Of(compilation) is { Count: 0 } found, $"{what}: {string.Join("\n", await Analysis.Of(compilation))}");
        Compilations.AssertCompiles(Compilations.Generate(compilation));
    }
}
