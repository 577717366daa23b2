using System.Collections.Immutable;
using System.Globalization;
using KernelForge.Reference;

namespace KernelForge;

/// <summary>One tensor that a model wants from a checkpoint, or for a bank one for each of its linears.</summary>
public sealed class WeightSlot
{
    /// <summary>What stands for the number of a bank's linear in a name.</summary>
    public const string Numbered = "{e}";

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

    /// <summary>
    /// Every full name that the checkpoint may have it under, the preferred one first. One with <c>{e}</c> stands for a tensor for each
    /// linear of a bank (<see cref="NamesOf"/>).
    /// </summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>
    /// The sides of the numbers, row after row. A tensor may have more or fewer sides in the checkpoint (<see cref="Fits"/>).
    /// </summary>
    public ImmutableArray<int> Shape { get; }

    /// <summary>
    /// The parameter it belongs to: a <see cref="Linear"/>, <see cref="LinearBank"/>, <see cref="Embedding"/> or <see cref="Parameter"/>.
    /// </summary>
    public object Leaf { get; }

    /// <summary>The tensors that one of <see cref="Names"/> stands for, in order: itself, or with <c>{e}</c> one for each linear.</summary>
    public IReadOnlyList<string> NamesOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!IsNumbered(name)) return [name];
        IEnumerable<string> numbers = Enumerable.Range(0, Shape[0]).Select(e => e.ToString(CultureInfo.InvariantCulture));
        return [.. numbers.Select(e => name.Replace(Numbered, e, StringComparison.Ordinal))];
    }

    /// <summary>The sides of each tensor that the name stands for: <see cref="Shape"/>, less the first where it has <c>{e}</c>.</summary>
    public ImmutableArray<int> ShapeUnder(string name) => IsNumbered(name) ? Shape[1..] : Shape;

    /// <summary>
    /// Whether a tensor with these sides, in the checkpoint under the name, holds the numbers of <see cref="ShapeUnder"/> in their order:
    /// it has as many, and a boundary between two sides wherever that has one. <c>[8, 4, 128]</c> fits <c>[32, 128]</c> and
    /// <c>[8, 512]</c>, <c>[outputs, inputs, 1]</c> fits <c>[outputs, inputs]</c>, <c>[heads, width]</c> fits a row of heads · width.
    /// </summary>
    public bool Fits(string name, IReadOnlyList<long> sides)
    {
        ArgumentNullException.ThrowIfNull(sides);
        HashSet<Int128> boundaries = [1];
        Int128 there = 1, wanted = 1;
        foreach (long side in sides) boundaries.Add(there *= side);
        foreach (int side in ShapeUnder(name))
            if (!boundaries.Contains(wanted *= side)) return false;
        return there == wanted;
    }

    /// <summary>
    /// Gives the parameter its numbers for the reference run, in the order of <see cref="Shape"/>; the array is taken over, not copied.
    /// </summary>
    /// <exception cref="ArgumentException">The array has another length than <see cref="Shape"/>.</exception>
    public void Load(double[] values) => load(values);

    /// <summary>Path and shape, for messages.</summary>
    public override string ToString() => $"{Path} [{string.Join(", ", Shape)}]";

    internal static bool IsNumbered(string name) => name.Contains(Numbered, StringComparison.Ordinal);
}
