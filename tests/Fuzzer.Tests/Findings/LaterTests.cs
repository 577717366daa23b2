namespace KernelForge.Fuzzer.Tests.Findings;

/// <summary>Rows that come later.</summary>
public sealed class LaterTests
{
    [Fact]
    public void The_last_of_several_rows_for_each_that_goes_on_keeps_nothing() => Finding.AgreesOnGpu("""
        // seed 103122
        // values: chosen1 = 2, d2 = 3
        // x1: 3 columns, lengths 4 0 7
        namespace LastOfMultiple;

        [TransformerLayer]
        [Incremental("x1")]
        public sealed partial class Root(int chosen1, int d2)
        {
            private readonly Linear linear3 = new(d2, d2, bias: false);
            private readonly LayerNorm norm1 = new(d2);

            public Tokens Forward(Tokens x1)
            {
                Tokens v3 = norm1[x1];
                Tokens v15 = Each(x1.Rows.WithLengths(x1.Rows.Lengths * chosen1), d2, (t, f) => v3[t, t / chosen1, f]);
                return SequenceLast(linear3[v15]);
            }
        }
        """);

    [Fact]
    public void A_row_a_sequence_of_what_is_given_once_is_computed_of_nothing_in_later_runs() => Finding.AgreesOnGpu("""
        // seed 311588
        // values: d2 = 6, headDim1 = 3, heads1 = 2
        // x1: 6 columns, lengths 1 4
        // x2: 2 columns, lengths 34 3
        namespace LastOfWhatIsGivenOnce;

        [TransformerLayer]
        [Incremental("x2")]
        public sealed partial class Root(int heads1, int d2, int headDim1)
        {
            private readonly LayerNorm norm1 = new(heads1);
            private readonly Linear linear2 = new(d2, headDim1 * heads1, bias: false);
            private readonly Linear linear3 = new(d2, headDim1 * heads1);

            public Tokens Forward(Tokens x1, Tokens x2)
            {
                Tokens v2 = norm1[x2];
                Tokens v4 = SequenceLast(x1);
                Tokens v10 = linear2[x1];
                Tokens v11 = linear3[v4];
                Tokens v13 = Attention(v10, v11, v11, heads1);
                Tokens v14 = Attention(v11, v10, v10, heads1);
                Tokens v15 = Attention(v10, v14, v14, heads1);
                Tokens v16 = Each(x2.Rows, 1 * heads1, (t2, f2) => (v13[t2, 0, f2] + v15[t2, 0, f2] + v2[t2, f2]));
                return v16;
            }
        }
        """);
}
