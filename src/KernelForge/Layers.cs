using System.Collections;
using System.Collections.Immutable;

namespace KernelForge;

/// <summary>A stack of layers of one kind, each with its own weights (<c>{i}</c> in their names is the layer's index).</summary>
public sealed class Layers<T> : IReadOnlyList<T>
    where T : class
{
    private readonly ImmutableArray<T> layers;

    /// <summary>Makes the layers, all alike.</summary>
    /// <exception cref="ArgumentException"><paramref name="count"/> is negative, or a layer is made null or twice the same.</exception>
    public Layers(int count, Func<T> make)
        : this(count, _ => make())
    {
    }

    /// <summary>Makes the layers, each knowing its index.</summary>
    /// <exception cref="ArgumentException"><paramref name="count"/> is negative, or a layer is made null or twice the same.</exception>
    public Layers(int count, Func<int, T> make)
    {
        ArgumentNullException.ThrowIfNull(make);
        if (count < 0) throw new ArgumentException($"{count} layers of {typeof(T).Name}: the count is at least 0", nameof(count));
        layers = [.. Enumerable.Range(0, count).Select(make)];
        if (layers.Any(layer => layer is null) || layers.Distinct(ReferenceEqualityComparer.Instance).Count() != count)
            throw new ArgumentException($"each of the {count} layers must be a new {typeof(T).Name}", nameof(make));
    }

    /// <summary>The number of layers.</summary>
    public int Count => layers.Length;

    /// <summary>The layer at an index, counted from 0.</summary>
    public T this[int index] => layers[index];

    /// <summary>The layers in order.</summary>
    public ImmutableArray<T>.Enumerator GetEnumerator() => layers.GetEnumerator();

    IEnumerator<T> IEnumerable<T>.GetEnumerator() => ((IEnumerable<T>)layers).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => ((IEnumerable)layers).GetEnumerator();
}
