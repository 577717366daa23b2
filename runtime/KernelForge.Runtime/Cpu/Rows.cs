using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace KernelForge.Runtime.Cpu;

/// <summary>
/// A view of rows of float32 in native memory, [<see cref="Count"/>, <see cref="Columns"/>]: activations, a slice of their columns, or
/// parameters (one row for a bias). Generated code reads and writes rows through it a vector at a time.
/// </summary>
/// <remarks>
/// The memory belongs to whoever gave the view, and must outlive it. Accesses are checked in debug builds only. A vector may reach past the
/// last column: what it reads there is unspecified (keep it out of sums with <see cref="IVector{TSelf}.First(int, TSelf)"/>), what it
/// writes there is lost.
/// </remarks>
public readonly unsafe struct Rows<TVector> where TVector : unmanaged, IVector<TVector>
{
    private readonly float* origin;
    private readonly int writable;

    internal Rows(float* origin, int count, int columns, int stride, int writable)
    {
        this.origin = origin;
        this.writable = writable;
        Count = count;
        Columns = columns;
        Stride = stride;
    }

    public int Count { get; }

    public int Columns { get; }

    /// <summary>Floats from one row to the next: an odd number of cache lines.</summary>
    public int Stride { get; }

    /// <summary>One element.</summary>
    public float this[int row, int column]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => *Address(row, column);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set => *Address(row, column) = value;
    }

    /// <summary>The elements of one row.</summary>
    public Span<float> this[int row] => Columns == 0 ? [] : new(Address(row, 0), Columns);

    /// <summary>Asks the cache for the line of an element, which is read or written soon.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Ask(int row, int column)
    {
        if (Sse.IsSupported) Sse.Prefetch0(Address(row, column));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Load(int row, int column) => TVector.Load(Address(row, column));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(int row, int column, TVector value)
    {
        float* destination = Address(row, column);
        if (column + TVector.Count <= writable) TVector.Store(destination, value);
        else StorePart(destination, Math.Min(writable - column, TVector.Count), value);
    }

    /// <summary>
    /// A vector that is stored as far as <paramref name="end"/>; what lies beyond it, up to the vector's length, is overwritten only where it is padding.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(int row, int column, int end, TVector value)
    {
        float* destination = Address(row, column);
        if (column + TVector.Count <= (end == Columns ? writable : end)) TVector.Store(destination, value);
        else StorePart(destination, Math.Min(end - column, TVector.Count), value);
    }

    /// <summary>A vector from a column on, wherever that comes from.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row or column.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector LoadAt(int row, int column)
    {
        if ((uint)row >= (uint)Count || (uint)column >= (uint)Columns) ThrowNoElement(row, column);
        return TVector.Load(Address(row, column));
    }

    /// <summary>A vector at a position of a sequence; zeros where the sequence has no such position.</summary>
    /// <param name="start">The sequence's first row.</param>
    /// <param name="length">The sequence's rows.</param>
    /// <param name="position">Within the sequence.</param>
    /// <param name="column">Of the row.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector LoadWithin(int start, int length, int position, int column) =>
        (uint)position < (uint)length ? LoadAt(start + position, column) : TVector.Zero;

    /// <summary>A vector from the element on that lies nearest to the indices.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector LoadNearest(int row, int column) =>
        TVector.Load(Address(Math.Clamp(row, 0, Count - 1), Math.Clamp(column, 0, Columns - 1)));

    /// <summary>The row itself if the table has it; indices that come from data go through here.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The table, called <paramref name="name"/>, has no such row.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int RowAt(int row, string name)
    {
        if ((uint)row >= (uint)Count) ThrowNoRow(row, name);
        return row;
    }

    /// <summary>One element, wherever the indices come from.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row or column.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float At(int row, int column)
    {
        if ((uint)row >= (uint)Count || (uint)column >= (uint)Columns) ThrowNoElement(row, column);
        return *Address(row, column);
    }

    /// <summary>The element at a position of a sequence; 0 where the sequence has no such position.</summary>
    /// <param name="start">The sequence's first row.</param>
    /// <param name="length">The sequence's rows.</param>
    /// <param name="position">Within the sequence.</param>
    /// <param name="column">Of the row.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Within(int start, int length, int position, int column) => (uint)position < (uint)length ? At(start + position, column) : 0;

    /// <summary>The element that lies nearest to the indices: the table ends where it ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Nearest(int row, int column) => *Address(Math.Clamp(row, 0, Count - 1), Math.Clamp(column, 0, Columns - 1));

    /// <summary>The same rows, <paramref name="columns"/> of them from <paramref name="first"/> on.</summary>
    public Rows<TVector> Slice(int first, int columns)
    {
        if ((uint)first > (uint)Columns || (uint)columns > (uint)(Columns - first))
            throw new ArgumentOutOfRangeException(nameof(columns), $"Columns {first}..{first + columns} of {Columns} were asked for.");
        // A slice that ends inside the row has neighbours that a vector must not overwrite.
        int end = first + columns == Columns ? writable : first + columns;
        return new(origin + first, Count, columns, Stride, end - first);
    }

    /// <summary><paramref name="count"/> rows from <paramref name="first"/> on.</summary>
    internal Rows<TVector> Range(int first, int count)
    {
        Debug.Assert((uint)first <= (uint)Count && (uint)count <= (uint)(Count - first), $"rows {first}..{first + count} of {Count}");
        return new(origin + ((nint)first * Stride), count, Columns, Stride, writable);
    }

    /// <summary>Takes all rows from <paramref name="values"/>, [rows, columns], one after another without padding.</summary>
    public void CopyFrom(ReadOnlySpan<float> values)
    {
        for (int row = 0; row < Count; row++) values.Slice(row * Columns, Columns).CopyTo(this[row]);
    }

    /// <summary>Copies all rows to <paramref name="destination"/>, [rows, columns], one after another without padding.</summary>
    public void CopyTo(Span<float> destination)
    {
        for (int row = 0; row < Count; row++) this[row].CopyTo(destination.Slice(row * Columns, Columns));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal float* Address(int row, int column)
    {
        Debug.Assert((uint)row < (uint)Count && (uint)column < (uint)Columns, $"[{row}, {column}] of [{Count}, {Columns}]");
        return origin + ((nint)row * Stride) + column;
    }

    private void ThrowNoRow(int row, string name) =>
        throw new ArgumentOutOfRangeException(name, row, $"{name} has rows 0 to {Count - 1}; row {row} was asked for.");

    private void ThrowNoElement(int row, int column) =>
        throw new ArgumentOutOfRangeException(nameof(row), $"Element [{row}, {column}] of [{Count}, {Columns}] was asked for.");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StorePart(float* destination, int count, TVector value)
    {
        float* lanes = stackalloc float[TVector.Count];
        TVector.Store(lanes, value);
        for (int i = 0; i < count; i++) destination[i] = lanes[i];
    }
}
