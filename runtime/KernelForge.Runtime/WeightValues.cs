using System.Globalization;
using KernelForge.Runtime.Weights;

namespace KernelForge.Runtime;

/// <summary>The numbers of a weight, row after row of its shape: an array, or tensors of a checkpoint that are read when the numbers are wanted.</summary>
public readonly struct WeightValues
{
    private readonly float[]? values;
    private readonly SlotTensors? tensors;
    private readonly long first;

    private WeightValues(float[]? values, SlotTensors? tensors, long first, long count)
    {
        (this.values, this.tensors, this.first) = (values, tensors, first);
        Count = count;
    }

    /// <summary>How many there are.</summary>
    public long Count { get; }

    /// <summary>What tells them from other numbers: where they lie, in which file as it is now. Null for an array, which may hold anything.</summary>
    internal string? Identity => values is not null ? null
        : tensors is null ? string.Create(CultureInfo.InvariantCulture, $"{Count} zeros")
        : tensors.Identity is not { } known ? null
        : string.Create(CultureInfo.InvariantCulture, $"{Count} from {first} on of {known}");

    /// <summary>An array's numbers, which are not copied: do not change them before they are read.</summary>
    public static implicit operator WeightValues(float[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return new(values, null, 0, values.Length);
    }

    internal static WeightValues Of(SlotTensors tensors) => new(null, tensors, 0, tensors.Count);

    internal static WeightValues Zeros(long count) => new(null, null, 0, count);

    internal WeightValues Slice(long first, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count - first);
        return new(values, tensors, this.first + first, count);
    }

    /// <summary>The numbers, at an address that stays until what is returned is disposed.</summary>
    /// <exception cref="WeightException">A tensor does not hold what it should; the message names it.</exception>
    internal PinnedFloats Pin() => tensors is not null ? tensors.Pin(first, Count)
        : values is not null ? PinnedFloats.Of(values.AsMemory((int)first, (int)Count))
        : PinnedFloats.Of(new float[Count]);
}
