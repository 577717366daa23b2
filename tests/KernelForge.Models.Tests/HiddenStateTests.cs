using System.Text.Json.Nodes;
using KernelForge.Runtime;
using KernelForge.Runtime.Weights;
using KernelForge.TestData;

namespace KernelForge.Models.Tests;

/// <summary>
/// What leaves each layer of a golden model, where nothing follows the last: a checkpoint cut off behind it gives the values that are expected there.
/// </summary>
public sealed class HiddenStateTests
{
    /// <summary>
    /// Families, what their configuration calls the number of layers, and where the names of tensors have a layer's (null where layers share
    /// theirs).
    /// </summary>
    public static TheoryData<string, string, string?> Families => new()
    {
        { "bert", "num_hidden_layers", "layer." }, { "roberta", "num_hidden_layers", "layer." }, { "distilbert", "n_layers", "layer." },
        { "deberta", "num_hidden_layers", "layer." }, { "deberta-v2", "num_hidden_layers", "layer." }, { "fnet", "num_hidden_layers", "layer." },
        { "albert", "num_hidden_layers", null },
    };

    [Theory]
    [MemberData(nameof(Families))]
    public void A_model_cut_off_behind_a_layer_gives_that_layer_s_hidden_states(string family, string countKey, string? layerName)
    {
        Golden golden = Golden.Require(family);
        GoldenCase told = Assert.Single(golden.Cases, c => c.Has("hidden0"));
        JsonNode config = JsonNode.Parse(File.ReadAllText(Path.Combine(golden.Folder, "config.json")))!;
        int depth = config[countKey]!.GetValue<int>();
        using WeightSource whole = WeightSource.OpenFolder(golden.Folder);
        for (int layers = 0; layers < depth; layers++)
        {
            config[countKey] = layers;
            var weights = new SafetensorsBytes();
            foreach (WeightTensor tensor in whole.Tensors)
                if (!IsOfLayerFrom(tensor.Name)) weights.Add(tensor.Name, [.. tensor.Shape.Select(side => (int)side)], tensor.ToSingles());
            using var folder = new TemporaryFolder();
            folder.Write("config.json", config.ToJsonString());
            folder.Write("model.safetensors", weights.ToArray());
            using Encoder encoder = Encoders.Load(folder.Path, Device.Cpu());
            RaggedMatrix output = encoder.Of([told.Ids!], told.Types is null ? null : [told.Types]);
            Assert.InRange(Golden.LargestDifference(told.Matrix("hidden" + layers), output.Sequence(0)), 0, golden.Tolerance);

            bool IsOfLayerFrom(string name)
            {
                int at = layerName is null ? -1 : name.IndexOf(layerName, StringComparison.Ordinal);
                return at >= 0 && int.Parse(name.AsSpan(at + layerName!.Length).ToString().Split('.')[0]) >= layers;
            }
        }
    }
}
