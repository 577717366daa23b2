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
}
