using KernelForge.Runtime.Batches;

namespace KernelForge.Runtime;

/// <summary>
/// Token ids of sequences of any lengths, packed one after another without padding. A batch is used again by <see cref="Reset"/>,
/// which allocates nothing once the batch has held as many tokens and sequences before. Several threads may read it at once, so long
/// as none resets or disposes it.
/// </summary>
public sealed class RaggedBatch : IDisposable
{
    private int[] offsets = [0];
    private int[] ids = [];
    private int[] types = [];
    private RowSpace? rows;
    private bool disposed;

    private RaggedBatch() { }

    /// <summary>Sequences, empty ones included.</summary>
    public int SequenceCount { get; private set; }

    /// <summary>Tokens of all sequences together.</summary>
    public int TokenCount { get; private set; }

    /// <summary>Where each sequence begins, and last the number of tokens: <c>[sequences + 1]</c>.</summary>
    public ReadOnlySpan<int> Offsets => Alive(offsets).AsSpan(0, SequenceCount + 1);

    /// <summary>The ids, <c>[tokens]</c>.</summary>
    public ReadOnlySpan<int> Ids => Alive(ids).AsSpan(0, TokenCount);

    /// <summary>The token types, <c>[tokens]</c>; zeros where none were given.</summary>
    public ReadOnlySpan<int> Types => Alive(types).AsSpan(0, TokenCount);

    /// <summary>
    /// The row space of these tokens, made when first asked for. After a <see cref="Reset"/> it is a new one: other rows are another space.
    /// </summary>
    public RowSpace Rows
    {
        get
        {
            if (rows is { } made) return made;
            ReadOnlySpan<int> bounds = Offsets;
            var lengths = new int[SequenceCount];
            for (int s = 0; s < lengths.Length; s++) lengths[s] = bounds[s + 1] - bounds[s];
            made = RowSpace.Ragged(lengths);
            return Interlocked.CompareExchange(ref rows, made, null) ?? made;
        }
    }

    /// <summary>Packs sequences; any may be empty, and there may be none.</summary>
    /// <param name="ids">The token ids of each sequence.</param>
    /// <param name="types">The token types of each sequence, of the same lengths; null for all zeros.</param>
    /// <param name="maxLength">The longest sequence the model takes.</param>
    /// <exception cref="ArgumentException">
    /// A sequence is null or too long, an id or a type is below zero, or types differ from ids in shape; the message says which.
    /// </exception>
    public static RaggedBatch Pack(int[][] ids, int[][]? types = null, int maxLength = int.MaxValue)
    {
        var batch = new RaggedBatch();
        batch.Reset(ids, types, maxLength);
        return batch;
    }

    /// <summary>Replaces the sequences of this batch. Where the new ones are refused, the batch keeps those it had.</summary>
    /// <inheritdoc cref="Pack"/>
    public void Reset(int[][] ids, int[][]? types = null, int maxLength = int.MaxValue)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        int tokens = SequenceCheck.TokenCount(ids, types, maxLength);
        if (offsets.Length <= ids.Length) offsets = new int[Capacity.For(ids.Length + 1)];
        if (this.ids.Length < tokens)
        {
            this.ids = new int[Capacity.For(tokens)];
            this.types = new int[this.ids.Length];
        }
        int end = 0;
        for (int s = 0; s < ids.Length; s++)
        {
            ids[s].CopyTo(this.ids, end);
            types?[s].CopyTo(this.types, end);
            end += ids[s].Length;
            offsets[s + 1] = end;
        }
        offsets[0] = 0; // the array may be new
        if (types is null) this.types.AsSpan(0, tokens).Clear();
        SequenceCount = ids.Length;
        TokenCount = tokens;
        rows = null;
    }

    /// <summary>Makes it sequences without tokens.</summary>
    internal void Empty(int sequences)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (offsets.Length <= sequences) offsets = new int[Capacity.For(sequences + 1)];
        offsets.AsSpan(0, sequences + 1).Clear();
        (SequenceCount, TokenCount) = (sequences, 0);
        rows = null;
    }

    /// <summary>The ids of one sequence, <c>[length]</c>.</summary>
    public ReadOnlySpan<int> Sequence(int sequence)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sequence);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(sequence, SequenceCount);
        return Ids[offsets[sequence]..offsets[sequence + 1]];
    }

    /// <summary>The batch as the reference run takes it: a copy, on this batch's <see cref="Rows"/>.</summary>
    public TokenIds ToTokenIds() => new(Rows, Ids.ToArray(), Types.ToArray());

    public void Dispose()
    {
        disposed = true;
        offsets = ids = types = [];
        SequenceCount = TokenCount = 0;
        rows = null;
    }

    private int[] Alive(int[] values)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        return values;
    }
}
