namespace KernelForge.Fuzzer.Tests.Findings;

/// <summary>What nothing reads.</summary>
public sealed class UnusedTests
{
    [Fact]
    public void A_loop_over_layers_whose_value_nothing_reads() => Finding.Agrees("""
        // seed 29
        // values: d1 = 3, depth1 = 2
        // x1: 3 columns, lengths 4
        namespace DeadLoop;

        [TransformerLayer]
        public sealed partial class Inner(int d1)
        {
            private readonly Linear linear1 = new(d1, d1);
            private readonly Parameter scale1 = new(d1);

            public Tokens Forward(Tokens x1)
            {
                return Tanh(linear1[x1]) * scale1;
            }
        }

        [TransformerLayer]
        public sealed partial class Root(int d1, int depth1)
        {
            private readonly Layers<Inner> layers1 = new(depth1, n => new Inner(d1));
            private readonly Linear linear1 = new(d1, d1);

            public Tokens Forward(Tokens x1)
            {
                Tokens v1 = linear1[x1];
                Tokens v2 = Gelu(v1);
                foreach (Inner layer1 in layers1)
                {
                    v2 = layer1.Forward(v2);
                }
                return v1;
            }
        }
        """);
}
