using KernelForge.Models.Hub;
using KernelForge.Runtime;

namespace KernelForge.Models.Generation;

/// <summary>
/// A ragged set of running sequences over one model and one cache. Sequences join and leave at any time; each turn continues all of them by
/// a token in one packed run, parts of new prompts in the same run. What a sequence becomes depends on itself alone.
/// </summary>
/// <remarks>
/// There is no thread of its own: who waits for a token of a <see cref="GeneratedSequence"/> starts the next turn, on the thread pool, or
/// waits for the one in progress; <see cref="Step"/> does the same without tasks. Nothing is computed while nobody waits. All members may
/// be used from several threads at once.
/// </remarks>
public sealed class GenerationSession : IDisposable
{
    private readonly IIncrementalModel model;
    private readonly GenerationSessionOptions options;
    private readonly SequenceCache cache;
    private readonly PackedRuns runs;
    private readonly Schedule schedule;
    private readonly List<GeneratedSequence> joined = [];
    private Task? turn;
    private bool ownsModel, disposed;

    /// <summary>A session without sequences.</summary>
    /// <param name="model">An <see cref="IGenerationModel"/>, or an <see cref="IGenerationModel{TSource}"/> of ids or of rows of
    /// floats.</param>
    /// <param name="options">What the session may use.</param>
    /// <exception cref="ArgumentException">The model is neither, or an option is out of its range.</exception>
    public GenerationSession(IIncrementalModel model, GenerationSessionOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        if (model is not (IGenerationModel or IGenerationModel<RaggedBatch> or IGenerationModel<RaggedMatrix>))
        {
            throw new ArgumentException(
                $"{model.GetType().Name} takes no prompt, and no source of ids or of rows of floats: it is no {nameof(IGenerationModel)}",
                nameof(model));
        }
        (this.model, this.options) = (model, options);
        cache = model.NewCache(options.Budget);
        runs = new PackedRuns(model, cache);
        schedule = new Schedule(runs, cache, options);
    }

    /// <summary>
    /// A session over a model of its own, with the options that the model's folder asks for (<see cref="GenerationOptions.Read"/>) and the
    /// greatest length that its configuration names.
    /// </summary>
    /// <param name="folderOrName">
    /// A folder with <c>config.json</c> and <c>model.safetensors</c> (or its shards), or the name of a model on the hub.
    /// </param>
    /// <param name="budget">Bytes of keys, values and states that all sequences together may have at a time.</param>
    /// <param name="device">Where it runs; null for <see cref="Device.Auto"/>.</param>
    /// <param name="hub">Finds models by name; null for one as the environment says.</param>
    /// <exception cref="ConfigException">The configuration is missing, damaged, or of a model that no class describes.</exception>
    /// <exception cref="WeightException">The weights do not fit.</exception>
    /// <exception cref="HubException">A model that is named cannot be had.</exception>
    public static GenerationSession Load(string folderOrName, long budget, Device? device = null, ModelHub? hub = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folderOrName);
        string folder = (hub ?? new ModelHub()).Locate(folderOrName);
        using ModelSource source = ModelSource.Open(folder);
        GenerationSessionOptions options = new()
        {
            Budget = budget,
            Defaults = GenerationOptions.Read(folder),
            MaxLength = source.Config.Int32(["max_position_embeddings", "n_positions"], int.MaxValue),
        };
        IIncrementalModel model = AutoModel.LoadGenerator(source, device);
        try
        {
            return new GenerationSession(model, options) { ownsModel = true };
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>The options of sequences that join without their own.</summary>
    public GenerationOptions Defaults => options.Defaults;

    /// <summary>Bytes of the budget that are in use.</summary>
    public long Used => cache.Used;

    /// <summary>Guards all that turns, consumers and those who join and cancel share.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>A sequence joins with a prompt, or with the source of an encoder-decoder that reads ids.</summary>
    /// <param name="ids">The prompt's tokens, at least one; or the source's.</param>
    /// <param name="options">How it is continued; null for <see cref="Defaults"/>.</param>
    /// <param name="cancellationToken">Cancels the sequence.</param>
    /// <exception cref="ArgumentException">
    /// An option is out of its range, an id is below zero, there is nothing to begin with or no limit of length, or the prompt reaches it.
    /// </exception>
    /// <exception cref="InvalidOperationException">The model reads rows of floats.</exception>
    /// <exception cref="ObjectDisposedException">The session was disposed of.</exception>
    public GeneratedSequence Join(ReadOnlySpan<int> ids, GenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= Defaults;
        if (ids.IndexOfAnyExceptInRange(0, int.MaxValue) is >= 0 and var at)
            throw new ArgumentException($"the id {ids[at]} at position {at} is below zero", nameof(ids));
        return model switch
        {
            IGenerationModel => Join(ids, default, options, cancellationToken),
            IGenerationModel<RaggedBatch> => Join(null, new Source(ids.ToArray(), null), options, cancellationToken),
            _ => throw new InvalidOperationException($"{model.GetType().Name} reads rows of floats: join with a Matrix"),
        };
    }

    /// <summary>A sequence joins with the source of an encoder-decoder that reads rows of floats, such as a sound.</summary>
    /// <param name="source"><c>[rows, features]</c>; it must not change until the sequence has ended.</param>
    /// <param name="options">How it is continued; null for <see cref="Defaults"/>.</param>
    /// <param name="cancellationToken">Cancels the sequence.</param>
    /// <exception cref="ArgumentException">
    /// An option is out of its range, there is nothing for the decoder to begin with, or no limit of length.
    /// </exception>
    /// <exception cref="InvalidOperationException">The model reads ids.</exception>
    /// <exception cref="ObjectDisposedException">The session was disposed of.</exception>
    public GeneratedSequence Join(Matrix source, GenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        return model is IGenerationModel<RaggedMatrix>
            ? Join(null, new Source(null, source), options ?? Defaults, cancellationToken)
            : throw new InvalidOperationException($"{model.GetType().Name} reads ids, not rows of floats");
    }

    /// <summary>
    /// A turn: every running sequence gets its next token, and those that joined run their prompts or parts of them. Where a turn is in
    /// progress, it is waited for instead.
    /// </summary>
    /// <returns>Whether any sequence is left.</returns>
    /// <exception cref="ObjectDisposedException">The session was disposed of.</exception>
    public bool Step()
    {
        Task next;
        bool isMine;
        lock (Gate)
        {
            isMine = turn is null;
            next = NextTurn();
        }
        if (isMine) next.RunSynchronously(TaskScheduler.Default);
        next.GetAwaiter().GetResult();
        lock (Gate) return joined.Count > 0 || !schedule.IsEmpty;
    }

    /// <summary>Ends all sequences and frees the cache, after the turn in progress.</summary>
    public void Dispose()
    {
        Task? last;
        lock (Gate)
        {
            if (disposed) return;
            disposed = true;
            last = turn;
        }
        if (last is not null) Task.WhenAny(last).GetAwaiter().GetResult(); // its own errors are not ours
        lock (Gate)
        {
            var error = new ObjectDisposedException(nameof(GenerationSession), "the session was disposed of before the sequence ended");
            foreach (GeneratedSequence sequence in (IEnumerable<GeneratedSequence>)[.. schedule.Clear(), .. joined])
                sequence.End(FinishReason.Failed, error);
            joined.Clear();
        }
        runs.Dispose();
        cache.Dispose();
        if (ownsModel) model.Dispose();
    }

    /// <summary>The turn in progress, or the next one, started on the thread pool; called within the gate.</summary>
    internal Task StartTurn()
    {
        if (turn is { } running) return running;
        Task next = NextTurn();
        next.Start(TaskScheduler.Default);
        return next;
    }

    /// <summary>A sequence has ended by itself; called within the gate.</summary>
    internal void Ended()
    {
        joined.RemoveAll(sequence => sequence.Finish is not null);
        if (turn is null && !disposed) schedule.Sweep();
    }

    private Task NextTurn()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        // A consumer that computes for long does not hold up those that wait for the same turn.
        return turn ??= new Task(Turn, TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private void Turn()
    {
        lock (Gate)
        {
            joined.ForEach(schedule.Add);
            joined.Clear();
        }
        try
        {
            schedule.Turn();
        }
        finally
        {
            lock (Gate)
            {
                schedule.Sweep(); // those that were cancelled meanwhile
                turn = null;
            }
        }
    }

    private GeneratedSequence Join(ReadOnlySpan<int> prompt, Source source, GenerationOptions options, CancellationToken cancellation)
    {
        options.Check();
        if (runs.TakeSources)
        {
            prompt = options.DecoderStart.ToArray();
            if (prompt.IsEmpty)
                throw new ArgumentException($"{nameof(options.DecoderStart)} is empty: the decoder has nothing to begin with");
        }
        if (prompt.IsEmpty) throw new ArgumentException("the prompt is empty: it needs a token at least, such as the beginning of text");
        StopConditions stop = new(options, prompt.Length, Limit(prompt.Length, options));
        if (options.Beams > this.options.MaxSequences)
        {
            throw new ArgumentException(
                $"{nameof(options.Beams)} is {options.Beams}; the session runs at most {this.options.MaxSequences} sequences at a time");
        }
        var branch = new Branch(prompt);
        Decoding decoding = options.Beams > 1 ? new BeamDecoding(branch, options, stop) : new TokenDecoding(branch, options, stop);
        var sequence = new GeneratedSequence(this, options, source, decoding);
        lock (Gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            joined.Add(sequence);
            sequence.CancelWith(cancellation);
        }
        return sequence;
    }

    private int Limit(int prompt, GenerationOptions options)
    {
        long wanted = options.MaxNewTokens is { } further ? (long)prompt + further : options.MaxLength ?? int.MaxValue;
        int limit = (int)Math.Min(wanted, this.options.MaxLength);
        if (limit == int.MaxValue)
        {
            throw new ArgumentException(
                $"nothing limits the length: set {nameof(options.MaxNewTokens)}, {nameof(options.MaxLength)} or the session's MaxLength");
        }
        return prompt < limit
            ? limit : throw new ArgumentException($"{prompt} tokens leave no room for another one: the limit is {limit}");
    }
}
