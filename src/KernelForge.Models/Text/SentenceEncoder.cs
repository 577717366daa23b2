using System.Diagnostics;
using KernelForge.Models.Hub;
using KernelForge.Runtime;
using KernelForge.Runtime.Execution;
using KernelForge.Runtime.Text;

namespace KernelForge.Models.Text;

/// <summary>
/// A vector for each text, from a model that sentence-transformers saved: tokenizer, transformer, pooling and normalisation as its files
/// say. Texts may come in any number and of any length; a vector depends on its own text alone. Calls from several threads take turns.
/// </summary>
public sealed class SentenceEncoder : IDisposable
{
    /// <summary>Tokens run at a time: enough to share weights among many rows, few enough for the rows to stay near the cores.</summary>
    private const int TokenBudget = 4096;

    private readonly Lock running = new();
    private readonly WordPieceTokenizer tokenizer;
    private readonly ITokenModel model;
    private readonly SentenceSettings settings;

    internal SentenceEncoder(WordPieceTokenizer tokenizer, ITokenModel model, SentenceSettings settings)
    {
        this.tokenizer = tokenizer;
        this.model = model;
        this.settings = settings;
        MaxTokens = settings.MaxTokens ?? tokenizer.MaxTokens;
    }

    /// <summary>Features of a vector.</summary>
    public int Dimensions => settings.Dimensions;

    /// <summary>Tokens of a text that count, special ones included; what comes after them is cut off.</summary>
    public int MaxTokens { get; }

    /// <summary>Where it runs; never <see cref="Device.Auto"/>.</summary>
    public Device Device => model.Device;

    /// <summary>
    /// Which device it is and why, for people: where <see cref="Device.Auto"/> passed over a kind of device, also what was missing and where
    /// it was looked for.
    /// </summary>
    public string DeviceChoice => (model as ICompiledLayer)?.Session?.Choice ?? model.Device.ToString();

    /// <summary>Loads an encoder from a folder with <c>modules.json</c>.</summary>
    /// <param name="folderOrName">As sentence-transformers saves it, or the name of such a model on the hub.</param>
    /// <param name="device">Where it runs; null for <see cref="Device.Auto"/>.</param>
    /// <param name="hub">Finds models by name; null for one as the environment says.</param>
    /// <exception cref="HubException">A model that is named cannot be had.</exception>
    /// <exception cref="ConfigException">A file is missing or damaged, or asks for what this encoder does not do, by name.</exception>
    /// <exception cref="NotSupportedException">The tokenizer is of another kind; the message names what is not covered.</exception>
    /// <exception cref="WeightException">The weights do not fit the model.</exception>
    public static SentenceEncoder Load(string folderOrName, Device? device = null, ModelHub? hub = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folderOrName);
        SentenceSettings settings = SentenceSettings.Read((hub ?? new ModelHub()).Locate(folderOrName));
        WordPieceTokenizer tokenizer = WordPieceTokenizer.Load(settings.TransformerFolder);
        using ModelSource source = ModelSource.Open(settings.TransformerFolder);
        if (source.Config.Int32("vocab_size") is var vocabulary && vocabulary < tokenizer.VocabularySize)
            throw new ConfigException("config.json", "vocab_size", $"is {vocabulary}, the tokenizer's is {tokenizer.VocabularySize}");
        int limit = Math.Min(source.Config.Int32("max_position_embeddings"), tokenizer.MaxTokens);
        settings = settings with { MaxTokens = Math.Min(limit, settings.MaxTokens ?? limit) };
        return new SentenceEncoder(tokenizer, AutoModel.Load(source, device), settings);
    }

    /// <summary>The vector of one text, <c>[dimensions]</c>.</summary>
    /// <inheritdoc cref="Encode(IReadOnlyList{string}, IProgress{EncodingProgress}?, CancellationToken)"/>
    public float[] Encode(string text, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Encode([text], null, cancellation)[0];
    }

    /// <summary>A vector for each text, in the order of the texts.</summary>
    /// <param name="texts">None of them null; an empty text has a vector too.</param>
    /// <param name="progress">Told after each batch.</param>
    /// <param name="cancellation">Looked at between batches and while tokenizing.</param>
    /// <exception cref="ArgumentException">A text is null; the message says which.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; nothing is returned.</exception>
    public float[][] Encode(
        IReadOnlyList<string> texts, IProgress<EncodingProgress>? progress = null, CancellationToken cancellation = default)
    {
        Matrix matrix = EncodeMatrix(texts, progress, cancellation);
        var vectors = new float[matrix.Rows][];
        for (int i = 0; i < vectors.Length; i++) vectors[i] = matrix.Row(i).ToArray();
        return vectors;
    }

    /// <summary>The vectors as the rows of one matrix, <c>[texts, dimensions]</c>.</summary>
    /// <inheritdoc cref="Encode(IReadOnlyList{string}, IProgress{EncodingProgress}?, CancellationToken)"/>
    public Matrix EncodeMatrix(
        IReadOnlyList<string> texts, IProgress<EncodingProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var clock = Stopwatch.StartNew();
        int[][] ids = Tokenize(texts, cancellation);
        var vectors = new Matrix(ids.Length, Dimensions);
        lock (running) RunAll(ids, vectors, clock, progress, cancellation);
        return vectors;
    }

    public void Dispose() => model.Dispose();

    private int[][] Tokenize(IReadOnlyList<string> texts, CancellationToken cancellation)
    {
        var ids = new int[texts.Count][];
        for (int i = 0; i < ids.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            string text = texts[i] ?? throw new ArgumentException($"text {i} of {texts.Count} is null", nameof(texts));
            ids[i] = tokenizer.Encode(text, MaxTokens);
        }
        return ids;
    }

    private void RunAll(
        int[][] ids, Matrix vectors, Stopwatch clock, IProgress<EncodingProgress>? progress, CancellationToken cancellation)
    {
        using RaggedBatch batch = RaggedBatch.Pack([]);
        var hidden = new RaggedMatrix();
        var pooled = new Matrix(0, 0);
        int[] lengths = Array.ConvertAll(ids, sequence => sequence.Length);
        int done = 0;
        long tokens = 0, total = lengths.Sum(length => (long)length);
        foreach (int[] indices in TokenBatches.Cut(lengths, TokenBudget))
        {
            cancellation.ThrowIfCancellationRequested();
            batch.Reset(Array.ConvertAll(indices, i => ids[i]));
            model.Run(batch, hidden);
            if (hidden.Columns != Dimensions)
                throw new InvalidOperationException($"the model's rows have {hidden.Columns} features, its pooling expects {Dimensions}");
            settings.Pooling.Pool(hidden, pooled);
            if (settings.Normalizes) pooled.Normalize(pooled);
            for (int s = 0; s < indices.Length; s++) pooled.Row(s).CopyTo(vectors.Row(indices[s]));
            done += indices.Length;
            tokens += batch.TokenCount;
            progress?.Report(new EncodingProgress(done, ids.Length, tokens, total, clock.Elapsed));
        }
    }
}
