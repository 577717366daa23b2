using System.Collections.Immutable;

namespace KernelForge.Runtime.Weights;

/// <summary>
/// One named array of a <see cref="WeightSource"/>. Its bytes stay in the file until they are copied out; every copy converts
/// from the stored type, exactly where the target can hold the value and rounded to nearest where it cannot (F64 to float).
/// </summary>
public sealed class WeightTensor
{
    /// <summary>Elements converted at a time: the bytes of a chunk are far below what one span can hold.</summary>
    private const int Chunk = 1 << 20;

    private readonly ByteSource bytes;
    private readonly long start;

    internal WeightTensor(
        string name, WeightDataType type, ImmutableArray<long> shape, long count, string file, ByteSource bytes, long start)
    {
        Name = name;
        Type = type;
        Shape = shape;
        Count = count;
        File = file;
        this.bytes = bytes;
        this.start = start;
    }

    public string Name { get; }

    public WeightDataType Type { get; }

    /// <summary>Outermost dimension first; empty for a single value.</summary>
    public ImmutableArray<long> Shape { get; }

    /// <summary>Elements: the product of <see cref="Shape"/>.</summary>
    public long Count { get; }

    /// <summary>The file that holds it.</summary>
    public string File { get; }

    /// <summary>What tells the file from others and from what it was before; null where nothing does.</summary>
    internal string? FileIdentity => bytes.Identity;

    /// <summary>What its numbers are in that file.</summary>
    internal string Place => $"{this} at {start}";

    /// <summary>Some of the numbers where they lie, if they lie there as floats; else null.</summary>
    internal unsafe PinnedBytes? PinSingles(long first, long count)
    {
        if (Type != WeightDataType.F32 || count > int.MaxValue / sizeof(float) || !BitConverter.IsLittleEndian) return null;
        PinnedBytes pinned = bytes.Pin(start + (first * sizeof(float)), (int)count * sizeof(float));
        if ((nint)pinned.Address % sizeof(float) == 0) return pinned;
        pinned.Dispose();
        return null;
    }

    public override string ToString() => $"{Name}: {Type.FormatName()} {Quoted.Shape(Shape)}";

    /// <summary>Copies elements from <paramref name="first"/> on, as many as the destination takes.</summary>
    /// <exception cref="WeightException">The tensor does not hold real numbers, or holds one beyond the target's range.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The tensor has fewer elements from there on.</exception>
    public void CopyTo(Span<float> destination, long first = 0)
    {
        RequireReal();
        Copy(destination, first, static (type, source, target) => Widening.ToSingle(type, source, target));
    }

    /// <inheritdoc cref="CopyTo(Span{float}, long)"/>
    public void CopyTo(Span<double> destination, long first = 0)
    {
        RequireReal();
        Copy(destination, first, static (type, source, target) => Widening.ToDouble(type, source, target));
    }

    /// <summary>Copies integers (and BOOL, as 0 and 1) from <paramref name="first"/> on, as many as the destination takes.</summary>
    /// <exception cref="WeightException">The tensor does not hold integers, or holds one above 2^63 - 1.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The tensor has fewer elements from there on.</exception>
    public void CopyTo(Span<long> destination, long first = 0)
    {
        if (!Type.IsInteger()) throw new WeightException(File, Name, $"is {Type.FormatName()}, expected an integer type");
        Copy(destination, first, static (type, source, target) => Widening.ToInt64(type, source, target));
    }

    public float[] ToSingles()
    {
        RequireReal();
        var values = new float[ArrayLength()];
        CopyTo(values);
        return values;
    }

    public double[] ToDoubles()
    {
        RequireReal();
        var values = new double[ArrayLength()];
        CopyTo(values);
        return values;
    }

    private delegate void Conversion<T>(WeightDataType type, ReadOnlySpan<byte> source, Span<T> target);

    private void Copy<T>(Span<T> destination, long first, Conversion<T> convert)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, Count - destination.Length);
        int size = Type.Bytes();
        for (int done = 0; done < destination.Length;)
        {
            int count = Math.Min(Chunk, destination.Length - done);
            using ByteLease lease = bytes.Lease(start + (first + done) * size, count * size);
            try
            {
                convert(Type, lease.Bytes, destination.Slice(done, count));
            }
            catch (OverflowException e)
            {
                throw new WeightException(File, Name, $"holds a value that cannot be read: {e.Message}", e);
            }
            done += count;
        }
    }

    private void RequireReal()
    {
        if (!Type.IsReal()) throw new WeightException(File, Name, $"is {Type.FormatName()}, expected real numbers: F16, BF16, F32 or F64");
    }

    private int ArrayLength() => Count <= Array.MaxLength
        ? (int)Count
        : throw new WeightException(File, Name, $"has {Count} elements; an array holds {Array.MaxLength}: copy it in parts");
}
