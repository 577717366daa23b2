using KernelForge.Models.Hub;
using KernelForge.Runtime;
using KernelForge.Runtime.Text;

namespace KernelForge.Models.Text;

/// <summary>A classifier with its tokenizer: texts, or pairs of them, to logits. Calls from several threads take turns.</summary>
internal sealed class TextScorer(WordPieceTokenizer tokenizer, ISequenceModel model, int maxTokens) : IDisposable
{
    /// <summary>Tokens run at a time, as for <see cref="SentenceEncoder"/>.</summary>
    private const int TokenBudget = 4096;

    private readonly Lock running = new();

    public Device Device => model.Device;

    public int MaxTokens => maxTokens;

    /// <summary>Loads a classifier and its tokenizer; before them, its owner reads the configuration.</summary>
    public static (TextScorer Scorer, T Settings) Load<T>(string folderOrName, Device? device, ModelHub? hub, Func<ModelConfig, T> read)
    {
        ArgumentException.ThrowIfNullOrEmpty(folderOrName);
        string folder = (hub ?? new ModelHub()).Locate(folderOrName);
        using ModelSource source = ModelSource.Open(folder);
        T settings = read(source.Config);
        WordPieceTokenizer tokenizer = WordPieceTokenizer.Load(folder);
        if (source.Config.Int32("vocab_size") is var vocabulary && vocabulary < tokenizer.VocabularySize)
        {
            throw new ConfigException(
                Path.Combine(folder, "config.json"), "vocab_size", $"is {vocabulary}, the tokenizer's is {tokenizer.VocabularySize}");
        }
        int limit = Math.Min(source.Config.Int32("max_position_embeddings"), tokenizer.MaxTokens);
        return (new TextScorer(tokenizer, AutoModel.LoadSequenceClassifier(source, device), limit), settings);
    }

    /// <summary>The logits of each text, <c>[texts, labels]</c>.</summary>
    public Matrix Score(IReadOnlyList<string> texts, int labels, CancellationToken cancellation) =>
        Run(texts, labels, text => (tokenizer.Encode(text, maxTokens), []), cancellation);

    /// <summary>The logits of each text beside the first one, <c>[texts, labels]</c>.</summary>
    public Matrix ScorePairs(string first, IReadOnlyList<string> texts, int labels, CancellationToken cancellation) =>
        Run(texts, labels, text => tokenizer.EncodePair(first, text, maxTokens), cancellation);

    public void Dispose() => model.Dispose();

    private Matrix Run(
        IReadOnlyList<string> texts, int labels, Func<string, (int[] Ids, int[] Types)> encode, CancellationToken cancellation)
    {
        var ids = new int[texts.Count][];
        var types = new int[texts.Count][];
        for (int i = 0; i < ids.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            (ids[i], types[i]) = encode(texts[i] ?? throw new ArgumentException($"text {i} of {texts.Count} is null", nameof(texts)));
            if (types[i].Length == 0) types[i] = new int[ids[i].Length];
        }
        var logits = new Matrix(ids.Length, labels);
        lock (running)
        {
            using RaggedBatch batch = RaggedBatch.Pack([]);
            var some = new Matrix(0, 0);
            foreach (int[] indices in TokenBatches.Cut(Array.ConvertAll(ids, sequence => sequence.Length), TokenBudget))
            {
                cancellation.ThrowIfCancellationRequested();
                batch.Reset(Array.ConvertAll(indices, i => ids[i]), Array.ConvertAll(indices, i => types[i]));
                model.Run(batch, some);
                if (some.Columns != labels)
                    throw new InvalidOperationException($"the model gives {some.Columns} logits, and there are {labels} labels");
                for (int s = 0; s < indices.Length; s++) some.Row(s).CopyTo(logits.Row(indices[s]));
            }
        }
        return logits;
    }
}
