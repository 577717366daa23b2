using System.Runtime.CompilerServices;

namespace KernelForge.Runtime.Cpu;

/// <summary>What an attention computes, and the steps that a tile of queries goes through: panels, logits, softmax, values.</summary>
/// <remarks>
/// Every logit is one ascending chain over the head's width, every sum of weights a chain over the keys of a lane, every output one ascending chain over
/// the keys: bits depend neither on the tile nor on where keys lie.
/// </remarks>
internal readonly unsafe struct AttentionCall<TVector, TScore, TMask>(
    WorkerPool pool, Rows<TVector> query, Rows<TVector> output, RaggedRows queries, RaggedRows keys, AttentionHeads heads, int headWidth, int valueWidth,
    TScore score, TMask mask)
    where TVector : unmanaged, IVector<TVector>
    where TScore : struct, IScore
    where TMask : struct, IMask
{
    public static int Panel => 2 * TVector.Count;

    public WorkerPool Pool => pool;

    public RaggedRows Queries => queries;

    public RaggedRows Keys => keys;

    public AttentionHeads Heads => heads;

    public int HeadWidth => headWidth;

    public int ValueWidth => valueWidth;

    /// <summary>Query heads a key head.</summary>
    public int Group => heads.Heads / heads.KeyValueHeads;

    /// <summary>What stands for a key that a query does not see.</summary>
    private float WeightOfNone => heads.Softmax ? float.NegativeInfinity : 0;

    /// <summary>Zeros for queries that have no key.</summary>
    public void Clear(int firstRow, int endRow, int keyHead)
    {
        for (int row = firstRow; row < endRow; row++) output[row].Slice(keyHead * Group * valueWidth, Group * valueWidth).Clear();
    }

    /// <summary>All queries of a stretch with one key head, tile by tile.</summary>
    /// <param name="sequence">Their sequence.</param>
    /// <param name="first">The first, counted from the sequence's first row in memory.</param>
    /// <param name="end">The one behind the last.</param>
    /// <param name="keyHead">The key head.</param>
    /// <param name="range">The keys that any of them may see.</param>
    /// <param name="panels">Where keys and values lie.</param>
    /// <param name="scratch">The worker's memory.</param>
    public void Run<TKeys>(int sequence, int first, int end, int keyHead, (int Low, int High) range, TKeys panels, AttentionScratch<TVector> scratch)
        where TKeys : struct, IKeyPanels
    {
        // Where there are fewer queries than heads that share the keys, a tile takes these: one pass over the keys serves all of them.
        bool ofHeads = end - first < Group;
        int outer = ofHeads ? end - first : Group, inner = ofHeads ? Group : end - first;
        for (int o = 0; o < outer; o++)
        {
            for (int i = 0; i < inner; i += TVector.TileRows)
            {
                int q = first + (ofHeads ? o : i), head = (keyHead * Group) + (ofHeads ? i : o);
                var tile = new AttentionTile(
                    sequence, queries.FirstRow(sequence) + q, queries.Base(sequence) + q, head, Math.Min(TVector.TileRows, inner - i), ofHeads);
                int count = FindPanels(tile, range, scratch);
                Logits(tile, panels, scratch, 0, count);
                if (count > 0) panels.Prefetch(scratch.KeyOf(0), values: true);
                Weigh(tile, scratch, scratch, count);
                AddValues(tile, panels, scratch, count, 0, valueWidth);
            }
        }
    }

    /// <summary>From which key to below which there are all that any of the queries may see; whole panels, so that a window costs its own keys alone.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="firstQuery">The first query's position.</param>
    /// <param name="endOfQueries">The position behind the last.</param>
    /// <param name="firstKey">The first key that is there: of a panel.</param>
    /// <param name="keyCount">All keys.</param>
    public (int Low, int High) KeysOf(int sequence, int firstQuery, int endOfQueries, int firstKey, int keyCount)
    {
        if (!TMask.Exists) return (firstKey, keyCount);
        int low = firstKey, high = keyCount;
        while (low < high && Cover(sequence, firstQuery, endOfQueries, low, keyCount) == Coverage.None) low += Panel;
        if (low >= high) return (0, 0);
        // Panels begin at multiples of their width: the last of them may be short.
        while (high > low && Cover(sequence, firstQuery, endOfQueries, (high - 1) / Panel * Panel, keyCount) == Coverage.None)
            high = (high - 1) / Panel * Panel;
        return (low, high);
    }

    /// <summary>Lists the panels of keys that any query of the tile may see; returns how many.</summary>
    public int FindPanels(AttentionTile tile, (int Low, int High) range, AttentionScratch<TVector> scratch)
    {
        int panels = 0;
        for (int j = range.Low; j < range.High; j += Panel)
        {
            Coverage coverage = TMask.Exists ? Cover(tile.Sequence, tile.Position, tile.EndOfPositions, j, range.High) : Coverage.All;
            if (coverage != Coverage.None) scratch.SetPanel(panels++, j, coverage != Coverage.All);
        }
        return panels;
    }

    /// <summary>The logits of a tile with some of its panels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Logits<TKeys>(AttentionTile tile, TKeys panels, AttentionScratch<TVector> scratch, int firstPanel, int endPanel)
        where TKeys : struct, IKeyPanels
    {
        TVector scale = TVector.Broadcast(heads.Scale), none = TVector.Broadcast(WeightOfNone);
        int keyCount = keys.Length(tile.Sequence);
        if (TScore.ReadsLogit && firstPanel < endPanel) panels.Prefetch(scratch.KeyOf(firstPanel), values: false);
        for (int p = firstPanel; p < endPanel; p++)
        {
            int j = scratch.KeyOf(p), present = Math.Min(Panel, keyCount - j);
            if (TScore.ReadsLogit)
            {
                if (p + 1 < endPanel) panels.Prefetch(scratch.KeyOf(p + 1), values: false);
                Tile.Multiply<TVector>(
                    tile.Count, query.Address(tile.Row, tile.Head * headWidth), tile.OfHeads ? headWidth : query.Stride, 1,
                    panels.Keys(j), Panel, headWidth, scratch.Sums, resume: false);
            }
            for (int r = 0; r < tile.Count; r++)
            {
                float* logits = scratch.Scores + (r * scratch.ScoreStride) + (p * Panel);
                float* sums = scratch.Sums + (r * Panel);
                TVector left = TVector.Load(sums) * scale, right = TVector.Load(sums + TVector.Count) * scale;
                if (present < Panel)
                {
                    left = TVector.First(present, left, none);
                    right = TVector.First(present - TVector.Count, right, none);
                }
                TVector.Store(logits, left);
                TVector.Store(logits + TVector.Count, right);
                if (TScore.Exists || TMask.Exists) Adjust(logits, present, tile.QueryOf(r), j, tile.HeadOf(r), scratch.IsPart(p));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Adjust(float* logits, int present, AttentionRow i, int j, int head, bool masked)
    {
        if (!TScore.Exists && !masked) return;
        int keyStart = keys.Start(i.Sequence);
        for (int l = 0; l < present; l++)
        {
            var k = new AttentionRow(j + l, keyStart + j + l, i.Sequence);
            if (TMask.Exists && masked && !mask.Includes(i, k)) logits[l] = WeightOfNone;
            else if (TScore.Exists) logits[l] = score.Apply(logits[l], i, k, head);
        }
    }

    /// <summary>Makes weights of a tile's logits, and their sums.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="from">Where the logits lie.</param>
    /// <param name="to">Where the weights and their sums go; may be the same.</param>
    /// <param name="count">Panels.</param>
    public void Weigh(AttentionTile tile, AttentionScratch<TVector> from, AttentionScratch<TVector> to, int count)
    {
        for (int r = 0; r < tile.Count; r++)
        {
            float* logits = from.Scores + (r * from.ScoreStride), weights = to.Scores + (r * to.ScoreStride);
            if (heads.Softmax)
            {
                to.RowSums[r] = Softmax(logits, weights, count * Panel);
                continue;
            }
            to.RowSums[r] = count == 0 ? 0 : 1;
            if (weights != logits) NativeFloats.Copy(logits, weights, count * Panel);
        }
    }

    /// <summary>Makes e^(logit - largest) of logits and returns their sum; zeros and 0 where no key is left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Softmax(float* logits, float* weights, int count)
    {
        TVector largest = TVector.Broadcast(float.NegativeInfinity);
        for (int l = 0; l < count; l += TVector.Count) largest = TVector.Max(largest, TVector.Load(logits + l));
        float shift = TVector.Largest(largest);
        // Minus infinity less itself would be NaN where it means no key at all.
        TVector shifts = TVector.Broadcast(shift == float.NegativeInfinity ? 0 : shift), sum = TVector.Zero, least = TVector.Broadcast(-87);
        for (int l = 0; l < count; l += TVector.Count)
        {
            // None is above zero; below -87 an exponential is nothing beside the largest, which is 1.
            TVector x = TVector.Load(logits + l) - shifts;
            TVector e = TVector.Select(TVector.Less(x, least), TVector.Zero, VectorMath.ExpInRange(x));
            TVector.Store(weights + l, e);
            sum += e;
        }
        return TVector.Sum(sum);
    }

    /// <summary>Weights times values, one ascending chain over the keys, those of pruned panels left out; stores the shares.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="panels">Where the values lie.</param>
    /// <param name="scratch">Weights, their sums, and the panels of keys.</param>
    /// <param name="count">Panels.</param>
    /// <param name="firstColumn">The first column of the head: of a panel.</param>
    /// <param name="endColumn">The one behind the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void AddValues<TKeys>(
        AttentionTile tile, TKeys panels, AttentionScratch<TVector> scratch, int count, int firstColumn, int endColumn) where TKeys : struct, IKeyPanels
    {
        int keyCount = keys.Length(tile.Sequence);
        for (int p = 0; p < count;)
        {
            int from = p, j = scratch.KeyOf(p);
            while (++p < count && scratch.KeyOf(p) == scratch.KeyOf(p - 1) + Panel) { }
            int end = Math.Min(j + ((p - from) * Panel), keyCount);
            for (int key = j; key < end;)
            {
                int rows = end - key;
                float* weights = scratch.Scores + (from * Panel) + (key - j), sums = scratch.Sums;
                for (int c = firstColumn; c < endColumn; c += Panel, sums += scratch.SumFloats)
                {
                    float* values = panels.Values(key, c, out nint stride, ref rows);
                    if (c == firstColumn && key + rows < end) panels.Prefetch(key + rows, values: true);
                    Tile.Multiply<TVector>(
                        tile.Count, weights, scratch.ScoreStride, 1, values, stride, rows, sums, resume: from > 0 || key > j);
                }
                key += rows;
            }
        }
        float* finished = scratch.Sums;
        for (int c = firstColumn; c < endColumn; c += Panel, finished += scratch.SumFloats) Store(tile, c, finished, scratch.RowSums);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Store(AttentionTile tile, int column, float* sums, float* rowSums)
    {
        for (int r = 0; r < tile.Count; r++, sums += Panel)
        {
            Rows<TVector> columns = output.Slice(tile.HeadOf(r) * valueWidth, valueWidth);
            int row = tile.QueryOf(r).Row;
            // Without any key the sums were never made: they may hold anything, a NaN too.
            bool any = rowSums[r] != 0;
            TVector share = TVector.Broadcast(1 / rowSums[r]);
            columns.Store(row, column, any ? TVector.Load(sums) * share : TVector.Zero);
            if (column + TVector.Count < valueWidth)
                columns.Store(row, column + TVector.Count, any ? TVector.Load(sums + TVector.Count) * share : TVector.Zero);
        }
    }

    private Coverage Cover(int sequence, int firstQuery, int endOfQueries, int firstKey, int endOfKeys) =>
        mask.Cover(
            new Interval(firstQuery, endOfQueries - 1), new Interval(firstKey, Math.Min(firstKey + Panel, endOfKeys) - 1), sequence);
}
