using KernelForge.Reference;

namespace KernelForge;

/// <summary>
/// Changes a logit: <paramref name="s"/> is scale · q·k of query row <paramref name="i"/> and key row <paramref name="j"/> in the (query)
/// head <paramref name="head"/>. It is asked only for pairs that the mask lets through.
/// </summary>
public delegate double Score(double s, Row i, Row j, int head);

/// <summary>Whether query row <paramref name="i"/> sees key row <paramref name="j"/>, of the same sequence.</summary>
public delegate bool Mask(Row i, Row j);

public static partial class Ops
{
    /// <summary>
    /// Attention within each sequence. A query row's result in a head is Σⱼ softmaxⱼ(score(scale · q·kⱼ)) · vⱼ over the key rows j
    /// of the same sequence that the mask lets through; zeros where there is none.
    /// </summary>
    /// <param name="q">Queries <c>[query rows, heads × headDim]</c>; head h has the features from h × headDim on.</param>
    /// <param name="k">Keys <c>[key rows, keyValueHeads × headDim]</c>, of a batch with as many sequences as the queries'.</param>
    /// <param name="v">Values <c>[key rows, keyValueHeads × valueDim]</c>, with the rows of the keys.</param>
    /// <param name="heads">The number of query heads.</param>
    /// <param name="keyValueHeads">
    /// The number of key and value heads, each serving as many neighbouring query heads; 0 for as many as query heads.
    /// </param>
    /// <param name="scale">What q·k is multiplied with; 1/√headDim where it is null.</param>
    /// <param name="score">Changes the logits; may be called from several threads.</param>
    /// <param name="mask">Says which pairs exist; may be called from several threads.</param>
    /// <param name="softmax">
    /// Whether the weights of a query's values are the softmax of its scores; else they are the scores themselves, and the result is
    /// Σⱼ score(scale · q·kⱼ) · vⱼ.
    /// </param>
    /// <returns><c>[query rows, heads × valueDim]</c>.</returns>
    /// <exception cref="ArgumentException">Shapes, rows or heads do not fit.</exception>
    public static Tokens Attention(
        Tokens q, Tokens k, Tokens v, int heads, int keyValueHeads = 0, double? scale = null, Score? score = null, Mask? mask = null,
        bool softmax = true)
    {
        ArgumentNullException.ThrowIfNull(q);
        ArgumentNullException.ThrowIfNull(k);
        ArgumentNullException.ThrowIfNull(v);
        if (keyValueHeads == 0) keyValueHeads = heads;
        if (heads < 1 || keyValueHeads < 1 || heads % keyValueHeads != 0)
            throw new ArgumentException($"Attention: {heads} heads do not share {keyValueHeads} key and value heads", nameof(heads));
        if (q.Features % heads != 0)
            throw new ArgumentException($"Attention: queries {q} do not divide into {heads} heads", nameof(q));
        int headDim = q.Features / heads;
        if (k.Features != (long)keyValueHeads * headDim)
            throw new ArgumentException(
                $"Attention: keys {k} should have {keyValueHeads} heads of {headDim} features, as queries {q} have {heads}", nameof(k));
        if (v.Features % keyValueHeads != 0)
            throw new ArgumentException($"Attention: values {v} do not divide into {keyValueHeads} heads", nameof(v));
        if (!ReferenceEquals(k.Rows, v.Rows))
            throw new ArgumentException($"Attention: keys {k} and values {v} do not have the same rows", nameof(v));
        if (q.Rows.IsTable || k.Rows.IsTable)
            throw new ArgumentException($"Attention: queries {q} and keys {k}: the rows of a table belong to no sequence", nameof(q));
        if (q.Rows.SequenceCount != k.Rows.SequenceCount)
            throw new ArgumentException(
                $"Attention: queries {q} have {q.Rows.SequenceCount} sequences, keys {k} have {k.Rows.SequenceCount}: they must be as many",
                nameof(k));
        return new AttentionRun(q, k, v, heads, keyValueHeads, scale ?? 1 / Math.Sqrt(headDim), score, mask, softmax).Run();
    }
}
