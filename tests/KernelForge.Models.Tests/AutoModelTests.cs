using KernelForge.Runtime;
using KernelForge.Runtime.Weights;
using KernelForge.TestData;
using KernelForge.Tests;

namespace KernelForge.Models.Tests;

/// <summary>That a model's class follows from its configuration.</summary>
public sealed class AutoModelTests
{
    [Theory]
    [InlineData("bert", typeof(BertModel))]
    [InlineData("roberta", typeof(RobertaModel))]
    [InlineData("distilbert", typeof(DistilBertModel))]
    [InlineData("bert-classifier", typeof(BertModel))]
    public void The_class_follows_the_type_of_the_model(string family, Type expected)
    {
        using ITokenModel model = AutoModel.Load(Golden.Require(family).Folder, Device.Cpu(1));
        Assert.IsType(expected, model);
        Assert.Equal(Device.Cpu(1), model.Device);
    }

    [Theory]
    [InlineData("bart", typeof(BartModel))]
    [InlineData("t5", typeof(T5Model))]
    [InlineData("vit", typeof(VitModel))]
    public void So_it_does_where_a_model_reads_something_else(string family, Type expected)
    {
        using IModel model = AutoModel.Load<IModel>(Golden.Require(family).Folder, Device.Cpu(1));
        Assert.IsType(expected, model);
    }

    [Fact]
    public void A_model_of_encoder_and_decoder_gives_the_decoders_rows()
    {
        using ISourceTargetModel model = AutoModel.Load<ISourceTargetModel>(Golden.Require("bart").Folder, Device.Cpu(1));
        using RaggedBatch source = RaggedBatch.Pack([[5, 6]]), target = RaggedBatch.Pack([[7, 8, 9]]);
        (_, RaggedMatrix expected) = ((BartModel)model).Run(source, target);
        Assert.Equal(expected.Values.ToArray(), model.Run(source, target).Values.ToArray());
        var destination = new RaggedMatrix();
        model.Run(source, target, destination);
        Assert.Equal(expected.Values.ToArray(), destination.Values.ToArray());
    }

    [Fact]
    public void A_head_follows_the_architecture()
    {
        using ISequenceModel model = AutoModel.LoadSequenceClassifier(Golden.Require("bert-classifier").Folder, Device.Cpu(1));
        Assert.IsType<BertForSequenceClassification>(model);
    }

    [Fact]
    public void An_unknown_type_is_refused_with_those_there_are()
    {
        using ModelSource source = Changed("\"model_type\": \"bert\"", "\"model_type\": \"grue\"");
        Refuses.With<ConfigException>("'model_type' is 'grue'", () => AutoModel.Load(source));
        Refuses.With<ConfigException>("albert, bart, bert, camembert", () => AutoModel.Load(source));
    }

    [Fact]
    public void A_configuration_without_a_type_is_refused()
    {
        using ModelSource source = Changed("\"model_type\": \"bert\"", "\"model_types\": \"bert\"");
        Refuses.With<ConfigException>("'model_type' is missing", () => AutoModel.Load(source));
    }

    [Fact]
    public void A_checkpoint_without_such_a_head_is_refused_with_the_heads_there_are()
    {
        string folder = Golden.Require("bert").Folder;
        Refuses.With<ConfigException>("'architectures' is 'BertModel'", () => AutoModel.LoadSequenceClassifier(folder));
        Refuses.With<ConfigException>("RobertaForSequenceClassification", () => AutoModel.LoadSequenceClassifier(folder));
        Refuses.With<ConfigException>("DistilBertForTokenClassification", () => AutoModel.LoadTokenClassifier(folder));
    }

    [Fact]
    public void A_model_of_another_kind_than_asked_for_is_refused_with_its_kind() =>
        Refuses.With<ConfigException>("it is no IFeatureModel, but ITokenModel",
            () => AutoModel.Load<IFeatureModel>(Golden.Require("bert").Folder, Device.Cpu(1)));

    [Theory]
    [InlineData("RobertaForTokenClassification", "roberta")]
    [InlineData("DistilBertForTokenClassification", "distilbert")]
    public void A_head_over_tokens_is_a_linear_of_the_hidden_states(string architecture, string family)
    {
        Golden golden = Golden.Require(family);
        string config = File.ReadAllText(Path.Combine(golden.Folder, "config.json"));
        config = config.Replace("{", """{"id2label": {"0": "B", "1": "I", "2": "O"}, """, StringComparison.Ordinal)
            .Replace(family == "roberta" ? "RobertaModel" : "DistilBertModel", architecture, StringComparison.Ordinal);
        float[] weight = [.. Enumerable.Range(0, 3 * 128).Select(i => MathF.Sin(i))], bias = [1, -2, 3];
        using WeightSource encoder = WeightSource.OpenFolder(golden.Folder);
        var checkpoint = new SafetensorsBytes().Add("classifier.weight", [3, 128], weight).Add("classifier.bias", [3], bias);
        foreach (WeightTensor tensor in encoder.Tensors)
            checkpoint.Add($"{family}.{tensor.Name}", [.. tensor.Shape.Select(side => (int)side)], tensor.ToSingles());
        using var folder = new TemporaryFolder();
        folder.Write("config.json", config);
        folder.Write("model.safetensors", checkpoint.ToArray());

        using ITokenModel hidden = AutoModel.Load(golden.Folder, Device.Reference);
        using ITokenModel head = AutoModel.LoadTokenClassifier(folder.Path, Device.Reference);
        using RaggedBatch batch = RaggedBatch.Pack(golden.Ids);
        RaggedMatrix x = hidden.Run(batch), logits = head.Run(batch);
        for (int row = 0; row < x.Rows; row++)
            for (int label = 0; label < 3; label++)
            {
                double expected = bias[label];
                for (int k = 0; k < 128; k++) expected += (double)x.Row(row)[k] * weight[label * 128 + k];
                Assert.Equal(expected, logits.Row(row)[label], 1e-4);
            }
    }

    private static ModelSource Changed(string old, string text)
    {
        string config = File.ReadAllText(Path.Combine(Golden.Require("bert").Folder, "config.json"));
        Assert.Contains(old, config, StringComparison.Ordinal);
        return ModelSource.FromMemory(config.Replace(old, text, StringComparison.Ordinal), SafetensorsBytes.Raw("{}", []));
    }
}
