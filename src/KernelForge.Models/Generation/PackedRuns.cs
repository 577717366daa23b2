using KernelForge.Runtime;

namespace KernelForge.Models.Generation;

/// <summary>Runs of a model on what many sequences bring, packed into one batch.</summary>
internal sealed class PackedRuns(IIncrementalModel model, SequenceCache cache) : IDisposable
{
    private readonly RaggedBatch ids = RaggedBatch.Pack([]), sources = RaggedBatch.Pack([]);
    private readonly RaggedMatrix rows = new();

    /// <summary>Whether a sequence begins with a source, in a run of its own kind.</summary>
    public bool TakeSources => model is not IGenerationModel;

    /// <summary>The logits of the last run, <c>[shares, vocabulary]</c>.</summary>
    public Matrix Logits { get; } = new(0, 0);

    /// <summary>Runs the shares of all jobs. Where it throws, nothing has been run.</summary>
    /// <param name="jobs">What is run.</param>
    /// <param name="begin">Whether the sequences begin and bring their sources.</param>
    public void Run(IReadOnlyList<Job> jobs, bool begin)
    {
        Share[] shares = [.. jobs.SelectMany(job => job.Shares)];
        foreach (Share share in shares) share.Branch.Enter(cache);
        ids.Reset([.. shares.Select(share => share.Branch.Ids.Slice(share.Branch.Fed, share.Rows).ToArray())]);
        int[] sequences = [.. shares.Select(share => share.Branch.Sequence)];
        if (!begin) model.Step(ids, cache, sequences, Logits);
        else if (model is IGenerationModel<RaggedBatch> reader) reader.Prefill(SourceIds(jobs), ids, cache, sequences, Logits);
        else ((IGenerationModel<RaggedMatrix>)model).Prefill(SourceRows(jobs), ids, cache, sequences, Logits);
        if (Logits.Rows != shares.Length)
            throw new InvalidOperationException($"the model gave logits {Logits} for {shares.Length} sequences, expected is a row each");
        foreach (Share share in shares) share.Branch.Ran(share.Rows);
    }

    public void Dispose()
    {
        ids.Dispose();
        sources.Dispose();
    }

    private RaggedBatch SourceIds(IReadOnlyList<Job> jobs)
    {
        sources.Reset([.. jobs.Select(job => job.Sequence.Source.Ids!)]);
        return sources;
    }

    private RaggedMatrix SourceRows(IReadOnlyList<Job> jobs)
    {
        Matrix[] each = [.. jobs.Select(job => job.Sequence.Source.Rows!)];
        var offsets = new int[each.Length + 1];
        for (int s = 0; s < each.Length; s++) offsets[s + 1] = offsets[s] + each[s].Rows;
        rows.Reset(offsets, each[0].Columns);
        for (int s = 0; s < each.Length; s++) each[s].Values.CopyTo(rows.Sequence(s));
        return rows;
    }
}
