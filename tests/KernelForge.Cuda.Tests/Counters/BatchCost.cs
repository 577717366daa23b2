using KernelForge.Runtime.Cuda;
using KernelForge.Runtime.Cuda.Programs;

namespace KernelForge.Cuda.Tests.Counters;

/// <summary>
/// What the kernels of a batch cost in 16-bit elements, by formula, exactly. With n the lengths of the sequences, R their sum, C the
/// rows that the graph has room for, ⌈x⌉ₘ = x rounded up to a multiple of m:
/// <list type="bullet">
/// <item>A product of K columns to N packed ones by tiles of M x T: ⌈R⌉ₘ ⌈N⌉ₜ ⌈K⌉₆₄ multiply-adds; each tile of columns reads R rows
/// of K columns, each tile of rows the N x K weight; the epilogue reads R rows of each operand and writes R rows of each result.</item>
/// <item>Attention, a head: for each 16 queries and each tile of 64 keys that they may see, products with ⌈min(64, keys left)⌉₁₆ keys,
/// twice; a multiply-add an exponent of those 16 x 64. A block of 64 queries reads its queries, and the keys and values of its tiles, as
/// far as the sequence has them.</item>
/// <item>A sweep over rows reads R rows of each operand, and writes R of each result.</item>
/// <item>A reduction of sequences reads R rows and two offsets a thread, and writes a row for each sequence.</item>
/// </list>
/// Blocks beyond the batch, up to those that C needs, read one count a thread, and nothing else; all others read it too.
/// </summary>
internal sealed class BatchCost(int[] lengths, int multiprocessors)
{
    private const int Bytes = 2, StepColumns = 64, Lanes = 32, KeyTile = 64, Piece = 16;

    private readonly int capacity = Buckets.Rows(lengths.Sum()), sequenceCapacity = Buckets.Sequences(lengths.Length);

    public int Rows { get; } = lengths.Sum();

    /// <summary>The batch of as many sequences that are all as long as the longest.</summary>
    public BatchCost Padded() => new([.. lengths.Select(_ => lengths.Max())], multiprocessors);

    /// <param name="inner">K, a multiple of 8.</param>
    /// <param name="columns">Columns of each block of the result, multiples of 8.</param>
    /// <param name="operands">What the epilogue reads of each, as often as it is as wide: biases, residuals.</param>
    /// <param name="ofElement">Multiply-adds of the activation.</param>
    public Counts Product(int inner, int[] columns, int operands, int ofElement = 0)
    {
        int packed = columns.Sum(CudaRun.Packed), width = columns.Sum();
        GemmTile tile = GemmTile.Choose(
            GemmTile.For(CudaPrecision.Float16, int.MaxValue), capacity, packed, inner, CudaPrecision.Float16, multiprocessors);
        long rowTiles = DivideUp(Rows, tile.Rows), columnTiles = DivideUp(packed, tile.Columns);
        long counts = DivideUp(capacity, tile.Rows) * columnTiles * tile.Threads * sizeof(int);
        return new Counts(
            (((columnTiles * Rows) + (rowTiles * packed)) * inner * Bytes) + ((long)operands * Rows * width * Bytes) + counts,
            (long)Rows * width * Bytes,
            (rowTiles * tile.Rows * columnTiles * tile.Columns * RoundUp(inner, StepColumns)) + ((long)ofElement * Rows * width));
    }

    /// <param name="heads">Heads.</param>
    /// <param name="width">Columns of a head, of queries, keys and values: a multiple of 16.</param>
    /// <param name="window">How far a key that is seen may be.</param>
    public Counts Attention(int heads, int width, int window = int.MaxValue) =>
        Attention(heads, width, (_, first, end, key, endOfKeys) => Math.Max(key - (end - 1), first - (endOfKeys - 1)) <= window);

    /// <param name="sees">Whether a query of a sequence of a length sees a key.</param>
    /// <inheritdoc cref="Attention(int, int, int)"/>
    public Counts Attention(int heads, int width, Func<int, int, int, bool> sees) => Attention(heads, width, (n, first, end, key, endOfKeys) =>
        Enumerable.Range(first, end - first).Any(i => Enumerable.Range(key, endOfKeys - key).Any(j => sees(n, i, j))));

    /// <param name="sees">
    /// Whether, in a sequence of a length, any of the queries from one to below another sees any of the keys from one to below another.
    /// </param>
    /// <inheritdoc cref="Attention(int, int, int)"/>
    private Counts Attention(int heads, int width, Func<int, int, int, int, int, bool> sees)
    {
        bool whole = lengths.Max() <= KeyTile;
        int items = lengths.Sum(n => DivideUp(n, KeyTile));
        int room = whole ? sequenceCapacity : (capacity / KeyTile) + sequenceCapacity;
        long threads = 4 * Lanes, rowsRead = 0, products = 0, exponents = 0;
        foreach (int n in lengths)
        {
            for (int first = 0; first < n; first += KeyTile)
            {
                int end = Math.Min(first + KeyTile, n);
                rowsRead += end - first;
                for (int key = 0; key < n; key += KeyTile)
                {
                    int keys = Math.Min(KeyTile, n - key);
                    if (!sees(n, first, end, key, key + keys)) continue;
                    rowsRead += 2 * keys;
                    for (int query = first; query < end; query += Piece)
                    {
                        if (!sees(n, query, Math.Min(query + Piece, n), key, key + keys)) continue;
                        products += 2 * Piece * RoundUp(keys, Piece);
                        exponents += Piece * KeyTile;
                    }
                }
            }
        }
        long itemBytes = 5 * sizeof(int) * threads * items, counts = sizeof(int) * threads * room;
        return new Counts(
            heads * ((rowsRead * width * Bytes) + itemBytes + counts),
            (long)Rows * heads * width * Bytes,
            heads * ((products * width) + exponents));
    }

    /// <param name="columns">A multiple of 8, at most 1024.</param>
    /// <param name="read">Operands of that width.</param>
    /// <param name="written">Results of that width.</param>
    /// <param name="indices">Integers that say which row of a table is meant; each lane that has columns reads them.</param>
    public Counts Sweep(int columns, int read, int written, int indices = 0)
    {
        const int rowsOfBlock = 4;
        long counts = (long)RoundUp(capacity, rowsOfBlock) * Lanes * sizeof(int);
        long gathered = (long)Rows * Math.Min(Lanes, columns / 8) * indices * sizeof(int);
        return new Counts(((long)Rows * columns * read * Bytes) + gathered + counts, (long)Rows * columns * written * Bytes, 0);
    }

    /// <param name="columns">A multiple of 8.</param>
    public Counts Reduction(int columns)
    {
        const int threads = 256;
        long blocks = DivideUp(columns, 64), offsets = 2 * blocks * lengths.Length * threads * sizeof(int);
        long counts = blocks * sequenceCapacity * threads * sizeof(int);
        return new Counts(((long)Rows * columns * Bytes) + offsets + counts, (long)lengths.Length * columns * Bytes, 0);
    }

    private static int DivideUp(int value, int divisor) => (value + divisor - 1) / divisor;

    private static int RoundUp(int value, int multiple) => DivideUp(value, multiple) * multiple;
}
