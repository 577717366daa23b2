namespace KernelForge.Runtime.Cpu.Dots;

/// <summary>
/// Products of attention in bfloat16, by the tiles of weights: keys are a panel's columns and cells go along the head's width, values are
/// columns and cells go along the keys, two of them in a cell.
/// </summary>
/// <remarks>
/// Sums are chains over ascending cells. Weights of keys that a tile leaves out, and of those that fill the last panel up, are zeros: they
/// change no sum.
/// </remarks>
internal unsafe struct DotProducts<TVector> : IAttentionProducts
    where TVector : unmanaged, IVector<TVector>
{
    private readonly DotTiles tiles;
    private readonly int low, high, headWidth, valueWidth, queryCells, valueCells;
    private readonly int* zeros, queries, rounded, keys, values;
    private int* weights;
    private nint weightStride;

    /// <param name="tiles">The tiles, of bfloat16.</param>
    /// <param name="room">As much as <see cref="RoomFor"/> says.</param>
    /// <param name="low">The first key that is there: of a panel.</param>
    /// <param name="high">The one behind the last.</param>
    /// <param name="headWidth">Columns of a head's queries and keys.</param>
    /// <param name="valueWidth">Columns of a head's values.</param>
    public DotProducts(DotTiles tiles, float* room, int low, int high, int headWidth, int valueWidth)
    {
        this.tiles = tiles;
        (this.low, this.high, this.headWidth, this.valueWidth) = (low, high, headWidth, valueWidth);
        (queryCells, valueCells) = (tiles.CellsOf(headWidth), CellsOfKeys(tiles, high - low));
        zeros = (int*)room;
        queries = zeros + Panel;
        rounded = queries + ((nint)tiles.Rows * queryCells);
        keys = rounded + ((nint)Panel * queryCells);
        values = keys + ((nint)PanelsOf(high - low) * Panel * queryCells);
        new Span<int>(zeros, Panel).Clear();
    }

    private static int Panel => 2 * TVector.Count;

    public static bool ReachesApart => true;

    public readonly int Rows => tiles.Rows;

    /// <summary>Floats of room for so many keys.</summary>
    public static long RoomFor(DotTiles tiles, int keys, int headWidth, int valueWidth) =>
        Panel + ((tiles.Rows + Panel + ((long)PanelsOf(keys) * Panel)) * tiles.CellsOf(headWidth))
        + ((long)PanelsOf(valueWidth) * Panel * CellsOfKeys(tiles, keys));

    /// <summary>Rounds the keys and turns them into panels, [cells][panel], zeros behind the last.</summary>
    /// <param name="from">The first of them.</param>
    /// <param name="stride">Floats to the next.</param>
    public readonly void TakeKeys(float* from, nint stride)
    {
        for (int key = low; key < high; key += Panel)
        {
            int present = Math.Min(Panel, high - key);
            float* row = from + ((key - low) * stride);
            for (int k = 0; k < present; k++, row += stride) Narrow.ToBFloat16(row, headWidth, rounded + (k * queryCells), queryCells);
            new Span<int>(rounded + (present * queryCells), (Panel - present) * queryCells).Clear();
            Turned.Fill((float*)rounded, queryCells, Panel, queryCells, (float*)KeysFrom(key), Panel);
        }
    }

    /// <summary>Rounds the values, two keys to a cell, into panels of columns, [cells][panel], zeros behind the last.</summary>
    /// <param name="from">Those of the first key.</param>
    /// <param name="stride">Floats to the next key's.</param>
    public readonly void TakeValues(float* from, nint stride)
    {
        for (int column = 0; column < valueWidth; column += Panel)
        {
            int present = Math.Min(Panel, valueWidth - column);
            int* to = values + ((nint)column * valueCells);
            for (int cell = 0; cell < valueCells; cell++, to += Panel)
            {
                int first = 2 * cell;
                float* row = from + (first * stride) + column;
                if (first < high - low) Narrow.PairToBFloat16(row, first + 1 < high - low ? row + stride : null, present, to);
                int filled = first < high - low ? present : 0;
                if (filled < Panel) new Span<int>(to + filled, Panel - filled).Clear();
            }
        }
    }

    public readonly void TakeQueries(float* queries, nint stride, int rows)
    {
        for (int r = 0; r < rows; r++) Narrow.ToBFloat16(queries + (r * stride), headWidth, this.queries + (r * queryCells), queryCells);
    }

    public readonly void MultiplyKeys(int key, int rows, float* sums, nint stride) =>
        Multiply(queries, queryCells, KeysFrom(key), queryCells, rows, sums, stride, resume: false);

    public void TakeWeights(float* weights, nint stride)
    {
        this.weights = (int*)weights;
        weightStride = stride;
    }

    public readonly void MultiplyValues(int weight, int key, int end, int rows, float* sums, int sumFloats, bool resume)
    {
        int cells = CellsOfKeys(tiles, end - key);
        int* from = values + ((nint)(key - low) / 2 * Panel);
        for (int column = 0; column < valueWidth; column += Panel, sums += sumFloats)
            Multiply(weights + (weight / 2), weightStride, from + ((nint)column * valueCells), cells, rows, sums, Panel, resume);
    }

    private readonly int* KeysFrom(int key) => keys + ((nint)(key - low) * queryCells);

    private readonly void Multiply(int* a, nint stride, int* b, int cells, int rows, float* sums, nint sumsStride, bool resume)
    {
        var call = new TileCall
        {
            A = a,
            AStride = stride * sizeof(int),
            B = b,
            Cells = cells,
            Sums = (int*)sums,
            SumsStride = sumsStride * sizeof(int),
            Start = resume ? (int*)sums : zeros,
            StartStride = resume ? Panel * sizeof(int) : 0,
            Ahead = (byte*)b,
        };
        tiles.Run<TVector>(rows, ref call);
    }

    private static int PanelsOf(int width) => (width + Panel - 1) / Panel;

    /// <summary>Cells of whole panels of keys: these are whole steps of every tile.</summary>
    private static int CellsOfKeys(DotTiles tiles, int keys) => tiles.CellsOf(PanelsOf(keys) * Panel);
}
