using KernelForge.Runtime;

namespace KernelForge.Models;

/// <summary>
/// A model whose sequences go on from run to run, with the logits of a next token: <c>[sequences, vocabulary]</c>, a row for each sequence
/// of a batch. A run that throws leaves the cache as it was.
/// </summary>
public interface IIncrementalModel : IModel
{
    /// <summary>A cache for sequences of this model that never takes more memory than a budget in bytes.</summary>
    SequenceCache NewCache(long budget);

    /// <summary>
    /// Runs further tokens of sequences, at least one each, and fills <paramref name="logits"/> with those of the token behind the last.
    /// </summary>
    /// <param name="ids">The further tokens, a sequence of the batch for each of <paramref name="sequences"/>.</param>
    /// <param name="cache">What earlier runs left for this one.</param>
    /// <param name="sequences">Numbers of the cache, each once.</param>
    /// <param name="logits"><c>[sequences, vocabulary]</c>; it takes the right size by itself.</param>
    /// <exception cref="CacheFullException">The budget has no room for the new rows.</exception>
    void Step(RaggedBatch ids, SequenceCache cache, ReadOnlySpan<int> sequences, Matrix logits);
}

/// <summary>A decoder by itself, which continues a prompt. <see cref="IIncrementalModel.Step"/> takes new sequences too.</summary>
public interface IGenerationModel : IIncrementalModel
{
    /// <summary>Runs the prompts of sequences that have no rows yet.</summary>
    /// <inheritdoc cref="IIncrementalModel.Step"/>
    void Prefill(RaggedBatch ids, SequenceCache cache, ReadOnlySpan<int> sequences, Matrix logits);
}

/// <summary>An encoder and a decoder, which writes about a source: ids (a text) or rows of floats (a sound).</summary>
/// <typeparam name="TSource"><see cref="RaggedBatch"/> or <see cref="RaggedMatrix"/>.</typeparam>
public interface IGenerationModel<TSource> : IIncrementalModel
{
    /// <summary>Runs the sources of sequences that have no rows yet, and what their decoders begin with.</summary>
    /// <param name="source">A source for each of <paramref name="sequences"/>.</param>
    /// <param name="ids">What their decoders begin with, at least a token each.</param>
    /// <param name="cache">Where this run leaves what further ones need.</param>
    /// <param name="sequences">Numbers of the cache, each once.</param>
    /// <param name="logits"><c>[sequences, vocabulary]</c>; it takes the right size by itself.</param>
    /// <exception cref="CacheFullException">The budget has no room for the new rows.</exception>
    void Prefill(TSource source, RaggedBatch ids, SequenceCache cache, ReadOnlySpan<int> sequences, Matrix logits);
}
