using KernelForge.Models.Hub;
using KernelForge.Runtime;

namespace KernelForge.Models.Text;

/// <summary>
/// How well texts answer a query, from a cross-encoder: a checkpoint whose head gives one number for a pair of texts. The tokenizer is to
/// be WordPiece. A text's score depends on the query and itself alone.
/// </summary>
public sealed class Reranker : IDisposable
{
    private readonly TextScorer scorer;
    private readonly LabelActivation activation;

    internal Reranker(TextScorer scorer, LabelActivation activation)
    {
        this.scorer = scorer;
        this.activation = activation;
    }

    /// <summary>Where it runs; never <see cref="Device.Auto"/>.</summary>
    public Device Device => scorer.Device;

    /// <summary>Tokens of a query and a text together that count, special ones included; the longer of the two is cut first.</summary>
    public int MaxTokens => scorer.MaxTokens;

    /// <summary>Loads a reranker and its tokenizer.</summary>
    /// <exception cref="ConfigException">The configuration is damaged, or of a model whose head does not give one number.</exception>
    /// <inheritdoc cref="TextClassifier.Load"/>
    public static Reranker Load(string folderOrName, Device? device = null, ModelHub? hub = null)
    {
        (TextScorer scorer, LabelActivation activation) = TextScorer.Load(folderOrName, device, hub, ActivationOf);
        return new Reranker(scorer, activation);
    }

    /// <summary>The score of each text, in the order of the texts: the greater, the better it answers.</summary>
    /// <param name="query">What is asked.</param>
    /// <param name="texts">None of them null.</param>
    /// <param name="cancellation">Looked at between batches.</param>
    public float[] Score(string query, IReadOnlyList<string> texts, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(texts);
        Span<float> scores = scorer.ScorePairs(query, texts, labels: 1, cancellation).Values;
        LabelSettings.Apply(activation, scores);
        return scores.ToArray();
    }

    /// <summary>The texts by their scores, the best first; of equals the earlier.</summary>
    /// <inheritdoc cref="Score"/>
    public RankedText[] Rank(string query, IReadOnlyList<string> texts, CancellationToken cancellation = default)
    {
        float[] scores = Score(query, texts, cancellation);
        IEnumerable<int> best = Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i]);
        return [.. best.Select(i => new RankedText(i, texts[i], scores[i]))];
    }

    public void Dispose() => scorer.Dispose();

    // As sentence-transformers' CrossEncoder: what the configuration names, under its new key or its old one, else a sigmoid.
    private static LabelActivation ActivationOf(ModelConfig config)
    {
        LabelSettings settings = LabelSettings.Read(config);
        if (settings.Labels.Count != 1)
        {
            throw new ConfigException("config.json", "id2label",
                $"names {settings.Labels.Count} labels; a reranker has one: load this model as a {nameof(TextClassifier)}");
        }
        const string Now = "sentence_transformers.activation_fn", Before = "sbert_ce_default_activation_function";
        const string Identity = "torch.nn.modules.linear.Identity", Sigmoid = "torch.nn.modules.activation.Sigmoid";
        config.Require(Now, Identity, Sigmoid);
        config.Require(Before, Identity, Sigmoid);
        return config.StringOrNull(Now, Before) == Identity ? LabelActivation.None : LabelActivation.Sigmoid;
    }
}
