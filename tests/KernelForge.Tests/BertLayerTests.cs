namespace KernelForge.Tests;

/// <summary>A whole layer, written as a user writes it.</summary>
public class BertLayerTests
{
    private sealed class BertLayer(int hidden, int heads, int intermediate, Activation activation)
    {
        private readonly Linear query = Some.Linear(hidden, hidden, seed: 10);
        private readonly Linear key = Some.Linear(hidden, hidden, seed: 20);
        private readonly Linear value = Some.Linear(hidden, hidden, seed: 30);
        private readonly Linear project = Some.Linear(hidden, hidden, seed: 40);
        private readonly LayerNorm attentionNorm = Norm(hidden);
        private readonly Linear expand = Some.Linear(hidden, intermediate, seed: 50);
        private readonly Linear contract = Some.Linear(intermediate, hidden, seed: 60);
        private readonly LayerNorm outputNorm = Norm(hidden);

        public Tokens Forward(Tokens x)
        {
            Tokens context = Attention(query[x], key[x], value[x], heads);
            x = attentionNorm[x + project[context]];
            return outputNorm[x + contract[activation[expand[x]]]];
        }

        private static LayerNorm Norm(int features)
        {
            var norm = new LayerNorm(features, 1e-12);
            Some.Load(norm, "scale", Some.Numbers(features, seed: 70));
            Some.Load(norm, "shift", Some.Numbers(features, seed: 80));
            return norm;
        }
    }

    [Fact]
    public void Every_sequence_comes_out_as_if_it_ran_alone()
    {
        var layer = new BertLayer(64, 4, 128, Activation.Parse("gelu"));
        RowSpace rows = RowSpace.Ragged(0, 1, 200, 3, 0, 70);
        Tokens x = Some.Tokens(rows, 64, seed: 1), all = layer.Forward(x);
        for (int s = 0; s < rows.SequenceCount; s++)
        {
            Range part = (rows.Offsets[s] * 64)..(rows.Offsets[s + 1] * 64);
            var alone = new Tokens(RowSpace.Ragged(rows.Offsets[s + 1] - rows.Offsets[s]), 64, x.Values[part].ToArray());
            Assert.Equal(layer.Forward(alone).Values.ToArray(), all.Values[part].ToArray());
        }
    }
}
