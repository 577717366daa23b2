using System.Globalization;
using KernelForge.Runtime.Weights;

namespace KernelForge.Runtime.Cpu.Packing;

/// <summary>A vector or table of weights, [rows, columns], each row padded as in a <see cref="RowBuffer"/>; as it is stored, or turned round.</summary>
/// <remarks>It has memory of its own: kernels hold its address before it is filled.</remarks>
internal sealed unsafe class TablePart : IImagePart, IDisposable
{
    private const long FloatsOfPiece = 1 << 20;

    private WeightValues values;
    private readonly int rows, columns;
    private readonly bool isTurned;
    private readonly NativeFloats memory;

    /// <param name="values">[rows, columns], or [columns, rows] where they are to be turned round.</param>
    /// <param name="rows">Rows of the table.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="isTurned">Whether rows are columns of what is stored.</param>
    /// <exception cref="ArgumentException">There is another number of values.</exception>
    public TablePart(WeightValues values, int rows, int columns, bool isTurned)
    {
        if (values.Count != (long)rows * columns)
            throw new ArgumentException($"{values.Count} values do not make [{rows}, {columns}].", nameof(values));
        (this.values, this.rows, this.columns, this.isTurned) = (values, rows, columns, isTurned);
        memory = NativeFloats.AllocateToFill(Floats);
    }

    public long Floats => (long)rows * Stride;

    public string? Recipe => values.Identity is { } identity
        ? string.Create(
            CultureInfo.InvariantCulture, $"table [{rows}, {columns}] in rows of {Stride}{(isTurned ? ", turned round" : "")}, {identity}")
        : null;

    public int Pieces => isTurned ? 1 : (rows + RowsOfPiece - 1) / RowsOfPiece;

    public float* Address => memory.Pointer;

    private int Stride => RowBuffer.StrideOf(columns);

    private int RowsOfPiece => (int)Math.Max(1, FloatsOfPiece / Stride);

    public Rows<TVector> View<TVector>() where TVector : unmanaged, IVector<TVector> =>
        new(memory.Pointer, rows, columns, Stride, RowBuffer.WritableOf(columns));

    public void Place(float* at) => throw new NotSupportedException("A table has memory of its own.");

    public void Fill(int piece)
    {
        int first = isTurned ? 0 : piece * RowsOfPiece, end = isTurned ? rows : Math.Min(rows, first + RowsOfPiece);
        using PinnedFloats source = isTurned ? values.Pin() : values.Slice((long)first * columns, (long)(end - first) * columns).Pin();
        for (int row = first; row < end; row++)
        {
            var to = new Span<float>(memory.Pointer + ((nint)row * Stride), Stride);
            to[columns..].Clear();
            if (!isTurned)
            {
                new Span<float>(source.Address + ((nint)(row - first) * columns), columns).CopyTo(to);
                continue;
            }
            for (int column = 0; column < columns; column++) to[column] = source.Address[((nint)column * rows) + row];
        }
    }

    public void Release() => values = default;

    public void Dispose() => memory.Dispose();
}
