using System.Runtime.CompilerServices;

namespace KernelForge.Runtime.Cpu;

/// <summary>
/// Takes some features of a head through a long sequence, chunk by chunk: see <see cref="LinearAttention{TVector, TRows}"/>.
/// </summary>
/// <remarks>
/// Row t of a chunk has Σₛ (q_t · k_s) · fade(s, t) · v_s over the rows s up to itself, fade being the product of the decays behind s up
/// to t, and q_t · S times the product of all of them, S being the states in front of the chunk. Both are products of matrices; fades are
/// products along the rows, with no division and no logarithm, so that a decay of zero forgets all that was before it.
/// </remarks>
internal readonly unsafe struct LinearAttentionWork<TVector, TRows>(
    WorkerPool pool, RaggedRows sequences, LinearAttention<TVector, TRows> attention) : IWork
    where TVector : unmanaged, IVector<TVector>
    where TRows : struct, ILinearAttentionRows<TVector>
{
    /// <summary>
    /// By how much decays of a chunk may let states grow. A product of decays that became tiny and then grew has lost its digits, and one
    /// that grew may overflow where no state does: a chunk of such rows is gone through row by row.
    /// </summary>
    private const float MostGrowth = 1 << 16;

    private static int Panel => LinearAttentionScratch<TVector>.Panel;

    public void Run(int item, int worker)
    {
        int sequence = sequences.ByLength[item / attention.Parts], count = sequences.RowCount(sequence), states = attention.States;
        (int first, int end) = attention.Features(item % attention.Parts);
        if (first >= end) return;
        var scratch = new LinearAttentionScratch<TVector>(pool, worker, LinearAttention<TVector, TRows>.ChunkRows, states, end - first);
        for (int turn = 0; turn < count; turn += LinearAttention<TVector, TRows>.ChunkRows)
        {
            var chunk = new Chunk(sequence, turn, Math.Min(LinearAttention<TVector, TRows>.ChunkRows, count - turn), first, end, count);
            if (Read(chunk, scratch)) Multiply(chunk, scratch);
            else GoRowByRow(chunk, scratch);
        }
    }

    /// <summary>Some turns of a sequence.</summary>
    private readonly record struct Chunk(int Sequence, int Turn, int Rows, int First, int End, int Count)
    {
        /// <summary>Whether no states lie in front of it.</summary>
        public bool IsFirst => Turn == 0;

        public bool IsLast => Turn + Rows == Count;

        public int Width => End - First;
    }

    private int RowOf(Chunk chunk, int r) =>
        sequences.FirstRow(chunk.Sequence) + (attention.Backwards ? chunk.Count - 1 - chunk.Turn - r : chunk.Turn + r);

    /// <summary>Takes what the rows bring; whether products of the decays tell what is left of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private bool Read(Chunk chunk, LinearAttentionScratch<TVector> scratch)
    {
        float growth = 1;
        for (int r = 0; r < chunk.Rows; r++)
        {
            nint key = r * scratch.KeyStride, value = r * scratch.ValueStride;
            var to = new LinearAttentionRow<TVector>(scratch.Decays + r, scratch.Queries + key, scratch.Keys + key, scratch.Values + value);
            attention.Source.Read(chunk.Sequence, RowOf(chunk, r), chunk.First, chunk.End, to);
            growth *= MathF.Max(1, MathF.Abs(scratch.Decays[r]));
        }
        // What is no number grows beyond all bounds, too.
        return growth <= MostGrowth;
    }

    private void Multiply(Chunk chunk, LinearAttentionScratch<TVector> scratch)
    {
        int states = attention.States;
        for (int s = 0; s < chunk.Rows; s += Panel)
        {
            float* keys = scratch.Keys + (s * scratch.KeyStride), turned = scratch.Turned + ((nint)s * states);
            Turned.Fill(keys, scratch.KeyStride, Math.Min(Panel, chunk.Rows - s), states, turned, Panel);
        }
        float left = 1;
        for (int r = 0; r < chunk.Rows; r += TVector.TileRows)
        {
            int rows = Math.Min(TVector.TileRows, chunk.Rows - r);
            left = Weigh(chunk, scratch, r, rows, left);
            float* queries = scratch.Queries + (r * scratch.KeyStride), weights = scratch.Weights + (r * scratch.WeightStride);
            for (int c = 0; c < chunk.Width; c += Panel)
            {
                if (!chunk.IsFirst)
                {
                    float* before = scratch.States + ((nint)c * states);
                    Tile.Multiply<TVector>(rows, queries, scratch.KeyStride, 1, before, Panel, states, scratch.Sums, resume: false);
                }
                float* values = scratch.Values + c;
                Tile.Multiply<TVector>(
                    rows, weights, scratch.WeightStride, 1, values, scratch.ValueStride, r + rows, scratch.Sums, resume: !chunk.IsFirst);
                for (int i = 0; i < rows; i++) Store(chunk, r + i, c, scratch.Sums + (i * Panel));
            }
        }
        if (!chunk.IsLast) Advance(chunk, scratch, left);
    }

    /// <summary>
    /// What some rows take of the values of each row up to themselves; then their queries times what is left of the states in front of
    /// the chunk.
    /// </summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="scratch">Its memory.</param>
    /// <param name="first">The first row.</param>
    /// <param name="rows">How many there are.</param>
    /// <param name="left">What is left of those states in front of the first row.</param>
    /// <returns>What is left behind the last.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private float Weigh(Chunk chunk, LinearAttentionScratch<TVector> scratch, int first, int rows, float left)
    {
        int states = attention.States, end = first + rows;
        float* queries = scratch.Queries + (first * scratch.KeyStride);
        for (int s = 0; s < end; s += Panel)
        {
            float* sums = scratch.Sums + ((nint)s / Panel * scratch.SumFloats), keys = scratch.Turned + ((nint)s * states);
            Tile.Multiply<TVector>(rows, queries, scratch.KeyStride, 1, keys, Panel, states, sums, resume: false);
        }
        for (int i = 0; i < rows; i++, queries += scratch.KeyStride)
        {
            int row = first + i;
            TVector decay = TVector.Broadcast(scratch.Decays[row]);
            for (int s = 0; s < row; s += TVector.Count) TVector.Store(scratch.Fades + s, decay * TVector.Load(scratch.Fades + s));
            scratch.Fades[row] = 1;
            float* weights = scratch.Weights + (row * scratch.WeightStride);
            for (int s = 0; s < end; s += TVector.Count)
            {
                float* sums = scratch.Sums + ((nint)s / Panel * scratch.SumFloats) + (i * Panel) + (s % Panel);
                TVector.Store(weights + s, TVector.First(row + 1 - s, TVector.Load(sums) * TVector.Load(scratch.Fades + s)));
            }
            left *= scratch.Decays[row];
            if (!chunk.IsFirst) Scale(queries, states, left);
        }
        return left;
    }

    /// <summary>The states behind the chunk.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Advance(Chunk chunk, LinearAttentionScratch<TVector> scratch, float left)
    {
        int states = attention.States, width = (chunk.Width + Panel - 1) / Panel * Panel;
        for (int s = 0; s < chunk.Rows; s++) Scale(scratch.Keys + (s * scratch.KeyStride), states, scratch.Fades[s]);
        if (!chunk.IsFirst) Scale(scratch.States, width * states, left);
        for (int c = 0; c < width; c += Panel)
        {
            for (int n = 0; n < states; n += TVector.TileRows)
            {
                int rows = Math.Min(TVector.TileRows, states - n);
                float* sums = scratch.States + ((nint)c * states) + (n * Panel), keys = scratch.Keys + n, values = scratch.Values + c;
                Tile.Multiply<TVector>(
                    rows, keys, 1, scratch.KeyStride, values, scratch.ValueStride, chunk.Rows, sums, resume: !chunk.IsFirst);
            }
        }
    }

    /// <summary>The recurrence itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void GoRowByRow(Chunk chunk, LinearAttentionScratch<TVector> scratch)
    {
        int states = attention.States, width = (chunk.Width + Panel - 1) / Panel * Panel;
        if (chunk.IsFirst) new Span<float>(scratch.States, width * states).Clear();
        for (int r = 0; r < chunk.Rows; r++)
        {
            TVector decay = TVector.Broadcast(scratch.Decays[r]);
            float* query = scratch.Queries + (r * scratch.KeyStride), key = scratch.Keys + (r * scratch.KeyStride);
            for (int c = 0; c < width; c += TVector.Count)
            {
                TVector value = TVector.Load(scratch.Values + (r * scratch.ValueStride) + c), total = TVector.Zero;
                float* state = scratch.States + ((nint)c / Panel * Panel * states) + (c % Panel);
                for (int n = 0; n < states; n++, state += Panel)
                {
                    TVector h = (decay * TVector.Load(state)) + (TVector.Broadcast(key[n]) * value);
                    TVector.Store(state, h);
                    total += TVector.Broadcast(query[n]) * h;
                }
                TVector.Store(scratch.Sums + (c % Panel), total);
                if (c % Panel != 0) Store(chunk, r, c - (c % Panel), scratch.Sums);
            }
        }
    }

    /// <summary>Two vectors of the result, as far as they are its.</summary>
    private void Store(Chunk chunk, int r, int column, float* sums)
    {
        int row = RowOf(chunk, r), f = chunk.First + column;
        attention.Output.Store(row, f, chunk.End, TVector.Load(sums));
        if (f + TVector.Count < chunk.End) attention.Output.Store(row, f + TVector.Count, chunk.End, TVector.Load(sums + TVector.Count));
    }

    /// <summary>Multiplies numbers, to whole vectors.</summary>
    private static void Scale(float* numbers, int count, float by)
    {
        TVector factor = TVector.Broadcast(by);
        for (int i = 0; i < count; i += TVector.Count) TVector.Store(numbers + i, factor * TVector.Load(numbers + i));
    }
}
