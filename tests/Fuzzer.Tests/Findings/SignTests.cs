namespace KernelForge.Fuzzer.Tests.Findings;

public sealed class SignTests
{
    /// <summary>What is negated within a function that negates it again stood as <c>--x</c>: no C#, and other CUDA C.</summary>
    [Fact]
    public void A_negated_argument_of_a_function_that_negates() => Finding.AgreesOnGpu("""
        // seed 106196
        // values: d1 = 3
        // x3: 3 columns, lengths 4 0 2
        namespace TwiceNegated;

        [TransformerLayer]
        public sealed partial class Root(int d1)
        {
            private readonly Linear linear4 = new(d1, d1, transposed: true);
            private readonly LayerNorm norm1 = new(d1);

            public (Tokens, Tokens, Tokens) Forward(Tokens x3)
            {
                Tokens v1 = norm1[x3];
                return (Sigmoid(-linear4[x3]), Sigmoid(-v1) + v1, Each(x3.Rows, d1, (t, f) => Sigmoid(-v1[t, f])));
            }
        }
        """);
}
