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
        buffer.View<Float128>().CopyFrom(values);
        return buffer;
    }

    /// <summary>Makes it [rows, columns]; what the buffer held is lost. Allocates only to grow.</summary>
    public void Resize(int rows, int columns)
    {
        Reserve(rows, columns);
        (this.rows, this.columns) = (rows, columns);
    }

    /// <summary>Makes room for [rows, columns], and loses what the buffer held if it had less.</summary>
    public void Reserve(int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        long needed = (long)rows * StrideOf(columns);
        if (needed <= memory.Length) return;
        memory.Dispose();
        memory = NativeFloats.Allocate(needed);
    }

    /// <summary>The rows, valid until the buffer grows or is disposed.</summary>
    public Rows<TVector> View<TVector>() where TVector : unmanaged, IVector<TVector> => View<TVector>(rows, columns);

    /// <summary>The same memory as rows of another shape, for which room was reserved.</summary>
    public unsafe Rows<TVector> View<TVector>(int rows, int columns) where TVector : unmanaged, IVector<TVector>
    {
        if ((long)rows * StrideOf(columns) > memory.Length)
            throw new ArgumentOutOfRangeException(nameof(rows), $"[{rows}, {columns}] does not fit in what was reserved.");
        return new(memory.Pointer, rows, columns, StrideOf(columns), WritableOf(columns));
    }

    public void Dispose() => memory.Dispose();

    internal static int StrideOf(int columns) => ((Lines(columns) + 1) | 1) * Line;

    /// <summary>Floats of a row that a store may overwrite: its columns, filled up to whole lines.</summary>
    internal static int WritableOf(int columns) => Lines(columns) * Line;

    private static int Lines(int columns) => (columns + Line - 1) / Line;
}
