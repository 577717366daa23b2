using System.Globalization;
using KernelForge.Generator.Tests.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace KernelForge.Generator.Tests.Generation;

/// <summary>The library that is written in the language compiles from its binary, in layers whose widths are symbols.</summary>
public sealed class LibraryTests
{
    [Theory]
    [InlineData("top-k, its experts and their gates", """
        [TransformerLayer]
        public sealed partial class Mixture(int hidden, int inner, int experts, int k)
        {
            private readonly Linear router = new(hidden, experts, bias: false);
            [Weight("experts.{e}.up")] private readonly LinearBank up = new(experts, hidden, inner);
            [Weight("experts.{e}.down")] private readonly LinearBank down = new(experts, inner, hidden, bias: false);

            public Tokens Forward(Tokens x)
            {
                (Tokens gates, Tokens chosen) = TopK(Softmax(router[x]), k);
                for (int n = 0; n < k; n++) x += Slice(gates, n, 1) * down[Silu(up[x, Slice(chosen, n, 1)]), Slice(chosen, n, 1)];
                return x;
            }
        }
        """)]
    [InlineData("rotary positions of a part of each head", """
        [TransformerLayer]
        public sealed partial class Rotary(int heads, int keyValueHeads, int headDim, double theta, int dims)
        {
            private readonly Linear query = new(heads * headDim, heads * headDim), key = new(heads * headDim, keyValueHeads * headDim);

            public Tokens Forward(Tokens x)
            {
                Tokens cos = RotaryCos(x.Rows, dims, theta), sin = RotarySin(x.Rows, dims, theta);
                Tokens q = Rotate(query[x], cos, sin, heads), k = Rotate(key[x], cos, sin, keyValueHeads, interleaved: true);
                return Attention(q, k, k, heads, keyValueHeads) + Attention(q, Repeat(k, heads / keyValueHeads, keyValueHeads), q, heads);
            }
        }
        """)]
    [InlineData("convolutions that keep and change lengths", """
        [TransformerLayer]
        public sealed partial class Stem(int mels, int hidden, int kernel)
        {
            private readonly Convolution first = new(mels, hidden, 3, padding: 1), second = new(hidden, hidden, 3, stride: 2, padding: 1);
            private readonly Convolution pointwise = new(hidden, hidden, 1, bias: false), wide = new(hidden, hidden, kernel, dilation: 2);
            private readonly DepthwiseConvolution depthwise = new(hidden, kernel, before: kernel - 1);
            private readonly BatchNorm norm = new(hidden);
            private readonly RmsNorm rms = new(hidden, unitOffset: true);

            public (Tokens, Tokens, Tokens) Forward(Tokens mel)
            {
                Tokens x = first[mel];
                x += WindowMean(x, 3, 1, padding: 1) + pointwise[x];
                Tokens y = Gelu(second[x]);
                y = rms[y + norm[depthwise[y]]];
                return (x + Linear(mel), y, WindowMax(wide[y], 2, 2));
            }

            private static Tokens Linear(Tokens mel) => Mean(mel);
        }
        """)]
    [InlineData("shifts, sums, ranks and gathers", """
        [TransformerLayer]
        public sealed partial class Sparse(int hidden, int kept)
        {
            private readonly Linear score = new(hidden, 1), mix = new(hidden, hidden);

            public Tokens Forward(Tokens x)
            {
                x = mix[x + Shift(x, 1) + Sign(CumulativeSum(x)) * SequenceLast(x)];
                Tokens rank = Rank(score[x]);
                RowSpace top = x.Rows.WithLengths(Min(x.Rows.Lengths, kept));
                Tokens places = Each(top, 1, (t, f) => ArgMax(x.Length(t), p => rank[t, p, 0] == t ? 1 : 0));
                return Gather(x, places);
            }
        }
        """)]
    public async Task A_layer_with(string what, string source)
    {
        CSharpCompilation compilation = Compilations.Of(source);
        IReadOnlyList<Diagnostic> found = await Analysis.Of(compilation);
        Assert.True(found is [], $"{what}: {string.Join("\n", found)}");
        Compilations.AssertCompiles(Compilations.Generate(compilation));
    }

    [Theory]
    [InlineData("Taken(x, 9)", "columns 0 to 9 are not all in [tokens, 8]")]
    [InlineData("narrow[x]", "'linear' expects [rows, 12], got [rows, 24]")]
    [InlineData("x + strided[x]", "the rows do not belong together")]
    public async Task A_layer_is_refused_that_returns(string wrong, string why)
    {
        IReadOnlyList<Diagnostic> found = await Analysis.Of(Compilations.Of($$"""
            [TransformerLayer]
            public sealed partial class Wrong
            {
                private readonly Linear linear = new(8, 8);
                private readonly Convolution narrow = new(4, 8, 3), strided = new(8, 8, 3, stride: 2);

                public Tokens Forward(Tokens x)
                {
                    x = linear[x] + SequenceMean(narrow[Slice(x, 0, 4)]) + SequenceMean(strided[x]);
                    return {{wrong}};
                }

                private static Tokens Taken(Tokens x, int k)
                {
                    (Tokens values, Tokens indices) = TopK(x, k);
                    return values + indices;
                }
            }
            """));
        Assert.Contains(found, d => d.GetMessage(CultureInfo.InvariantCulture).Contains(why, StringComparison.Ordinal));
    }
}
