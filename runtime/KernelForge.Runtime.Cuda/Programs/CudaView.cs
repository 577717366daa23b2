namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>Columns of a buffer, [rows of a space, columns]. As an argument it is the address of the first row's first column.</summary>
public readonly struct CudaView
{
    internal CudaView(int slot, CudaSpace space, int bufferColumns, int start, int count, CudaPrecision precision) =>
        (Slot, Space, BufferColumns, Start, Count, Precision) = (slot, space, bufferColumns, start, count, precision);

    internal int Slot { get; }

    internal CudaSpace Space { get; }

    /// <summary>Columns of the whole buffer, without those that pad its rows.</summary>
    internal int BufferColumns { get; }

    internal int Start { get; }

    internal int Count { get; }

    /// <summary>The type of its elements.</summary>
    internal CudaPrecision Precision { get; }

    /// <summary>The whole buffer, as a device's view takes it that says itself which columns are meant.</summary>
    internal CudaView OfBuffer() => new(Slot, Space, BufferColumns, 0, BufferColumns, Precision);

    /// <summary>Some of these columns.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many.</exception>
    public CudaView Columns(int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count - start);
        return new CudaView(Slot, Space, BufferColumns, Start + start, count, Precision);
    }
}

/// <summary>Integers that kernels leave for the next one. As an argument it is <c>int*</c>.</summary>
public readonly struct CudaScratch
{
    internal CudaScratch(int offset) => Offset = offset;

    /// <summary>How many integers stand before them.</summary>
    internal int Offset { get; }
}

/// <summary>Integers of the batch in device memory. As an argument it is <c>const int*</c>.</summary>
public readonly struct CudaIntegers
{
    internal CudaIntegers(RecordPart part, int offset = 0) => (Part, Offset) = (part, offset);

    /// <summary>Where they lie in the record of the batch.</summary>
    internal RecordPart Part { get; }

    /// <summary>How many integers of the part stand before them.</summary>
    internal int Offset { get; }
}
