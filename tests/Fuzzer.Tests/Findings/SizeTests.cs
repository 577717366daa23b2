namespace KernelForge.Fuzzer.Tests.Findings;

/// <summary>Sizes that are equal whatever they are computed from.</summary>
public sealed class SizeTests
{
    [Fact]
    public void Half_of_a_number_that_is_even_by_its_own_words() => Finding.Agrees("""
        // seed 1021
        // values: d1 = 5, half1 = 3
        // x1: 5 columns, lengths 4 9
        namespace HalfOfTwice;

        [TransformerLayer]
        public sealed partial class Root(int half1, int d1)
        {
            private readonly Linear linear1 = new(half1, d1);

            public Tokens Forward(Tokens x1)
            {
                Tokens v1 = RotarySin(x1.Rows, 2 * half1, 500.0);
                return linear1[v1] + x1;
            }
        }
        """);
}
