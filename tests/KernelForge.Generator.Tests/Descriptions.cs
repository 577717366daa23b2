namespace KernelForge.Generator.Tests;

/// <summary>Descriptions that several tests read.</summary>
internal static class Descriptions
{
    public const string BertLayer = """
        namespace Demo;

        [TransformerLayer]
        public sealed partial class BertLayer(int hidden, int heads, int intermediate, Activation activation, float epsilon)
        {
            [Weight("attention.self.query")] private readonly Linear query = new(hidden, hidden);
            [Weight("attention.self.key")] private readonly Linear key = new(hidden, hidden);
            [Weight("attention.self.value")] private readonly Linear value = new(hidden, hidden);
            [Weight("attention.output.dense")] private readonly Linear project = new(hidden, hidden);
            [Weight("attention.output.LayerNorm")] private readonly LayerNorm attentionNorm = new(hidden, epsilon);
            [Weight("intermediate.dense")] private readonly Linear expand = new(hidden, intermediate);
            [Weight("output.dense")] private readonly Linear contract = new(intermediate, hidden);
            [Weight("output.LayerNorm")] private readonly LayerNorm outputNorm = new(hidden, epsilon);

            public Tokens Forward(Tokens x)
            {
                Tokens context = Attention(query[x], key[x], value[x], heads);
                x = attentionNorm[x + project[context]];
                return outputNorm[x + contract[activation[expand[x]]]];
            }
        }
        """;

    public const string BertModel = """
        namespace Demo;

        [TransformerModel]
        [Requires("position_embedding_type", "absolute")]
        public sealed partial class BertModel(
            [Config("vocab_size")] int vocabulary, [Config("hidden_size")] int hidden,
            [Config("num_hidden_layers")] int depth, [Config("num_attention_heads")] int heads,
            [Config("intermediate_size")] int intermediate, [Config("hidden_act")] Activation activation,
            [Config("max_position_embeddings")] int positions, [Config("type_vocab_size")] int types,
            [Config("layer_norm_eps")] float epsilon)
        {
            [Weight("embeddings.word_embeddings")] private readonly Embedding word = new(vocabulary, hidden);
            [Weight("embeddings.position_embeddings")] private readonly Embedding position = new(positions, hidden);
            [Weight("embeddings.token_type_embeddings")] private readonly Embedding type = new(types, hidden);
            [Weight("embeddings.LayerNorm")] private readonly LayerNorm norm = new(hidden, epsilon);
            [Weight("encoder.layer.{i}")] private readonly Layers<BertLayer> layers =
                new(depth, () => new BertLayer(hidden, heads, intermediate, activation, epsilon));

            public Tokens Forward(TokenIds ids)
            {
                Tokens x = norm[word[ids] + type[ids.Types] + position[ids.Positions]];
                foreach (BertLayer layer in layers) x = layer.Forward(x);
                return x;
            }
        }
        """;
}
