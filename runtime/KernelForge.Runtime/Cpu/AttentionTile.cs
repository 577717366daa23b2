using KernelForge.Runtime.Cpu.Dots;

namespace KernelForge.Runtime.Cpu;

/// <summary>
/// Queries that meet the keys of one sequence and key head together: some queries with one head, or one query with some heads that share
/// the key head.
/// </summary>
/// <param name="Sequence">Their sequence.</param>
/// <param name="Row">The first query's place among all rows.</param>
/// <param name="Position">Its position within the sequence.</param>
/// <param name="Head">The first head.</param>
/// <param name="Count">Queries, or heads.</param>
/// <param name="OfHeads">Whether it is one query.</param>
internal readonly record struct AttentionTile(int Sequence, int Row, int Position, int Head, int Count, bool OfHeads)
{
    public int EndOfPositions => OfHeads ? Position + 1 : Position + Count;

    public AttentionRow QueryOf(int r) => OfHeads ? new(Position, Row, Sequence) : new(Position + r, Row + r, Sequence);

    public int HeadOf(int r) => OfHeads ? Head + r : Head;
}

/// <summary>A worker's memory for a tile: its logits, which become weights, sums of products, and which panels of keys it sees.</summary>
internal readonly unsafe struct AttentionScratch<TVector> where TVector : unmanaged, IVector<TVector>
{
    private readonly int* panelStarts;

    /// <param name="pool">The threads.</param>
    /// <param name="worker">The one.</param>
    /// <param name="keys">Keys of the sequence.</param>
    /// <param name="products">Floats that the products keep: keys that were turned, say.</param>
    /// <param name="rows">Rows of the largest tile.</param>
    /// <param name="valueWidth">Columns of a head's values.</param>
    public AttentionScratch(WorkerPool pool, int worker, int keys, long products, int rows, int valueWidth)
    {
        int panels = PanelsOf(keys);
        ScoreStride = StrideOf(keys);
        SumFloats = rows * Panel;
        long scoreFloats = (long)rows * ScoreStride, sumFloats = (long)Math.Max(1, PanelsOf(valueWidth)) * SumFloats;
        Products = pool.Scratch(worker, products + scoreFloats + sumFloats + MostRows + panels);
        Scores = Products + products;
        Sums = Scores + scoreFloats;
        RowSums = Sums + sumFloats;
        panelStarts = (int*)(RowSums + MostRows);
    }

    /// <summary>Rows of the largest tile of all.</summary>
    private const int MostRows = MatrixRegisters.MostRows;

    public static int Panel => 2 * TVector.Count;

    /// <summary>Floats from one row's logits to the next's.</summary>
    public static nint StrideOf(int keys) => RowBuffer.StrideOf(PanelsOf(keys) * Panel);

    /// <summary>What the products keep.</summary>
    public float* Products { get; }

    public float* Scores { get; }

    /// <summary>Sums of a tile, one panel of columns after another, <see cref="SumFloats"/> each.</summary>
    public float* Sums { get; }

    public int SumFloats { get; }

    public float* RowSums { get; }

    public nint ScoreStride { get; }

    public int KeyOf(int panel) => panelStarts[panel] & int.MaxValue;

    /// <summary>Whether some pairs of this panel are masked.</summary>
    public bool IsPart(int panel) => panelStarts[panel] < 0;

    public void SetPanel(int panel, int key, bool isPart) => panelStarts[panel] = isPart ? key | int.MinValue : key;

    public static int PanelsOf(int width) => (width + Panel - 1) / Panel;
}
