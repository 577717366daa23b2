using System.Collections.Immutable;
using KernelForge.Reference;

namespace KernelForge;

/// <summary>One tensor that a model wants from a checkpoint.</summary>
public sealed class WeightSlot
{
    private readonly Action<double[]> load;

    internal WeightSlot(string path, ImmutableArray<string> names, StoredTensor tensor, object leaf, Action<double[]> load)
    {
        tensor.Path = path;
        Path = path;
        Names = names;
        Shape = tensor.Shape;
        Leaf = leaf;
        this.load = load;
    }

    /// <summary>Where it stands in the model, by field names: <c>layers[3].query.weight</c>.</summary>
    public string Path { get; }

    /// <summary>Every full name that the checkpoint may have it under, the preferred one first.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The sides of the tensor in the checkpoint.</summary>
    public ImmutableArray<int> Shape { get; }

    /// <summary>The parameter it belongs to: a <see cref="Linear"/>, <see cref="Embedding"/> or <see cref="Parameter"/>.</summary>
    public object Leaf { get; }

    /// <summary>
    /// Gives the parameter its numbers for the reference run, in the checkpoint's layout; the array is taken over, not copied.
    /// </summary>
    /// <exception cref="ArgumentException">The array has another length than <see cref="Shape"/>.</exception>
    public void Load(double[] values) => load(values);

    /// <summary>Path and shape, for messages.</summary>
    public override string ToString() => $"{Path} [{string.Join(", ", Shape)}]";
}
