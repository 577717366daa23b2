using System.Text.Json.Nodes;
using KernelForge.Runtime;
using KernelForge.Runtime.Weights;
using KernelForge.TestData;

namespace KernelForge.Models.Tests;

/// <summary>A golden family with a head over its vocabulary put onto it.</summary>
/// <param name="Family">The golden family.</param>
/// <param name="Architecture">What the configuration calls model and head.</param>
/// <param name="Prefix">What stands before the names of the model below the head.</param>
/// <param name="Table">The embedding's name, without the prefix.</param>
/// <param name="Output">What is expected of the model below the head.</param>
/// <param name="Run">Logits of each case, row after row, of a checkpoint in a folder.</param>
internal sealed record LanguageModel(
    string Family, string Architecture, string Prefix, string Table, string Output, Func<string, GoldenCase[], Device, float[][]> Run)
{
    private const double Cap = 30;

    public static IReadOnlyList<LanguageModel> All { get; } =
    [
        new("gpt2", "GPT2LMHeadModel", "transformer.", "wte.weight", "output", RunTokens),
        .. new (string Family, string Name)[]
            {
                ("llama", "Llama"), ("mistral", "Mistral"), ("mixtral", "Mixtral"), ("qwen3", "Qwen3"), ("gemma2", "Gemma2"),
            }.Select(f => new LanguageModel(f.Family, f.Name + "ForCausalLM", "model.", "embed_tokens.weight", "output", RunTokens)),
        new("t5", "T5ForConditionalGeneration", "", "shared.weight", "decoder", RunPairs),
        new("bart", "BartForConditionalGeneration", "model.", "shared.weight", "decoder", RunPairs),
        new("moonshine", "MoonshineForConditionalGeneration", "model.", "decoder.embed_tokens.weight", "decoder", RunSamples),
    ];

    /// <summary>The weight of a head that is not tied, <c>[vocabulary, hidden]</c>.</summary>
    public static float[] OwnWeight { get; } = [.. Enumerable.Range(0, 512 * 128).Select(i => 0.05f * MathF.Sin(i * 1.7f))];

    private static float[] Bias { get; } = [.. Enumerable.Range(0, 512).Select(i => MathF.Cos(i))];

    /// <summary>The embedding's table.</summary>
    public double[] Embedding(Golden golden)
    {
        using WeightSource weights = WeightSource.OpenFolder(golden.Folder);
        return weights[Table].ToDoubles();
    }

    /// <summary>What becomes of the product of a hidden state with a token's row of the weight.</summary>
    public double Logit(double product, int token, bool tied) => Family switch
    {
        "gemma2" => Cap * Math.Tanh(product / Cap),
        "t5" when tied => product / Math.Sqrt(128),
        "bart" => product + Bias[token],
        _ => product,
    };

    /// <summary>A folder with the family's checkpoint as one with a head has it.</summary>
    public TemporaryFolder Write(Golden golden, bool tied)
    {
        JsonNode config = JsonNode.Parse(File.ReadAllText(Path.Combine(golden.Folder, "config.json")))!;
        config["architectures"] = new JsonArray(Architecture);
        config["tie_word_embeddings"] = tied;
        using WeightSource weights = WeightSource.OpenFolder(golden.Folder);
        var checkpoint = new SafetensorsBytes();
        foreach (WeightTensor tensor in weights.Tensors)
            checkpoint.Add(Prefix + tensor.Name, [.. tensor.Shape.Select(side => (int)side)], tensor.ToSingles());
        if (!tied) checkpoint.Add(Family == "moonshine" ? "proj_out.weight" : "lm_head.weight", [512, 128], OwnWeight);
        if (Family == "bart") checkpoint.Add("final_logits_bias", [1, 512], Bias);
        var folder = new TemporaryFolder();
        folder.Write("config.json", config.ToJsonString());
        folder.Write("model.safetensors", checkpoint.ToArray());
        return folder;
    }

    private static float[][] RunTokens(string folder, GoldenCase[] cases, Device device)
    {
        using ITokenModel model = AutoModel.LoadLanguageModel<ITokenModel>(folder, device);
        using RaggedBatch batch = RaggedBatch.Pack([.. cases.Select(c => c.Ids!)]);
        return Sequences(model.Run(batch));
    }

    private static float[][] RunPairs(string folder, GoldenCase[] cases, Device device)
    {
        using ISourceTargetModel model = AutoModel.LoadLanguageModel<ISourceTargetModel>(folder, device);
        using RaggedBatch source = RaggedBatch.Pack([.. cases.Select(c => c.Source!)]), target = RaggedBatch.Pack([.. cases.Select(c => c.Target!)]);
        return Sequences(model.Run(source, target));
    }

    private static float[][] RunSamples(string folder, GoldenCase[] cases, Device device)
    {
        using var model = AutoModel.LoadLanguageModel<MoonshineForConditionalGeneration>(folder, device);
        using RaggedBatch target = RaggedBatch.Pack([.. cases.Select(c => c.Target!)]);
        return Sequences(model.Run(FeatureInputs.Samples(cases), target));
    }

    private static float[][] Sequences(RaggedMatrix rows) => [.. Enumerable.Range(0, rows.SequenceCount).Select(s => rows.Sequence(s).ToArray())];
}
