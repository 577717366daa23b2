using System.Runtime.CompilerServices;

namespace KernelForge.Runtime.Cpu;

/// <summary>What an attention computes, and the steps that a tile of queries goes through: panels, logits, softmax, values.</summary>
/// <remarks>
/// Every logit is one ascending chain over the head's width, every sum of weights a chain over the keys of a lane, every output one
/// ascending chain over the keys: bits depend neither on the tile nor on where keys lie.
/// </remarks>
internal readonly unsafe struct AttentionCall<TVector, TScore, TMask>(
    WorkerPool pool, Rows<TVector> query, Rows<TVector> output, RaggedRows queries, RaggedRows keys, AttentionHeads heads, int headWidth,
    int valueWidth, TScore score, TMask mask)
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

    /// <summary>The first column of a query's head.</summary>
    public float* Query(int row, int head) => query.Address(row, head * headWidth);

    /// <summary>Floats from one query of a tile to the next.</summary>
    public nint QueryStride(AttentionTile tile) => tile.OfHeads ? headWidth : query.Stride;

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
    /// <param name="products">How a tile is multiplied with keys and values.</param>
    /// <param name="scratch">The worker's memory.</param>
    public void Run<TProducts, TWeights>(
        int sequence, int first, int end, int keyHead, (int Low, int High) range, TProducts products, AttentionScratch<TVector> scratch)
        where TProducts : struct, IAttentionProducts
        where TWeights : struct, IWeightForm
    {
        // Where there are fewer queries than heads that share the keys, a tile takes these: one pass over the keys serves all of them.
        bool ofHeads = end - first < Group;
        int outer = ofHeads ? end - first : Group, inner = ofHeads ? Group : end - first;
        for (int o = 0; o < outer; o++)
        {
            for (int i = 0; i < inner; i += products.Rows)
            {
                int q = first + (ofHeads ? o : i), head = (keyHead * Group) + (ofHeads ? i : o);
                int row = queries.FirstRow(sequence) + q, position = queries.Base(sequence) + q;
                var tile = new AttentionTile(sequence, row, position, head, Math.Min(products.Rows, inner - i), ofHeads);
                for (int r = 0; r < tile.Count; r++) AskForOutput(tile, r);
                int count = FindPanels(tile, range, scratch);
                float scale = Logits(tile, products, scratch, count);
                for (int r = 0; r < tile.Count; r++)
                    scratch.RowSums[r] = Weigh<TWeights>(scratch.Scores + (r * scratch.ScoreStride), count * Panel, scale);
                AddValues(tile, products, scratch, count);
            }
        }
    }

    /// <summary>
    /// From which key to below which there are all that any of the queries may see; whole panels, so that a window costs its own keys
    /// alone.
    /// </summary>
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
    private int FindPanels(AttentionTile tile, (int Low, int High) range, AttentionScratch<TVector> scratch)
    {
        int panels = 0;
        for (int j = range.Low; j < range.High; j += Panel)
        {
            Coverage coverage = Cover(tile.Sequence, tile.Position, tile.EndOfPositions, j, range.High);
            if (coverage != Coverage.None) scratch.SetPanel(panels++, j, coverage != Coverage.All);
        }
        return panels;
    }

    /// <summary>Computes the logits of a tile; returns by what they are still to be multiplied.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private float Logits<TProducts>(AttentionTile tile, TProducts products, AttentionScratch<TVector> scratch, int count)
        where TProducts : struct, IAttentionProducts
    {
        // Softmax scales in passing; minus infinity stays what it is only if the scale is positive.
        bool later = TProducts.ReachesApart && !TScore.Exists && heads.Softmax && heads.Scale > 0;
        float now = later ? 1 : heads.Scale;
        int keyCount = keys.Length(tile.Sequence);
        if (TScore.ReadsLogit) products.TakeQueries(Query(tile.Row, tile.Head), QueryStride(tile), tile.Count);
        for (int p = 0; p < count; p++)
        {
            int j = scratch.KeyOf(p);
            float* logits = scratch.Scores + (p * Panel);
            if (later && j + Panel <= keyCount && !scratch.IsPart(p))
            {
                products.MultiplyKeys(j, tile.Count, logits, scratch.ScoreStride);
                continue;
            }
            if (TScore.ReadsLogit) products.MultiplyKeys(j, tile.Count, scratch.Sums, Panel);
            Finish(tile, scratch.Sums, logits, scratch.ScoreStride, j, scratch.IsPart(p), now);
        }
        return later ? heads.Scale : 1;
    }

    /// <summary>Makes logits of a tile's products with a panel of keys.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="sums">[rows of the tile, panel].</param>
    /// <param name="logits">Where those of the first row go.</param>
    /// <param name="stride">Floats to the next row's.</param>
    /// <param name="j">The panel's first key.</param>
    /// <param name="masked">Whether some pairs are not there.</param>
    /// <param name="factor">By what the products are multiplied.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Finish(AttentionTile tile, float* sums, float* logits, nint stride, int j, bool masked, float factor)
    {
        TVector scale = TVector.Broadcast(factor), none = TVector.Broadcast(WeightOfNone);
        int present = Math.Min(Panel, keys.Length(tile.Sequence) - j);
        for (int r = 0; r < tile.Count; r++, sums += Panel, logits += stride)
        {
            TVector left = TVector.Load(sums) * scale, right = TVector.Load(sums + TVector.Count) * scale;
            if (present < Panel)
            {
                left = TVector.First(present, left, none);
                right = TVector.First(present - TVector.Count, right, none);
            }
            TVector.Store(logits, left);
            TVector.Store(logits + TVector.Count, right);
            if (TScore.Exists || (TMask.Exists && masked)) Adjust(logits, present, tile.QueryOf(r), j, tile.HeadOf(r), masked);
        }
    }

    /// <summary>The logits of a panel that no query of a tile sees.</summary>
    public void FinishNone(AttentionTile tile, float* logits, nint stride)
    {
        for (int r = 0; r < tile.Count; r++, logits += stride) new Span<float>(logits, Panel).Fill(WeightOfNone);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Adjust(float* logits, int present, AttentionRow i, int j, int head, bool masked)
    {
        int keyStart = keys.Start(i.Sequence);
        for (int l = 0; l < present; l++)
        {
            var k = new AttentionRow(j + l, keyStart + j + l, i.Sequence);
            if (TMask.Exists && masked && !mask.Includes(i, k)) logits[l] = WeightOfNone;
            else if (TScore.Exists) logits[l] = score.Apply(logits[l], i, k, head);
        }
    }

    /// <summary>Makes weights of a query's logits times a scale; returns their sum, 0 where there is no key.</summary>
    public float Weigh<TWeights>(float* logits, int count, float scale) where TWeights : struct, IWeightForm
    {
        if (heads.Softmax) return Softmax<TWeights>(logits, count, scale);
        for (int l = 0; l < count && !TWeights.IsFloat; l += TVector.Count) TWeights.Put(logits, l, TVector.Load(logits + l));
        return count == 0 ? 0 : 1;
    }

    /// <summary>Replaces logits by e^(scale·(logit - largest)) and returns their sum; zeros and 0 where no key is left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Softmax<TWeights>(float* logits, int count, float scale) where TWeights : struct, IWeightForm
    {
        // A NaN may get lost here; its own exponential is one, and so is the sum.
        TVector largest = TVector.Broadcast(float.NegativeInfinity);
        for (int l = 0; l < count; l += TVector.Count) largest = TVector.AtLeast(largest, TVector.Load(logits + l));
        float shift = TVector.Largest(largest) * scale;
        // Minus infinity less itself would be NaN where it means no key at all.
        TVector shifts = TVector.Broadcast(shift == float.NegativeInfinity ? 0 : -shift), factor = TVector.Broadcast(scale);
        TVector sum = TVector.Zero, least = TVector.Broadcast(-87);
        for (int l = 0; l < count; l += TVector.Count)
        {
            // None is above zero; below -87 an exponential is nothing beside the largest, which is 1.
            TVector x = TVector.MultiplyAdd(TVector.Load(logits + l), factor, shifts);
            TVector e = TVector.Select(TVector.Less(x, least), TVector.Zero, VectorMath.ExpInRange(x));
            TWeights.Put(logits, l, e);
            sum += e;
        }
        return TVector.Sum(sum);
    }

    /// <summary>Weights times values, one ascending chain over the keys, those of pruned panels left out; stores the shares.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void AddValues<TProducts>(AttentionTile tile, TProducts products, AttentionScratch<TVector> scratch, int count)
        where TProducts : struct, IAttentionProducts
    {
        products.TakeWeights(scratch.Scores, scratch.ScoreStride);
        int keyCount = keys.Length(tile.Sequence);
        for (int p = 0; p < count;)
        {
            int from = p, j = scratch.KeyOf(p);
            while (++p < count && scratch.KeyOf(p) == scratch.KeyOf(p - 1) + Panel) { }
            int end = Math.Min(j + ((p - from) * Panel), keyCount);
            products.MultiplyValues(from * Panel, j, end, tile.Count, scratch.Sums, scratch.SumFloats, resume: from > 0);
        }
        float* finished = scratch.Sums;
        for (int c = 0; c < valueWidth; c += Panel, finished += scratch.SumFloats) Store(tile, c, finished, scratch.RowSums);
    }

    /// <summary>Stores columns of a tile: its sums divided by those of the weights.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="column">The first column of the head: of a panel.</param>
    /// <param name="sums">[rows of the tile, panel].</param>
    /// <param name="rowSums">[rows of the tile].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public void Store(AttentionTile tile, int column, float* sums, float* rowSums)
    {
        for (int r = 0; r < tile.Count; r++, sums += Panel)
        {
            int row = tile.QueryOf(r).Row, head = tile.HeadOf(r) * valueWidth, first = head + column, end = head + valueWidth;
            // Without any key the sums were never made: they may hold anything, a NaN too.
            bool any = rowSums[r] != 0;
            TVector share = TVector.Broadcast(1 / rowSums[r]);
            output.Store(row, first, end, any ? TVector.Load(sums) * share : TVector.Zero);
            if (column + TVector.Count < valueWidth)
                output.Store(row, first + TVector.Count, end, any ? TVector.Load(sums + TVector.Count) * share : TVector.Zero);
        }
    }

    /// <summary>Asks the cache for the columns that <see cref="Store"/> writes of a row of the tile, long before.</summary>
    private void AskForOutput(AttentionTile tile, int r)
    {
        int row = tile.QueryOf(r).Row, first = tile.HeadOf(r) * valueWidth;
        for (int c = 0; c < valueWidth; c += Ahead.Line / sizeof(float)) output.Ask(row, first + c);
    }

    /// <summary>What the mask says of some queries and the keys of a panel.</summary>
    public Coverage Cover(int sequence, int firstQuery, int endOfQueries, int firstKey, int endOfKeys) => !TMask.Exists ? Coverage.All
        : mask.Cover(
            new Interval(firstQuery, endOfQueries - 1), new Interval(firstKey, Math.Min(firstKey + Panel, endOfKeys) - 1), sequence);
}
