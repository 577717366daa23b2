using System.Collections.Immutable;

namespace KernelForge.Reference;

/// <summary>One tensor of a parameter: its shape, and once loaded its numbers.</summary>
internal sealed class StoredTensor(string description, ImmutableArray<int> shape, Func<double[], double[]>? arrange = null)
{
    private double[]? values;

    public ImmutableArray<int> Shape { get; } = shape;

    /// <summary>
    /// Where the tensor stands in the model, such as <c>layers[3].query.weight</c>, once the model's weights were enumerated.
    /// </summary>
    public string? Path { get; set; }

    /// <summary>The numbers, as the parameter arranged them when they were loaded.</summary>
    public double[] Values => values ?? throw new InvalidOperationException(
        $"{Name} is not loaded: load the model with X.Load or X.LoadWeights before it runs");

    private string Name => Path is null ? description : $"{description} '{Path}'";

    public void Load(double[] stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        long count = Shape.Aggregate(1L, (product, side) => product * side);
        if (stored.LongLength != count)
            throw new ArgumentException(
                $"{Name} takes [{string.Join(", ", Shape)}] = {count} numbers, got {stored.Length}", nameof(stored));
        if (Storage.Rounding is not null)
        {
            stored = [.. stored];
            Storage.Round(stored);
        }
        values = arrange is null ? stored : arrange(stored);
    }
}
