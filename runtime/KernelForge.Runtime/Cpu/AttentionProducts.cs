using System.Runtime.CompilerServices;

namespace KernelForge.Runtime.Cpu;

/// <summary>How tiles of queries are multiplied with the keys, and their weights with the values, of one sequence and key head.</summary>
internal unsafe interface IAttentionProducts
{
    /// <summary>Whether rows of sums may lie further apart than they are long.</summary>
    static abstract bool ReachesApart { get; }

    /// <summary>Rows of the largest tile.</summary>
    int Rows { get; }

    /// <summary>The queries of the next tile.</summary>
    /// <param name="queries">The first.</param>
    /// <param name="stride">Floats to the next.</param>
    /// <param name="rows">How many.</param>
    void TakeQueries(float* queries, nint stride, int rows);

    /// <summary>sums[r, l] = query r · key (<paramref name="key"/> + l): a panel of keys.</summary>
    /// <param name="key">The first key.</param>
    /// <param name="rows">Rows of the tile.</param>
    /// <param name="sums">[rows, panel].</param>
    /// <param name="stride">Floats from one row of the sums to the next: a panel, or more where <see cref="ReachesApart"/>.</param>
    void MultiplyKeys(int key, int rows, float* sums, nint stride);

    /// <summary>The weights of the tile's queries, as they were stored.</summary>
    /// <param name="weights">Those of the first row.</param>
    /// <param name="stride">Floats from one row to the next.</param>
    void TakeWeights(float* weights, nint stride);

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

/// <summary>In what form weights are multiplied with values.</summary>
internal unsafe interface IWeightForm
{
    /// <summary>Whether they stay as they are.</summary>
    static abstract bool IsFloat { get; }

    /// <summary>Stores weights of a row from one on, in its place or before.</summary>
    static abstract void Put<TVector>(float* row, int first, TVector weights) where TVector : unmanaged, IVector<TVector>;
}

/// <summary>float32.</summary>
internal readonly unsafe struct FloatWeights : IWeightForm
{
    public static bool IsFloat => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put<TVector>(float* row, int first, TVector weights) where TVector : unmanaged, IVector<TVector> =>
        TVector.Store(row + first, weights);
}

/// <summary>Rounded to bfloat16, two in the place of one float.</summary>
internal readonly unsafe struct BFloat16Weights : IWeightForm
{
    public static bool IsFloat => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put<TVector>(float* row, int first, TVector weights) where TVector : unmanaged, IVector<TVector> =>
        TVector.StoreBFloat16((ushort*)row + first, weights);
}

/// <summary>Products of floats, with keys and values where they lie.</summary>
internal unsafe struct FloatProducts<TVector, TKeys>(TKeys panels, int keyHead, int headWidth, int valueWidth) : IAttentionProducts
    where TVector : unmanaged, IVector<TVector>
    where TKeys : struct, IKeyPanels
{
    private float* queries, weights;
    private nint queryStride, weightStride;

    private static int Panel => 2 * TVector.Count;

    public static bool ReachesApart => false;

    public readonly int Rows => TVector.TileRows;

    public void TakeQueries(float* queries, nint stride, int rows)
    {
        this.queries = queries;
        queryStride = stride;
    }

    public readonly void MultiplyKeys(int key, int rows, float* sums, nint stride) =>
        Tile.Multiply<TVector>(rows, queries, queryStride, 1, panels.Keys(key, keyHead), Panel, headWidth, sums, resume: false);

    public void TakeWeights(float* weights, nint stride)
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
