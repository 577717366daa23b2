using System.Globalization;
using KernelForge.Runtime;

namespace KernelForge.Models.Text;

/// <summary>How logits become scores.</summary>
internal enum LabelActivation
{
    /// <summary>They are the scores.</summary>
    None,

    /// <summary>Each by itself, 1 / (1 + e^−x).</summary>
    Sigmoid,

    /// <summary>One label of several: the scores of a text sum to 1.</summary>
    Softmax,
}

/// <summary>What <c>config.json</c> says of a classifier's labels.</summary>
/// <param name="Labels">Their names.</param>
/// <param name="Activation">How logits become scores.</param>
internal sealed record LabelSettings(IReadOnlyList<string> Labels, LabelActivation Activation)
{
    /// <exception cref="ConfigException">The labels or the kind of the problem are damaged or unknown.</exception>
    public static LabelSettings Read(ModelConfig config)
    {
        // What Hugging Face's configurations mean where they name no labels.
        int count = config.Int32(["id2label.count", "num_labels"], 2);
        string[] labels =
        [
            .. from i in Enumerable.Range(0, count)
               let index = i.ToString(CultureInfo.InvariantCulture)
               select config.Has("id2label") ? config.String($"id2label.{index}") : $"LABEL_{index}"
        ];
        config.Require("problem_type", "regression", "single_label_classification", "multi_label_classification");
        return new LabelSettings(labels, config.StringOrNull("problem_type") switch
        {
            "regression" => LabelActivation.None,
            "multi_label_classification" => LabelActivation.Sigmoid,
            _ => count == 1 ? LabelActivation.Sigmoid : LabelActivation.Softmax,
        });
    }

    /// <summary>Makes scores of the logits of one text, in place.</summary>
    public static void Apply(LabelActivation activation, Span<float> logits)
    {
        if (activation == LabelActivation.Sigmoid)
            foreach (ref float x in logits) x = (float)(1 / (1 + Math.Exp(-x)));
        if (activation != LabelActivation.Softmax) return;
        double largest = double.NegativeInfinity, sum = 0;
        foreach (float x in logits) largest = Math.Max(largest, x);
        foreach (float x in logits) sum += Math.Exp(x - largest);
        foreach (ref float x in logits) x = (float)(Math.Exp(x - largest) / sum);
    }
}
