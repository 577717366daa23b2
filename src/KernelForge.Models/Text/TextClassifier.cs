using KernelForge.Models.Hub;
using KernelForge.Runtime;

namespace KernelForge.Models.Text;

/// <summary>
/// Labels for texts, from a checkpoint with a head that classifies sequences (sentiment, topic, and for pairs inference or paraphrase). The
/// tokenizer is to be WordPiece. Texts may come in any number and of any length: what is beyond the model's limit is cut off.
/// </summary>
public sealed class TextClassifier : IDisposable
{
    private readonly TextScorer scorer;
    private readonly LabelSettings settings;

    internal TextClassifier(TextScorer scorer, LabelSettings settings)
    {
        this.scorer = scorer;
        this.settings = settings;
    }

    /// <summary>The labels there are, in the model's order.</summary>
    public IReadOnlyList<string> Labels => settings.Labels;

    /// <summary>Where it runs; never <see cref="Device.Auto"/>.</summary>
    public Device Device => scorer.Device;

    /// <summary>Tokens of a text or pair that count, special ones included.</summary>
    public int MaxTokens => scorer.MaxTokens;

    /// <summary>Loads a classifier and its tokenizer.</summary>
    /// <param name="folderOrName">A folder as it is downloaded, or the name of a model on the hub.</param>
    /// <param name="device">Where it runs; null for <see cref="Device.Auto"/>.</param>
    /// <param name="hub">Finds models by name; null for one as the environment says.</param>
    /// <exception cref="ConfigException">The configuration is damaged, or of a model without such a head.</exception>
    /// <exception cref="NotSupportedException">The tokenizer is none of WordPiece; the message names what it is.</exception>
    /// <exception cref="WeightException">The weights do not fit the model.</exception>
    /// <exception cref="HubException">A model that is named cannot be had.</exception>
    public static TextClassifier Load(string folderOrName, Device? device = null, ModelHub? hub = null)
    {
        (TextScorer scorer, LabelSettings settings) = TextScorer.Load(folderOrName, device, hub, LabelSettings.Read);
        return new TextClassifier(scorer, settings);
    }

    /// <summary>Every label of a text, the most likely first.</summary>
    public LabelScore[] Classify(string text, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Classify([text], cancellation)[0];
    }

    /// <summary>Every label of each text, the most likely first.</summary>
    /// <param name="texts">None of them null.</param>
    /// <param name="cancellation">Looked at between batches.</param>
    public LabelScore[][] Classify(IReadOnlyList<string> texts, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return Ranked(scorer.Score(texts, Labels.Count, cancellation));
    }

    /// <summary>Every label of a pair of texts, such as a premise and what may follow from it; the most likely first.</summary>
    public LabelScore[] ClassifyPair(string first, string second, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return Ranked(scorer.ScorePairs(first, [second], Labels.Count, cancellation))[0];
    }

    public void Dispose() => scorer.Dispose();

    private LabelScore[][] Ranked(Matrix logits)
    {
        var ranked = new LabelScore[logits.Rows][];
        for (int i = 0; i < ranked.Length; i++)
        {
            Span<float> scores = logits.Row(i);
            LabelSettings.Apply(settings.Activation, scores);
            LabelScore[] labels = new LabelScore[scores.Length];
            for (int k = 0; k < labels.Length; k++) labels[k] = new LabelScore(Labels[k], scores[k]);
            ranked[i] = [.. labels.OrderByDescending(label => label.Score)];
        }
        return ranked;
    }
}
