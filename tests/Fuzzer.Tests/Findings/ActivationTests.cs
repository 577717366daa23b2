namespace KernelForge.Fuzzer.Tests.Findings;

/// <summary>Activations that a description names.</summary>
public sealed class ActivationTests
{
    [Fact]
    public void One_that_is_fixed_was_made_anew_in_every_run() => Finding.Agrees("""
        // seed 20063
        // values: d2 = 1
        // x1: 1 columns, lengths 0
        namespace FixedActivation;

        [TransformerLayer]
        public sealed partial class Root(int d2)
        {
            private readonly Activation activation1 = new(ActivationKind.GeluTanh);

            public Tokens Forward(Tokens x1)
            {
                Tokens v2 = Min(activation1[x1], Each(x1.Rows, d2, (t, f) => 0.5));
                return v2;
            }
        }
        """);
}
