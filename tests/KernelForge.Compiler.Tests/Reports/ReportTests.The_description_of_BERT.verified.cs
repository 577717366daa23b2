[Requires("model_type", "bert")]
[Requires("position_embedding_type", "absolute")]
[Requires("is_decoder", false)]
public sealed partial class BertModel([Config("vocab_size")] int vocabulary, [Config("hidden_size")] int hidden, [Config("num_hidden_layers")] int depth, [Config("num_attention_heads")] int heads, [Config("intermediate_size")] int intermediate, [Config("hidden_act")] Activation activation, [Config("max_position_embeddings")] int positions, [Config("type_vocab_size")] int types, [Config("layer_norm_eps")] float epsilon = 9.999999960041972E-13)
{
    [Weight("embeddings.word_embeddings")] Embedding word = new(vocabulary, hidden);
    [Weight("embeddings.position_embeddings")] Embedding position = new(positions, hidden);
    [Weight("embeddings.token_type_embeddings")] Embedding type = new(types, hidden);
    [Weight("embeddings.LayerNorm")] LayerNorm norm = new(hidden, epsilon);
    [Weight("encoder.layer.{i}")] Layers<BertLayer> layers = new(depth, () => new BertLayer(hidden, heads, intermediate, activation, epsilon));

    Tokens Forward(TokenIds ids)
    {
        x = norm[word[ids] + type[ids.Types] + position[ids.Positions]];
        foreach (var layer in layers)
        {
            x = layer.Forward(x);
        }
        return x;
    }
}

public sealed partial class BertLayer(int hidden, int heads, int intermediate, Activation activation, float epsilon)
{
    [Weight("attention.self.query")] Linear query = new(hidden, hidden);
    [Weight("attention.self.key")] Linear key = new(hidden, hidden);
    [Weight("attention.self.value")] Linear value = new(hidden, hidden);
    [Weight("attention.output.dense")] Linear project = new(hidden, hidden);
    [Weight("attention.output.LayerNorm")] LayerNorm attentionNorm = new(hidden, epsilon);
    [Weight("intermediate.dense")] Linear expand = new(hidden, intermediate);
    [Weight("output.dense")] Linear contract = new(intermediate, hidden);
    [Weight("output.LayerNorm")] LayerNorm outputNorm = new(hidden, epsilon);

    Tokens Forward(Tokens x)
    {
        context = Attention(query[x], key[x], value[x], heads);
        x = attentionNorm[x + project[context]];
        return outputNorm[x + contract[activation[expand[x]]]];
    }
}
