namespace KernelForge.Fuzzer.Tests.Findings;

public sealed class ScanTests
{
    [Fact]
    public void A_comparison_of_features_that_is_the_same_for_all_states_is_computed_once_a_vector() => Finding.Agrees("""
        // seed 153
        // values: d1 = 2
        // x1: 2 columns, lengths 3 7
        // e1: 2 exact columns, lengths 3 7
        namespace ComparedFeatures;

        [TransformerLayer]
        public sealed partial class Root(int d1)
        {
            private readonly LayerNorm norm1 = new(d1);
            private readonly LayerNorm norm2 = new(d1);

            public Tokens Forward(Tokens x1, Tokens e1)
            {
                Tokens v1 = norm1[x1] + norm2[e1];
                Tokens v2 = Scan(x1.Rows, d1, 1, (t1, f1, n1, h1) => ((e1[t1, f1] >= 0.5) ? 0.5 * h1 + v1[t1, f1] : 0.5),
                    (t1, f1, n1, h1) => h1);
                return v2 + v1;
            }
        }
        """);

    [Fact]
    public void Over_one_row_a_sequence() => Finding.AgreesOnGpu("""
        // seed 30025
        // values: d1 = 3, states1 = 2
        // x1: 3 columns, lengths 4 0 7
        namespace ScanOfSequences;

        [TransformerLayer]
        public sealed partial class Root(int d1, int states1)
        {
            private readonly LayerNorm norm1 = new(d1);

            public Tokens Forward(Tokens x1)
            {
                Tokens v5 = SequenceMax(norm1[x1]);
                return Scan(x1.Rows.Sequences, d1, states1, (t, f, n, h) => 0.5 * h + v5[t, f], (t, f, n, h) => h);
            }
        }
        """);
}
