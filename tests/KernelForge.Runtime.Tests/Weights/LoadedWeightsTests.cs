using KernelForge.TestData;
using KernelForge.Tests;

namespace KernelForge.Runtime.Tests.Weights;

public sealed class LoadedWeightsTests
{
    private sealed class Layer : ILayer
    {
        public Linear Dense { get; } = new(2, 3);
        public Parameter Gain { get; } = new(3);

        public void DescribeWeights(WeightSlots slots)
        {
            slots.Add("dense", Dense, "mlp.dense");
            slots.Add("gain", Gain, "norm.weight", "norm.gamma");
        }
    }

    private sealed class Model(int depth) : ILayer
    {
        public Embedding Word { get; } = new(4, 2);
        public Layers<Layer> Stack { get; } = new(depth, () => new Layer());

        public void DescribeWeights(WeightSlots slots)
        {
            slots.Add("word", Word, "embeddings.word");
            slots.Add("layers", Stack, "encoder.layer.{i}");
        }
    }

    [Theory, InlineData(""), InlineData("bert."), InlineData("a.b.")]
    public void Names_are_found_with_and_without_a_prefix(string prefix)
    {
        using WeightSource weights = Open(Checkpoint(prefix));
        LoadedWeights loaded = LoadedWeights.Resolve(new Model(2), weights);
        Assert.Equal(prefix, loaded.Prefix);
        Assert.Equal(7, loaded.Slots.Count);
        Assert.Equal(weights[prefix + "encoder.layer.1.mlp.dense.weight"].ToSingles(), loaded.Read("layers[1].dense.weight"));
        Assert.NotEqual(loaded.Read("layers[0].dense.weight"), loaded.Read("layers[1].dense.weight"));
        var bias = new float[3];
        loaded.Read("layers[0].dense.bias", bias);
        Assert.Equal(weights[prefix + "encoder.layer.0.mlp.dense.bias"].ToSingles(), bias);
        Assert.Empty(loaded.Unused);
    }

    [Fact]
    public void An_alternative_name_is_found()
    {
        using WeightSource weights = Open(Checkpoint("").Replace("norm.weight", "norm.gamma"));
        LoadedWeights loaded = LoadedWeights.Resolve(new Model(2), weights);
        Assert.Equal(weights["encoder.layer.0.norm.gamma"].ToSingles(), loaded.Read("layers[0].gain"));
    }

    [Fact]
    public void What_lies_outside_the_prefix_is_ignored_or_integer_stays_unused_and_is_listed()
    {
        var checkpoint = Checkpoint("bert.");
        checkpoint.Add("classifier.weight", [2, 2]);
        checkpoint.Add("bert.pooler.dense.weight", [2, 2]);
        checkpoint.Add("bert.pooler.dense.bias", [2]);
        SafetensorsBytes file = checkpoint.Write().Add("bert.embeddings.position_ids", "I64", [1], new byte[8]);
        using WeightSource weights = WeightSource.FromMemory(file.ToArray());
        LoadedWeights loaded = LoadedWeights.Resolve(new Model(2), weights, "", ["pooler.*"]);
        Assert.Equal(
            ["bert.embeddings.position_ids", "bert.pooler.dense.bias", "bert.pooler.dense.weight", "classifier.weight"], loaded.Unused);
        WeightException e = Assert.Throws<WeightException>(() => LoadedWeights.Resolve(new Model(2), weights, "", ["pooler.*.bias"]));
        Assert.Contains("not in the description (1):\n    bert.pooler.dense.weight: F32 [2, 2]", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_that_does_not_fit_comes_in_one_error()
    {
        var checkpoint = Checkpoint("bert.").Replace("layer.1.norm.weight", "layer.1.norm.other");
        checkpoint.Remove("bert.embeddings.word.weight");
        checkpoint.Reshape("bert.encoder.layer.0.mlp.dense.weight", [2, 3]);
        checkpoint.Reshape("bert.encoder.layer.1.mlp.dense.bias", [4]);
        using WeightSource weights = Open(checkpoint);
        WeightException e = Assert.Throws<WeightException>(() => LoadedWeights.Resolve(new Model(2), weights));
        Assert.Equal("""
            test.safetensors does not fit Model, looked for under 'bert.'
              missing (2):
                word.weight [4, 2]: there is no 'bert.embeddings.word.weight'
                layers[1].gain [3]: there is no 'bert.encoder.layer.1.norm.weight' and no 'bert.encoder.layer.1.norm.gamma'
              misshapen (2):
                bert.encoder.layer.0.mlp.dense.weight: F32 [2, 3], but layers[0].dense.weight takes [3, 2] of real numbers: as many, but divided otherwise
                bert.encoder.layer.1.mlp.dense.bias: F32 [4], but layers[1].dense.bias takes [3] of real numbers
              in the file but not in the description (1):
                bert.encoder.layer.1.norm.other: F32 [3]
            """.ReplaceLineEndings("\n"), e.Message);
    }

    [Fact]
    public void An_integer_tensor_is_no_weight()
    {
        byte[] file = new SafetensorsBytes().Add("norm.weight", "I32", [3], new byte[12]).Add("mlp.dense.weight", [3, 2], new float[6])
            .Add("mlp.dense.bias", [3], new float[3]).ToArray();
        using WeightSource weights = WeightSource.FromMemory(file);
        WeightException e = Assert.Throws<WeightException>(() => LoadedWeights.Resolve(new Layer(), weights));
        Assert.Contains("norm.weight: I32 [3], but gain takes [3] of real numbers", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_layer_of_a_model_loads_by_the_place_it_stands_at()
    {
        using WeightSource weights = Open(Checkpoint("bert."));
        foreach (string prefix in (string[])["encoder.layer.1", "encoder.layer.1.", "bert.encoder.layer.1"])
        {
            LoadedWeights loaded = LoadedWeights.Resolve(new Layer(), weights, prefix);
            Assert.Equal(weights["bert.encoder.layer.1.norm.weight"].ToSingles(), loaded.Read("gain"));
            Assert.Equal(4, loaded.Unused.Count);
        }
    }

    [Fact]
    public void Two_places_that_fit_equally_well_are_said_not_chosen_between()
    {
        using WeightSource weights = Open(Checkpoint("bert."));
        WeightException e = Assert.Throws<WeightException>(() => LoadedWeights.Resolve(new Layer(), weights));
        Assert.Contains("under each of the prefixes 'bert.encoder.layer.0.', 'bert.encoder.layer.1.'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_names_as_they_are_described_win_over_a_copy_under_a_prefix()
    {
        var checkpoint = Checkpoint("");
        foreach ((string name, int[] shape) in Checkpoint("teacher.")) checkpoint.Add(name, shape);
        using WeightSource weights = Open(checkpoint);
        Assert.Equal("", LoadedWeights.Resolve(new Model(2), weights, "", ["teacher.*"]).Prefix);
    }

    [Fact]
    public void A_checkpoint_of_another_model_lists_what_is_missing()
    {
        using WeightSource weights = Open([("h.0.norm.weight", [3]), ("h.1.norm.weight", [3])]);
        WeightException e = Assert.Throws<WeightException>(() => LoadedWeights.Resolve(new Model(2), weights));
        Assert.Contains("missing (7):", e.Message, StringComparison.Ordinal);
        Assert.Contains("not in the description (2):", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_without_tensor_reads_as_zeros_only_where_that_is_asked_for()
    {
        using WeightSource weights = Open(Checkpoint(""));
        LoadedWeights loaded = LoadedWeights.Resolve(new Model(2), weights);
        Assert.False(loaded.Has("layers[0].dense.scale"));
        Assert.Equal(new float[5], loaded.Read("layers[0].dense.scale", absent: 5));
        Assert.Equal(loaded.Read("layers[0].gain"), loaded.Read("layers[0].gain", absent: 5));
        Refuses.With<ArgumentException>("'layers[0].dense.scale'", () => loaded.Read("layers[0].dense.scale"));
        Refuses.With<ArgumentException>("has 3 elements, the destination 2", () => loaded.Read("layers[0].gain", new float[2]));
    }

    [Fact]
    public void The_reference_gets_the_same_numbers()
    {
        using WeightSource weights = Open(Checkpoint("bert."));
        var model = new Model(2);
        LoadedWeights.Resolve(model, weights).FillReference();
        Layer layer = model.Stack[1];
        double[] expected = weights["bert.encoder.layer.1.norm.weight"].ToDoubles();
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], layer.Gain[i]);
        var x = new Tokens(RowSpace.Ragged(1), 2, [1, 0]);
        double[] weight = weights["bert.encoder.layer.1.mlp.dense.weight"].ToDoubles();
        double[] bias = weights["bert.encoder.layer.1.mlp.dense.bias"].ToDoubles();
        Assert.Equal([bias[0] + weight[0], bias[1] + weight[2], bias[2] + weight[4]], layer.Dense[x].Values);
    }

    private static WeightSource Open(TensorList tensors) => WeightSource.FromMemory(tensors.Write().ToArray(), "test.safetensors");

    private static TensorList Checkpoint(string prefix)
    {
        TensorList tensors = [(prefix + "embeddings.word.weight", [4, 2])];
        for (int i = 0; i < 2; i++)
        {
            tensors.Add($"{prefix}encoder.layer.{i}.mlp.dense.weight", [3, 2]);
            tensors.Add($"{prefix}encoder.layer.{i}.mlp.dense.bias", [3]);
            tensors.Add($"{prefix}encoder.layer.{i}.norm.weight", [3]);
        }
        return tensors;
    }

    /// <summary>Names and shapes of a checkpoint to be; the values come from a seed.</summary>
    private sealed class TensorList : List<(string Name, int[] Shape)>
    {
        public void Add(string name, int[] shape) => Add((name, shape));

        public TensorList Replace(string part, string by)
        {
            for (int i = 0; i < Count; i++) this[i] = (this[i].Name.Replace(part, by, StringComparison.Ordinal), this[i].Shape);
            return this;
        }

        public void Remove(string name) => Assert.Equal(1, RemoveAll(tensor => tensor.Name == name));

        public void Reshape(string name, int[] shape)
        {
            int i = FindIndex(tensor => tensor.Name == name);
            this[i] = (name, shape);
        }

        public SafetensorsBytes Write()
        {
            var random = new Random(5);
            var file = new SafetensorsBytes();
            foreach ((string name, int[] shape) in this)
            {
                int count = shape.Aggregate(1, (product, side) => product * side);
                file.Add(name, shape, [.. Enumerable.Range(0, count).Select(_ => random.NextSingle())]);
            }
            return file;
        }
    }
}
