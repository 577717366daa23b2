using System.Buffers;

namespace KernelForge.Runtime.Text;

/// <summary>A list in an array of the pool, to be passed by reference; <see cref="Return"/> gives the array back.</summary>
internal struct PooledList<T>(int capacity) where T : unmanaged
{
    private T[] items = ArrayPool<T>.Shared.Rent(capacity);

    public int Count { get; private set; }

    public readonly ReadOnlySpan<T> Span => items.AsSpan(0, Count);

    /// <summary>The items and whatever lies behind them, at least <paramref name="padding"/> more.</summary>
    public ReadOnlySpan<T> Padded(int padding)
    {
        Reserve(padding);
        return items;
    }

    public void Add(T item)
    {
        if (Count == items.Length) Grow(Count + 1);
        items[Count++] = item;
    }

    /// <summary>Room for more items, which the caller fills.</summary>
    public Span<T> Append(int count)
    {
        Reserve(count);
        Count += count;
        return items.AsSpan(Count - count, count);
    }

    public void Insert(int place, ReadOnlySpan<T> more)
    {
        Append(more.Length);
        items.AsSpan(place, Count - more.Length - place).CopyTo(items.AsSpan(place + more.Length));
        more.CopyTo(items.AsSpan(place));
    }

    public void Truncate(int count) => Count = count;

    public void Return() => ArrayPool<T>.Shared.Return(items);

    private void Reserve(int count)
    {
        if (items.Length - Count < count) Grow(Count + count);
    }

    private void Grow(int least)
    {
        T[] larger = ArrayPool<T>.Shared.Rent(Math.Max(least, 2 * Count));
        Span.CopyTo(larger);
        ArrayPool<T>.Shared.Return(items);
        items = larger;
    }
}
