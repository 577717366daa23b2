using KernelForge.Models.Text;
using KernelForge.Runtime;
using KernelForge.Runtime.Text;
using KernelForge.Runtime.Weights;
using KernelForge.TestData;
using KernelForge.Tests;

namespace KernelForge.Models.Tests.Text;

/// <summary>Classifiers and rerankers of texts, on small checkpoints with a vocabulary of a few words.</summary>
public sealed class TextScorerTests : IDisposable
{
    private static readonly string[] words = ["read", "a", "file", "line", "by", "how", "do", "i", "write", "##s", "?"];
    private static readonly string[] texts =
        [.. Enumerable.Range(0, 400).Select(i => string.Join(' ', Enumerable.Range(0, i % 9).Select(k => words[(i + k) % 9])))];

    private readonly TemporaryFolder folder = new();
    private readonly Golden golden = Golden.Require("bert-classifier");

    public TextScorerTests()
    {
        File.Copy(Path.Combine(golden.Folder, "model.safetensors"), Path.Combine(folder.Path, "model.safetensors"));
        Configure("");
        folder.Write("vocab.txt", string.Join('\n', (string[])["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. words]) + "\n");
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_text_has_the_labels_of_its_logits_the_likeliest_first()
    {
        using TextClassifier classifier = TextClassifier.Load(folder.Path, Device.Cpu(1));
        Assert.Equal(["LABEL_0", "LABEL_1", "LABEL_2"], classifier.Labels);
        LabelScore[][] all = classifier.Classify(texts);
        Matrix logits = Logits(text => (Tokenizer().Encode(text), null));
        for (int i = 0; i < texts.Length; i++)
        {
            double[] powers = [.. logits.Row(i).ToArray().Select(x => Math.Exp(x))];
            foreach (LabelScore label in all[i])
                Assert.Equal(powers[label.Label[^1] - '0'] / powers.Sum(), label.Score, 1e-6);
            Assert.Equal(all[i].OrderByDescending(label => label.Score), all[i]);
        }
        Assert.Equal(all[7], classifier.Classify(texts[7]));
    }

    [Fact]
    public void A_pair_is_one_sequence_with_the_types_of_its_texts()
    {
        using TextClassifier classifier = TextClassifier.Load(folder.Path, Device.Cpu(1));
        Matrix logits = Logits(text => Tokenizer().EncodePair("how do i", text));
        double[] powers = [.. logits.Row(5).ToArray().Select(x => Math.Exp(x))];
        foreach (LabelScore label in classifier.ClassifyPair("how do i", texts[5]))
            Assert.Equal(powers[label.Label[^1] - '0'] / powers.Sum(), label.Score, 1e-6);
    }

    [Theory]
    [InlineData("multi_label_classification")]
    [InlineData("regression")]
    public void Scores_are_what_the_kind_of_the_problem_says(string problem)
    {
        Configure($"\"problem_type\": \"{problem}\", ");
        using TextClassifier classifier = TextClassifier.Load(folder.Path, Device.Cpu(1));
        Matrix logits = Logits(text => (Tokenizer().Encode(text), null));
        foreach (LabelScore label in classifier.Classify(texts[4]))
        {
            double logit = logits[4, label.Label[^1] - '0'];
            Assert.Equal(problem == "regression" ? logit : 1 / (1 + Math.Exp(-logit)), label.Score, 1e-6);
        }
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("\"sentence_transformers\": {\"activation_fn\": \"torch.nn.modules.linear.Identity\"}, ", false)]
    [InlineData("\"sbert_ce_default_activation_function\": \"torch.nn.modules.linear.Identity\", ", false)]
    public void Texts_are_ranked_by_their_scores_beside_the_query(string setting, bool isSigmoid)
    {
        OneLabel(setting);
        using Reranker reranker = Reranker.Load(folder.Path, Device.Cpu(1));
        float[] scores = reranker.Score("how do i read", texts);
        Matrix logits = Logits(text => Tokenizer().EncodePair("how do i read", text));
        for (int i = 0; i < texts.Length; i++)
            Assert.Equal(isSigmoid ? 1 / (1 + Math.Exp(-logits[i, 0])) : logits[i, 0], scores[i], 1e-6);

        RankedText[] ranked = reranker.Rank("how do i read", texts);
        Assert.Equal(scores.OrderDescending(), ranked.Select(text => text.Score));
        Assert.All(ranked, text => Assert.Equal((texts[text.Index], scores[text.Index]), (text.Text, text.Score)));
        Assert.Empty(reranker.Rank("how", []));
    }

    [Fact]
    public void A_pair_beyond_the_limit_is_cut()
    {
        OneLabel("");
        using Reranker reranker = Reranker.Load(folder.Path, Device.Cpu(1));
        Assert.Equal(160, reranker.MaxTokens);
        Assert.Single(reranker.Score("how do i read a file", [string.Join(' ', Enumerable.Repeat("file", 500))]));
    }

    [Fact]
    public void What_does_not_fit_is_refused_with_what_to_do()
    {
        Refuses.With<ConfigException>("a reranker has one: load this model as a TextClassifier", () => Reranker.Load(folder.Path));
        OneLabel("\"sbert_ce_default_activation_function\": \"torch.nn.modules.activation.Tanh\", ");
        Refuses.With<ConfigException>("Tanh", () => Reranker.Load(folder.Path));
        Configure("\"problem_type\": \"riddle\", ");
        Refuses.With<ConfigException>("riddle", () => TextClassifier.Load(folder.Path));
        Configure("");
        folder.Write("tokenizer_config.json", """{"tokenizer_class": "RobertaTokenizerFast"}""");
        Refuses.With<NotSupportedException>(
            "'RobertaTokenizerFast' is not covered; BERT's WordPiece is", () => TextClassifier.Load(folder.Path));
    }

    private WordPieceTokenizer Tokenizer() => WordPieceTokenizer.Load(folder.Path);

    private Matrix Logits(Func<string, (int[] Ids, int[]? Types)> encode)
    {
        using ISequenceModel model = AutoModel.LoadSequenceClassifier(folder.Path, Device.Cpu(1));
        (int[] Ids, int[]? Types)[] encoded = [.. texts.Select(encode)];
        using RaggedBatch batch = RaggedBatch.Pack(
            [.. encoded.Select(e => e.Ids)], [.. encoded.Select(e => e.Types ?? new int[e.Ids.Length])]);
        return model.Run(batch);
    }

    private void Configure(string setting)
    {
        string config = File.ReadAllText(Path.Combine(golden.Folder, "config.json"));
        folder.Write("config.json", "{" + setting + config.TrimStart()[1..]);
    }

    /// <summary>The same model with the first of its labels alone, as a reranker has it.</summary>
    private void OneLabel(string setting)
    {
        using WeightSource whole = WeightSource.OpenFolder(golden.Folder);
        var checkpoint = new SafetensorsBytes();
        foreach (WeightTensor tensor in whole.Tensors)
        {
            int[] shape = [.. tensor.Shape.Select(side => (int)side)];
            float[] values = tensor.ToSingles();
            if (tensor.Name.StartsWith("classifier.", StringComparison.Ordinal)) (values, shape[0]) = (values[..(values.Length / 3)], 1);
            checkpoint.Add(tensor.Name, shape, values);
        }
        folder.Write("model.safetensors", checkpoint.ToArray());
        string config = File.ReadAllText(Path.Combine(golden.Folder, "config.json"));
        int start = config.IndexOf("\"id2label\"", StringComparison.Ordinal), end = config.IndexOf('}', start);
        folder.Write("config.json", "{" + setting + config[..start].TrimStart()[1..] + "\"id2label\": {\"0\": \"SCORE\"" + config[end..]);
    }
}
