namespace KernelForge.Runtime.Cpu;

/// <summary>How tiles of queries are multiplied with the keys, and their weights with the values, of one sequence and key head.</summary>
internal unsafe interface IAttentionProducts
{
    /// <summary>Rows of the largest tile.</summary>
    int Rows { get; }

    /// <summary>The queries of the next tile.</summary>
    /// <param name="queries">The first.</param>
    /// <param name="stride">Floats to the next.</param>
    /// <param name="rows">How many.</param>
    void TakeQueries(float* queries, nint stride, int rows);

    /// <summary>sums[r, l] = query r · key (<paramref name="key"/> + l): a panel of keys, [rows, panel].</summary>
    void MultiplyKeys(int key, int rows, float* sums);

    /// <summary>The weights of the tile's queries, which may be replaced in their place.</summary>
    /// <param name="weights">[rows, count].</param>
    /// <param name="stride">Floats from one row to the next.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="count">Whole panels of weights.</param>
    void TakeWeights(float* weights, nint stride, int rows, int count);

    /// <summary>Σ weight · value over keys, for each panel of columns.</summary>
    /// <param name="weight">The number of the first key's weight: of a panel.</param>
    /// <param name="key">The first key: of a panel.</param>
    /// <param name="end">The one behind the last.</param>
    /// <param name="rows">Rows of the tile.</param>
    /// <param name="sums">One panel of columns after another, each [rows, panel].</param>
    /// <param name="sumFloats">Floats from one panel of columns to the next.</param>
    /// <param name="resume">Whether the sums go on from what they hold.</param>
    void MultiplyValues(int weight, int key, int end, int rows, float* sums, int sumFloats, bool resume);
}

/// <summary>Products of floats, with keys and values where they lie.</summary>
internal unsafe struct FloatProducts<TVector, TKeys>(TKeys panels, int keyHead, int headWidth, int valueWidth) : IAttentionProducts
    where TVector : unmanaged, IVector<TVector>
    where TKeys : struct, IKeyPanels
{
    private float* queries, weights;
    private nint queryStride, weightStride;

    private static int Panel => 2 * TVector.Count;

    public readonly int Rows => TVector.TileRows;

    public void TakeQueries(float* queries, nint stride, int rows)
    {
        this.queries = queries;
        queryStride = stride;
    }

    public readonly void MultiplyKeys(int key, int rows, float* sums) =>
        Tile.Multiply<TVector>(rows, queries, queryStride, 1, panels.Keys(key, keyHead), Panel, headWidth, sums, resume: false);

    public void TakeWeights(float* weights, nint stride, int rows, int count)
    {
        this.weights = weights;
        weightStride = stride;
    }

    public readonly void MultiplyValues(int weight, int key, int end, int rows, float* sums, int sumFloats, bool resume)
    {
        for (int at = key, count; at < end; at += count)
        {
            count = end - at;
            float* ofColumns = sums;
            for (int c = 0; c < valueWidth; c += Panel, ofColumns += sumFloats)
            {
                float* values = panels.Values(at, keyHead, c, out nint stride, ref count);
                Tile.Multiply<TVector>(
                    rows, weights + weight + (at - key), weightStride, 1, values, stride, count, ofColumns, resume: resume || at > key);
            }
        }
    }
}
