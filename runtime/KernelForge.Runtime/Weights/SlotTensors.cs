using System.Collections.Immutable;

namespace KernelForge.Runtime.Weights;

/// <summary>The numbers of one slot: a tensor's, or those of several one after another (a bank with a tensor for each linear).</summary>
internal sealed class SlotTensors(ImmutableArray<WeightTensor> tensors)
{
    public ImmutableArray<WeightTensor> Tensors => tensors;

    public long Count => tensors.Sum(tensor => tensor.Count);

    /// <summary>What tells the numbers from others; null where nothing does.</summary>
    public string? Identity => tensors.Any(tensor => tensor.FileIdentity is null)
        ? null : string.Join('\n', tensors.Select(tensor => $"{tensor.Place} of {tensor.FileIdentity}"));

    /// <summary>Some of the numbers as floats at an address that stays: where they lie, if they do as such and together, else a copy.</summary>
    /// <exception cref="WeightException">There are more than an array holds.</exception>
    public PinnedFloats Pin(long first, long count)
    {
        int at = 0;
        for (; at < tensors.Length - 1 && first >= tensors[at].Count; at++) first -= tensors[at].Count;
        if (first + count <= tensors[at].Count && tensors[at].PinSingles(first, count) is { } pinned) return new(pinned, count);
        float[] values = new float[ArrayLength(count)];
        Span<float> rest = values;
        for (; rest.Length > 0; at++, first = 0)
        {
            int here = (int)Math.Min(rest.Length, tensors[at].Count - first);
            tensors[at].CopyTo(rest[..here], first);
            rest = rest[here..];
        }
        return PinnedFloats.Of(values);
    }

    /// <summary>Copies all numbers; the destination has exactly <see cref="Count"/>.</summary>
    public void CopyTo(Span<float> destination)
    {
        foreach (WeightTensor tensor in tensors)
        {
            tensor.CopyTo(destination[..(int)tensor.Count]);
            destination = destination[(int)tensor.Count..];
        }
    }

    public float[] ToSingles()
    {
        if (tensors is [var only]) return only.ToSingles();
        float[] values = new float[ArrayLength(Count)];
        CopyTo(values);
        return values;
    }

    public double[] ToDoubles()
    {
        if (tensors is [var only]) return only.ToDoubles();
        double[] values = new double[ArrayLength(Count)];
        Span<double> rest = values;
        foreach (WeightTensor tensor in tensors)
        {
            tensor.CopyTo(rest[..(int)tensor.Count]);
            rest = rest[(int)tensor.Count..];
        }
        return values;
    }

    private int ArrayLength(long count) => count <= Array.MaxLength
        ? (int)count
        : throw new WeightException(
            tensors[0].File, tensors[0].Name,
            tensors.Length == 1 ? $"has {count} elements; an array holds {Array.MaxLength}: copy it in parts"
            : $"and its {tensors.Length - 1} fellows have {count} elements together; an array holds {Array.MaxLength}");
}
