using KernelForge.Runtime;

namespace KernelForge.Models.Tests.Generation;

/// <summary>
/// A model that goes on beside one that has no cache: after each run, the logits of every sequence are compared with those of the other
/// model's run over all tokens that the sequence has had.
/// </summary>
internal abstract class ComparedModel(IIncrementalModel model) : IIncrementalModel
{
    private readonly Dictionary<int, List<int>> histories = [];

    /// <summary>Logits rows that were compared.</summary>
    public int Compared { get; private set; }

    /// <summary>Those of them that differ in a bit.</summary>
    public int Different { get; private set; }

    /// <summary>Those of them whose greatest logit is another token's.</summary>
    public int OtherTokens { get; private set; }

    /// <summary>The most sequences of one run.</summary>
    public int Largest { get; private set; }

    public Device Device => model.Device;

    public SequenceCache NewCache(long budget) => model.NewCache(budget);

    public void Step(RaggedBatch ids, SequenceCache cache, ReadOnlySpan<int> sequences, Matrix logits)
    {
        model.Step(ids, cache, sequences, logits);
        Compare(ids, sequences, logits);
    }

    public virtual void Dispose() => model.Dispose();

    protected void Compare(RaggedBatch ids, ReadOnlySpan<int> sequences, Matrix logits)
    {
        int[] numbers = sequences.ToArray();
        for (int s = 0; s < numbers.Length; s++)
        {
            if (!histories.TryGetValue(numbers[s], out List<int>? history)) histories.Add(numbers[s], history = []);
            history.AddRange(ids.Sequence(s));
        }
        using RaggedBatch whole = RaggedBatch.Pack([.. numbers.Select(number => histories[number].ToArray())]);
        RaggedMatrix expected = Whole(whole, numbers);
        Largest = Math.Max(Largest, numbers.Length);
        for (int s = 0; s < numbers.Length; s++)
        {
            ReadOnlySpan<float> last = expected.Row(expected.Offsets[s + 1] - 1), row = logits.Row(s);
            Compared++;
            if (!last.SequenceEqual(row)) Different++;
            if (Greatest(last) != Greatest(row)) OtherTokens++;
        }
    }

    /// <summary>The logits of a whole run, a row a token.</summary>
    protected abstract RaggedMatrix Whole(RaggedBatch ids, int[] sequences);

    private static int Greatest(ReadOnlySpan<float> logits)
    {
        int best = 0;
        for (int id = 1; id < logits.Length; id++)
            if (logits[id] > logits[best]) best = id;
        return best;
    }
}

/// <summary>A decoder by itself.</summary>
internal sealed class ComparedDecoder(IGenerationModel model, ITokenModel whole) : ComparedModel(model), IGenerationModel
{
    public void Prefill(RaggedBatch ids, SequenceCache cache, ReadOnlySpan<int> sequences, Matrix logits)
    {
        model.Prefill(ids, cache, sequences, logits);
        Compare(ids, sequences, logits);
    }

    public override void Dispose()
    {
        base.Dispose();
        whole.Dispose();
    }

    protected override RaggedMatrix Whole(RaggedBatch ids, int[] sequences) => whole.Run(ids);
}

/// <summary>An encoder-decoder of sources of ids.</summary>
internal sealed class ComparedTranslator(IGenerationModel<RaggedBatch> model, ISourceTargetModel whole)
    : ComparedModel(model), IGenerationModel<RaggedBatch>
{
    private readonly Dictionary<int, int[]> sources = [];

    public void Prefill(RaggedBatch source, RaggedBatch ids, SequenceCache cache, ReadOnlySpan<int> sequences, Matrix logits)
    {
        model.Prefill(source, ids, cache, sequences, logits);
        for (int s = 0; s < sequences.Length; s++) sources.Add(sequences[s], source.Sequence(s).ToArray());
        Compare(ids, sequences, logits);
    }

    public override void Dispose()
    {
        base.Dispose();
        whole.Dispose();
    }

    protected override RaggedMatrix Whole(RaggedBatch ids, int[] sequences) =>
        whole.Run(RaggedBatch.Pack([.. sequences.Select(number => sources[number])]), ids);
}

/// <summary>An encoder-decoder of sources of floats.</summary>
internal sealed class ComparedListener(MoonshineGenerator model, MoonshineForConditionalGeneration whole)
    : ComparedModel(model), IGenerationModel<RaggedMatrix>
{
    private readonly Dictionary<int, float[]> sources = [];

    public void Prefill(RaggedMatrix source, RaggedBatch ids, SequenceCache cache, ReadOnlySpan<int> sequences, Matrix logits)
    {
        model.Prefill(source, ids, cache, sequences, logits);
        for (int s = 0; s < sequences.Length; s++) sources.Add(sequences[s], source.Sequence(s).ToArray());
        Compare(ids, sequences, logits);
    }

    public override void Dispose()
    {
        base.Dispose();
        whole.Dispose();
    }

    protected override RaggedMatrix Whole(RaggedBatch ids, int[] sequences)
    {
        var samples = new RaggedMatrix([.. sequences.Select(number => sources[number].Length)], 1);
        for (int s = 0; s < sequences.Length; s++) sources[sequences[s]].CopyTo(samples.Sequence(s));
        return whole.Run(samples, ids);
    }
}
