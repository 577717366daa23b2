namespace KernelForge.Fuzzer.Tests.Findings;

public sealed class InPlaceTests
{
    /// <summary>Every lane reads the one number of a row, and one of them stores over it: on CUDA nothing ordered the two.</summary>
    [Fact]
    public void One_number_a_row_that_is_stored_over() => Finding.AgreesOnGpu("""
        // seed 1003
        // values: heads1 = 1
        // x2: 1 columns, lengths 1
        namespace StoredOver;

        [TransformerLayer]
        public sealed partial class Root(int heads1)
        {
            private readonly LayerNorm norm1 = new((1 * heads1));

            public Tokens Forward(Tokens x2)
            {
                Tokens v4 = norm1[x2];
                Tokens v5 = Each(x2.Rows, 1, (t1, f1) => v4[t1, 0, 0]);
                Tokens v12 = Mish(v5);
                Tokens v24 = Each(x2.Rows.WithLengths(x2.Rows.Lengths / 2), 1 * heads1, (t2, f3) => Min(1, k2 => v12[t2, 0, k2]));
                return v24;
            }
        }
        """);

    /// <summary>
    /// A product's residual that is stored over: the zeros behind the last column were read by one thread and stored by another, and on CUDA
    /// nothing ordered the two.
    /// </summary>
    [Fact]
    public void A_residual_whose_columns_are_no_multiple_of_eight() => Finding.AgreesOnGpu("""
        // seed 503205
        // values: d4 = 17
        // x1: 17 columns, lengths 8 0 1 1 3
        namespace ResidualStoredOver;

        [TransformerLayer]
        public sealed partial class Root(int d4)
        {
            private readonly Linear linear3 = new(d4, d4);
            private readonly Linear linear4 = new(d4, d4);
            private readonly LayerNorm norm1 = new(d4);

            public Tokens Forward(Tokens x1)
            {
                Tokens x2 = norm1[x1];
                Tokens v7 = Max(x2, x1);
                Tokens v8 = 0.05 * (Relu(linear3[v7]) * linear4[v7]);
                return norm1[(x2 + (x2 * v8))];
            }
        }
        """);
}
