namespace KernelForge.Runtime.Cpu;

/// <summary>A worker's memory for a head of linear attention: what the rows of a chunk bring, and the states from chunk to chunk.</summary>
internal readonly unsafe struct LinearAttentionScratch<TVector> where TVector : unmanaged, IVector<TVector>
{
    /// <param name="pool">The threads.</param>
    /// <param name="worker">The one.</param>
    /// <param name="rows">Rows of a chunk: whole panels.</param>
    /// <param name="states">States of a feature.</param>
    /// <param name="width">Features.</param>
    public LinearAttentionScratch(WorkerPool pool, int worker, int rows, int states, int width)
    {
        KeyStride = RowBuffer.StrideOf(states);
        ValueStride = RowBuffer.StrideOf(width);
        WeightStride = RowBuffer.StrideOf(rows);
        SumFloats = TVector.TileRows * Panel;
        long keys = (long)rows * KeyStride, sums = (long)rows / Panel * SumFloats, matrix = (long)(width + Panel - 1) / Panel * Panel * states;
        Queries = pool.Scratch(worker, (2 * keys) + ((long)rows * (states + ValueStride + WeightStride + 2)) + sums + matrix);
        Keys = Queries + keys;
        Turned = Keys + keys;
        Values = Turned + ((long)rows * states);
        Weights = Values + ((long)rows * ValueStride);
        Decays = Weights + ((long)rows * WeightStride);
        Fades = Decays + rows;
        Sums = Fades + rows;
        States = Sums + sums;
    }

    public static int Panel => 2 * TVector.Count;

    /// <summary>[rows, states].</summary>
    public float* Queries { get; }

    /// <summary>[rows, states].</summary>
    public float* Keys { get; }

    /// <summary>The keys in panels of two vectors of them, [states][panel].</summary>
    public float* Turned { get; }

    /// <summary>[rows, features].</summary>
    public float* Values { get; }

    /// <summary>What each row takes of each row's values, [rows, rows].</summary>
    public float* Weights { get; }

    /// <summary>[rows].</summary>
    public float* Decays { get; }

    /// <summary>What is left at a row of what each row before it brought, [rows].</summary>
    public float* Fades { get; }

    /// <summary>Sums of a tile, one panel of columns after another, <see cref="SumFloats"/> each.</summary>
    public float* Sums { get; }

    /// <summary>In panels of two vectors of features, [states][panel].</summary>
    public float* States { get; }

    /// <summary>Floats from one query or key to the next.</summary>
    public nint KeyStride { get; }

    /// <summary>Floats from one row's values to the next's.</summary>
    public nint ValueStride { get; }

    /// <summary>Floats from one row's weights to the next's.</summary>
    public nint WeightStride { get; }

    public int SumFloats { get; }
}
