namespace KernelForge.Runtime.Cpu.Dots;

/// <summary>
/// The rows of a product as cells, once for all items: whoever needs a block of rows first rounds it, piece by piece, together with others
/// who need it too.
/// </summary>
internal readonly unsafe struct SharedCells
{
    private const int RowsOfPiece = 4;

    /// <summary>Of each block a line of the cache: the pieces that somebody took, and those that are done.</summary>
    private const int Counters = 16;

    private readonly DotTiles tiles;
    private readonly GemmShape shape;
    private readonly int* counters;
    private readonly RowCells cells;

    /// <param name="tiles">What the cells are for.</param>
    /// <param name="shape">Into which blocks the rows are cut.</param>
    /// <param name="values">Values of a row.</param>
    /// <param name="room">As <see cref="RoomFor"/> says.</param>
    public SharedCells(DotTiles tiles, GemmShape shape, int values, float* room)
    {
        (this.tiles, this.shape) = (tiles, shape);
        int stride = RowCells.StrideOf(tiles, values);
        counters = (int*)room;
        float* first = room + (Counters * shape.RowBlocks);
        cells = new RowCells((int*)first, stride, first + ((nint)shape.RowCount * stride));
    }

    public static SharedRoom RoomFor(DotTiles tiles, GemmShape shape, int values)
    {
        int zeros = Counters * shape.RowBlocks;
        return new(zeros + (shape.RowCount * ((long)RowCells.StrideOf(tiles, values) + 1)), zeros);
    }

    /// <summary>The cells of a block's rows.</summary>
    public RowCells Require<TVector>(Rows<TVector> input, int block) where TVector : unmanaged, IVector<TVector>
    {
        (int first, int end) = shape.RowsOf(block);
        int pieces = (end - first + RowsOfPiece - 1) / RowsOfPiece;
        ref int taken = ref counters[Counters * block], done = ref counters[(Counters * block) + 1];
        while (Volatile.Read(ref taken) < pieces)
        {
            int piece = Interlocked.Increment(ref taken) - 1;
            if (piece >= pieces) break;
            int endOfPiece = Math.Min(end, first + ((piece + 1) * RowsOfPiece));
            for (int row = first + (piece * RowsOfPiece); row < endOfPiece; row++)
                cells.Fill(tiles, row, input.Columns == 0 ? null : input.Address(row, 0), input.Columns);
            Interlocked.Increment(ref done);
        }
        // Pieces that are taken are under way.
        var spin = new SpinWait();
        while (Volatile.Read(ref done) < pieces) spin.SpinOnce(sleep1Threshold: -1);
        return cells.From(first);
    }
}
