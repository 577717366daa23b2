using System.Collections.Immutable;

namespace KernelForge.Runtime.Weights;

/// <summary>The numbers of one slot: a tensor's, or those of several one after another (a bank with a tensor for each linear).</summary>
internal sealed class SlotTensors(ImmutableArray<WeightTensor> tensors)
{
    public ImmutableArray<WeightTensor> Tensors => tensors;

    public long Count => tensors.Sum(tensor => tensor.Count);

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
        float[] values = new float[ArrayLength()];
        CopyTo(values);
        return values;
    }

    public double[] ToDoubles()
    {
        if (tensors is [var only]) return only.ToDoubles();
        double[] values = new double[ArrayLength()];
        Span<double> rest = values;
        foreach (WeightTensor tensor in tensors)
        {
            tensor.CopyTo(rest[..(int)tensor.Count]);
            rest = rest[(int)tensor.Count..];
        }
        return values;
    }

    private int ArrayLength() => Count <= Array.MaxLength
        ? (int)Count
        : throw new WeightException(
            tensors[0].File, tensors[0].Name,
            $"and its {tensors.Length - 1} fellows have {Count} elements together; an array holds {Array.MaxLength}");
}
