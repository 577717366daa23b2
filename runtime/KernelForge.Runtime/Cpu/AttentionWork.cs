using System.Runtime.CompilerServices;

namespace KernelForge.Runtime.Cpu;

/// <summary>One stretch of queries of one sequence against one key head: see <see cref="Attention"/>.</summary>
internal readonly unsafe struct AttentionWork<TVector, TScore, TMask>(
    WorkerPool pool, Rows<TVector> query, Rows<TVector> key, Rows<TVector> value, Rows<TVector> output,
    RaggedRows queries, RaggedRows keys, AttentionHeads heads, int headWidth, int valueWidth, TScore score, TMask mask) : IWork
    where TVector : unmanaged, IVector<TVector>
    where TScore : struct, IScore
    where TMask : struct, IMask
{
    private static int Panel => 2 * TVector.Count;

    /// <summary>What stands for a key that a query does not see.</summary>
    private float WeightOfNone => heads.Softmax ? float.NegativeInfinity : 0;

    public void Run(int item, int worker)
    {
        int keyHead = item % heads.KeyValueHeads;
        (int sequence, int first) = queries.Stretches[item / heads.KeyValueHeads];
        int queryStart = queries.Offsets[sequence], queryCount = queries.Offsets[sequence + 1] - queryStart;
        int keyStart = keys.Offsets[sequence], keyCount = keys.Offsets[sequence + 1] - keyStart;
        int end = Math.Min(queryCount, first + Attention.QueriesPerItem);
        int group = heads.Heads / heads.KeyValueHeads;

        if (keyCount == 0)
        {
            for (int i = first; i < end; i++)
            {
                for (int h = 0; h < group; h++) output[queryStart + i].Slice(((keyHead * group) + h) * valueWidth, valueWidth).Clear();
            }
            return;
        }

        var tile = new Scratch(pool, worker, sequence, keyCount, headWidth);
        (int low, int high) = KeysOf(sequence, first, end, keyCount);
        if (TScore.ReadsLogit)
            Turned.Keys(key, keyStart + low, high - low, keyHead * headWidth, headWidth, tile.Keys + ((nint)low * headWidth));
        for (int h = keyHead * group; h < (keyHead + 1) * group; h++)
        {
            for (int i = first; i < end; i += TVector.TileRows)
                RunTile(tile, queryStart, i, Math.Min(TVector.TileRows, end - i), keyStart, keyCount, low, high, h, keyHead);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RunTile(Scratch tile, int queryStart, int i, int rows, int keyStart, int keyCount, int low, int high, int head, int keyHead)
    {
        int panels = FindPanels(tile, i, rows, low, high);
        TVector scale = TVector.Broadcast(heads.Scale), none = TVector.Broadcast(WeightOfNone);
        for (int p = 0; p < panels; p++)
        {
            int j = tile.KeyOf(p), present = Math.Min(Panel, keyCount - j);
            if (TScore.ReadsLogit)
            {
                Tile.Multiply<TVector>(
                    rows, query.Address(queryStart + i, head * headWidth), query.Stride, 1,
                    tile.Keys + ((nint)j * headWidth), Panel, headWidth, tile.Sums, resume: false);
            }
            for (int r = 0; r < rows; r++)
            {
                float* logits = tile.Scores + (r * tile.ScoreStride) + (p * Panel);
                float* sums = tile.Sums + (r * Panel);
                TVector left = TVector.Load(sums) * scale, right = TVector.Load(sums + TVector.Count) * scale;
                if (present < Panel)
                {
                    left = TVector.First(present, left, none);
                    right = TVector.First(present - TVector.Count, right, none);
                }
                TVector.Store(logits, left);
                TVector.Store(logits + TVector.Count, right);
                if (TScore.Exists || TMask.Exists)
                    Adjust(logits, present, new AttentionRow(i + r, queryStart + i + r, tile.Sequence), j, keyStart, head, tile.IsPart(p));
            }
        }
        for (int r = 0; r < rows; r++)
            tile.RowSums[r] = heads.Softmax ? Softmax(tile.Scores + (r * tile.ScoreStride), panels * Panel) : panels == 0 ? 0 : 1;
        for (int c = 0; c < valueWidth; c += Panel)
        {
            AddValues(tile, panels, rows, keyStart, keyCount, (keyHead * valueWidth) + c);
            Store(tile, queryStart + i, rows, head, c);
        }
    }

    /// <summary>From which key to below which there are all that any of the queries may see; whole panels, so that a window costs its own keys alone.</summary>
    private (int Low, int High) KeysOf(int sequence, int firstQuery, int endOfQueries, int keyCount)
    {
        if (!TMask.Exists) return (0, keyCount);
        int low = 0, high = keyCount;
        while (low < high && Cover(sequence, firstQuery, endOfQueries, low, keyCount) == Coverage.None) low += Panel;
        if (low >= high) return (0, 0);
        // Panels begin at multiples of their width: the last of them may be short.
        while (high > low && Cover(sequence, firstQuery, endOfQueries, (high - 1) / Panel * Panel, keyCount) == Coverage.None)
            high = (high - 1) / Panel * Panel;
        return (low, high);
    }

    /// <summary>Lists the panels of keys that any query of the tile may see.</summary>
    private int FindPanels(Scratch tile, int i, int rows, int low, int high)
    {
        int panels = 0;
        for (int j = low; j < high; j += Panel)
        {
            Coverage coverage = TMask.Exists ? Cover(tile.Sequence, i, i + rows, j, high) : Coverage.All;
            if (coverage != Coverage.None) tile.SetPanel(panels++, j, coverage != Coverage.All);
        }
        return panels;
    }

    private Coverage Cover(int sequence, int firstQuery, int endOfQueries, int firstKey, int endOfKeys) =>
        mask.Cover(
            new Interval(firstQuery, endOfQueries - 1), new Interval(firstKey, Math.Min(firstKey + Panel, endOfKeys) - 1), sequence);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Adjust(float* logits, int present, AttentionRow i, int j, int keyStart, int head, bool masked)
    {
        for (int l = 0; l < present; l++)
        {
            var k = new AttentionRow(j + l, keyStart + j + l, i.Sequence);
            if (TMask.Exists && masked && !mask.Includes(i, k)) logits[l] = WeightOfNone;
            else if (TScore.Exists) logits[l] = score.Apply(logits[l], i, k, head);
        }
    }

    /// <summary>Replaces logits by e^(logit - largest) and returns their sum; zeros and 0 where no key is left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Softmax(float* logits, int count)
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
            TVector.Store(logits + l, e);
            sum += e;
        }
        return TVector.Sum(sum);
    }

    /// <summary>Probabilities times values, one ascending chain over the keys, those of pruned panels left out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddValues(Scratch tile, int panels, int rows, int keyStart, int keyCount, int column)
    {
        for (int p = 0; p < panels;)
        {
            int from = p, j = tile.KeyOf(p);
            while (++p < panels && tile.KeyOf(p) == tile.KeyOf(p - 1) + Panel) { }
            int count = Math.Min((p - from) * Panel, keyCount - j);
            Tile.Multiply<TVector>(
                rows, tile.Scores + (from * Panel), tile.ScoreStride, 1,
                value.Address(keyStart + j, column), value.Stride, count, tile.Sums, resume: from > 0);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Store(Scratch tile, int row, int rows, int head, int column)
    {
        Rows<TVector> columns = output.Slice(head * valueWidth, valueWidth);
        for (int r = 0; r < rows; r++)
        {
            float* sums = tile.Sums + (r * Panel);
            // Without any key the sums were never made: they may hold anything, a NaN too.
            bool any = tile.RowSums[r] != 0;
            TVector share = TVector.Broadcast(1 / tile.RowSums[r]);
            columns.Store(row + r, column, any ? TVector.Load(sums) * share : TVector.Zero);
            if (column + TVector.Count < valueWidth)
                columns.Store(row + r, column + TVector.Count, any ? TVector.Load(sums + TVector.Count) * share : TVector.Zero);
        }
    }

    /// <summary>A worker's memory: keys in panels, logits of a tile of queries, sums of a tile, and the list of panels in use.</summary>
    private readonly struct Scratch
    {
        private readonly int* panelStarts;

        public Scratch(WorkerPool pool, int worker, int sequence, int keyCount, int headWidth)
        {
            Sequence = sequence;
            int panels = (keyCount + Panel - 1) / Panel, rows = TVector.TileRows;
            ScoreStride = RowBuffer.StrideOf(panels * Panel);
            long keyFloats = (long)panels * Panel * headWidth, scoreFloats = (long)rows * ScoreStride;
            Keys = pool.Scratch(worker, keyFloats + scoreFloats + (rows * Panel) + 16 + panels);
            Scores = Keys + keyFloats;
            Sums = Scores + scoreFloats;
            RowSums = Sums + (rows * Panel);
            panelStarts = (int*)(RowSums + 16);
        }

        public int Sequence { get; }

        public float* Keys { get; }

        public float* Scores { get; }

        public float* Sums { get; }

        public float* RowSums { get; }

        public nint ScoreStride { get; }

        public int KeyOf(int panel) => panelStarts[panel] & int.MaxValue;

        /// <summary>Whether some pairs of this panel are masked.</summary>
        public bool IsPart(int panel) => panelStarts[panel] < 0;

        public void SetPanel(int panel, int key, bool isPart) => panelStarts[panel] = isPart ? key | int.MinValue : key;
    }
}
