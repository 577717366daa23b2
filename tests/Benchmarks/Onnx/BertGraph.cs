using System.Globalization;
using KernelForge.Runtime;

namespace KernelForge.Benchmarks.Onnx;

/// <summary>
/// BERT as ONNX Runtime runs it best: with the fused operators that its own optimizer of transformers writes, attention over each
/// sequence's length included; in int8 with weights of one scale a matrix, as its dynamic quantization makes them.
/// </summary>
/// <param name="source">A BERT checkpoint.</param>
/// <param name="int8">Whether rows and weights are multiplied as bytes.</param>
internal sealed class BertGraph(ModelSource source, bool int8)
{
    private readonly OnnxGraph graph = new("bert");
    private readonly int hidden = source.Config.Int32("hidden_size"), heads = source.Config.Int32("num_attention_heads");
    private readonly float epsilon = source.Config.Single("layer_norm_eps");

    /// <summary>The layers alone: <c>rows</c> [batch, tokens, hidden] and <c>lengths</c> [batch] to <c>states</c>, shaped as the rows.</summary>
    public static void WriteLayers(ModelSource source, bool int8, string path)
    {
        var bert = new BertGraph(source, int8);
        string rows = bert.graph.Input("rows", OnnxGraph.Element.Float, "batch", "tokens", bert.hidden);
        bert.graph.Output("states", bert.Layers(rows), "batch", "tokens", bert.hidden);
        bert.graph.WriteTo(path);
    }

    /// <summary>
    /// <c>ids</c> [batch, tokens], <c>lengths</c> [batch] and <c>shares</c> [batch, 1, tokens] to <c>vectors</c> [batch, 1, hidden] of
    /// length one. A share is one over the length for a valid token and zero for padding, so that the mean is a product.
    /// </summary>
    public static void WriteSentences(ModelSource source, bool int8, string path)
    {
        var bert = new BertGraph(source, int8);
        OnnxGraph graph = bert.graph;
        string ids = graph.Input("ids", OnnxGraph.Element.Int32, "batch", "tokens");
        string shares = graph.Input("shares", OnnxGraph.Element.Float, "batch", 1, "tokens");
        string mean = graph.Node("MatMul", [shares, bert.Layers(bert.Embedded(ids))])[0];
        graph.Output("vectors", graph.Node("LpNormalization", [mean], "", 1, ("axis", -1), ("p", 2))[0], "batch", 1, bert.hidden);
        graph.WriteTo(path);
    }

    /// <summary>All tokens are of the first type: its row is part of every position's.</summary>
    private string Embedded(string ids)
    {
        const string embeddings = "embeddings.";
        float[] positions = source.Weights[embeddings + "position_embeddings.weight"].ToSingles();
        float[] types = source.Weights[embeddings + "token_type_embeddings.weight"].ToSingles();
        for (int i = 0; i < positions.Length; i++) positions[i] += types[i % hidden];
        float[] words = source.Weights[embeddings + "word_embeddings.weight"].ToSingles();
        return graph.Node(
            "EmbedLayerNormalization",
            [
                ids, "", graph.Constant("words", words, words.Length / hidden, hidden),
                graph.Constant("positions", positions, positions.Length / hidden, hidden),
                "", Vector(embeddings + "LayerNorm.weight"), Vector(embeddings + "LayerNorm.bias"),
            ],
            OnnxGraph.Microsoft, 2, ("epsilon", epsilon))[0];
    }

    private string Layers(string x)
    {
        graph.Input("lengths", OnnxGraph.Element.Int32, "batch");
        int depth = source.Config.Int32("num_hidden_layers");
        for (int i = 0; i < depth; i++) x = Layer(x, string.Create(CultureInfo.InvariantCulture, $"encoder.layer.{i}."));
        return x;
    }

    private string Layer(string x, string layer)
    {
        string attention = layer + "attention.", expand = layer + "intermediate.dense", contract = layer + "output.dense";
        string context = Attention(x, attention + "self.");
        x = Norm(Product(context, attention + "output.dense"), x, attention + "output.");
        string activated = graph.Node("BiasGelu", [Product(x, expand), Vector(expand + ".bias")], OnnxGraph.Microsoft)[0];
        return Norm(Product(activated, contract), x, layer + "output.");
    }

    /// <summary>Queries, keys and values are one product.</summary>
    private string Attention(string x, string self)
    {
        string[] parts = ["query", "key", "value"];
        float[][] columns = [.. parts.Select(part => Transposed(self + part + ".weight", hidden))];
        var weights = new float[3 * hidden * hidden];
        for (int input = 0; input < hidden; input++)
            for (int part = 0; part < 3; part++)
                columns[part].AsSpan(input * hidden, hidden).CopyTo(weights.AsSpan(((3 * input) + part) * hidden));
        float[] biases = [.. parts.SelectMany(part => source.Weights[self + part + ".bias"].ToSingles())];
        string bias = graph.Constant(self + "bias", biases, biases.Length);
        if (!int8)
        {
            string matrix = graph.Constant(self + "weight", weights, hidden, 3 * hidden);
            return graph.Node("Attention", [x, matrix, bias, "lengths"], OnnxGraph.Microsoft, 1, ("num_heads", heads))[0];
        }
        (string cells, string scale, string zero) = Rounded(self + "weight", weights, hidden);
        string[] rows = graph.Node("DynamicQuantizeLinear", [x], "", 3);
        string[] inputs = [rows[0], cells, bias, rows[1], scale, "lengths", rows[2], zero];
        return graph.Node("QAttention", inputs, OnnxGraph.Microsoft, 1, ("num_heads", heads))[0];
    }

    /// <summary>Without the bias, which the next operator adds.</summary>
    private string Product(string x, string name)
    {
        int inputs = (int)source.Weights[name + ".weight"].Shape[1];
        float[] weights = Transposed(name + ".weight", inputs);
        if (!int8) return graph.Node("MatMul", [x, graph.Constant(name + ".weight", weights, inputs, weights.Length / inputs)])[0];
        (string cells, string scale, string zero) = Rounded(name + ".weight", weights, inputs);
        return graph.Node("DynamicQuantizeMatMul", [x, cells, scale, zero], OnnxGraph.Microsoft)[0];
    }

    /// <summary>norm(x + residual + bias), of the dense layer and the norm of one block.</summary>
    private string Norm(string x, string residual, string block) => graph.Node(
        "SkipLayerNormalization",
        [x, residual, Vector(block + "LayerNorm.weight"), Vector(block + "LayerNorm.bias"), Vector(block + "dense.bias")],
        OnnxGraph.Microsoft, 1, ("epsilon", epsilon))[0];

    private string Vector(string name)
    {
        float[] values = source.Weights[name].ToSingles();
        return graph.Constant(name, values, values.Length);
    }

    /// <summary>[outputs, inputs] as a checkpoint has it, to [inputs, outputs].</summary>
    private float[] Transposed(string name, int inputs)
    {
        float[] stored = source.Weights[name].ToSingles();
        int outputs = stored.Length / inputs;
        var weights = new float[stored.Length];
        for (int output = 0; output < outputs; output++)
            for (int input = 0; input < inputs; input++)
                weights[(input * outputs) + output] = stored[(output * inputs) + input];
        return weights;
    }

    private (string Cells, string Scale, string Zero) Rounded(string name, float[] weights, int inputs)
    {
        float scale = weights.Max(Math.Abs) / sbyte.MaxValue;
        sbyte[] cells = Array.ConvertAll(weights, w => (sbyte)MathF.Round(w / scale));
        return (
            graph.Constant(name + ".cells", cells, inputs, weights.Length / inputs),
            graph.Constant(name + ".scale", [scale]),
            graph.Constant(name + ".zero", (sbyte[])[0]));
    }
}
