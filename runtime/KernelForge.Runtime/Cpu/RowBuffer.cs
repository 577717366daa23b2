namespace KernelForge.Runtime.Cpu;

/// <summary>
/// Owns rows of float32, [rows, columns], in native memory that grows and never shrinks. Each row is padded to whole cache lines and by one
/// line or two more, so that its stride is an odd number of lines: rows then spread over all sets of the cache.
/// </summary>
public sealed class RowBuffer : IDisposable
{
    private const int Line = 16;

    private NativeFloats memory = NativeFloats.Allocate(0);
    private int rows, columns;

    public RowBuffer() { }

    public RowBuffer(int rows, int columns) => Resize(rows, columns);

    /// <summary>A copy of values in row-major order, [rows, columns].</summary>
    public static RowBuffer Of(ReadOnlySpan<float> values, int rows, int columns)
    {
        if (values.Length != (long)rows * columns)
            throw new ArgumentException($"{values.Length} values do not make [{rows}, {columns}].", nameof(values));
        var buffer = new RowBuffer(rows, columns);
        Rows<Float128> view = buffer.View<Float128>();
        for (int row = 0; row < rows; row++) values.Slice(row * columns, columns).CopyTo(view[row]);
        return buffer;
    }

    /// <summary>Makes room for [rows, columns]; what the buffer held is lost. Allocates only to grow.</summary>
    public void Resize(int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        long needed = (long)rows * StrideOf(columns);
        if (needed > memory.Length)
        {
            memory.Dispose();
            memory = NativeFloats.Allocate(needed);
        }
        (this.rows, this.columns) = (rows, columns);
    }

    /// <summary>The rows, valid until the buffer is resized or disposed.</summary>
    public unsafe Rows<TVector> View<TVector>() where TVector : unmanaged, IVector<TVector> =>
        new(memory.Pointer, rows, columns, StrideOf(columns), Lines(columns) * Line);

    /// <summary>Copies all rows, without their padding, into <paramref name="destination"/> in row-major order.</summary>
    public void CopyTo(Span<float> destination)
    {
        Rows<Float128> view = View<Float128>();
        for (int row = 0; row < rows; row++) view[row].CopyTo(destination.Slice(row * columns, columns));
    }

    public void Dispose() => memory.Dispose();

    private static int Lines(int columns) => (columns + Line - 1) / Line;

    private static int StrideOf(int columns) => ((Lines(columns) + 1) | 1) * Line;
}
