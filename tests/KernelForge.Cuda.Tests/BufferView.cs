namespace KernelForge.Cuda.Tests;

/// <summary>Columns of a buffer: some others in front of them, the view's, and some behind.</summary>
internal sealed record BufferView(ElementType Element, int Columns, int Start = 0, int Following = 0)
{
    private const byte Poison = 0xff; // as a number of any type: not one

    public int Stride { get; } = (Start + Columns + Following + 7) / 8 * 8;

    private int Padding => Following > 0 ? 0 : Stride - Start - Columns;

    /// <summary>How a kernel's text is told: NAME_COLUMNS of a buffer with NAME_WHOLE, from NAME_START on.</summary>
    public IEnumerable<string> Definitions(string name) =>
        [$"{name}_COLUMNS={Columns}", $"{name}_WHOLE={Start + Columns + Following}", $"{name}_START={Start}"];

    /// <summary>A buffer that holds the values [rows, Columns], zeros in its padding and poison in what is not the view's.</summary>
    public byte[] Hold(ReadOnlySpan<float> values)
    {
        int rows = values.Length / Columns;
        byte[] buffer = Poisoned(rows);
        for (int row = 0; row < rows; row++)
        {
            Span<byte> own = Own(buffer, row);
            own.Clear();
            Element.Store(values.Slice(row * Columns, Columns)).CopyTo(own);
        }
        return buffer;
    }

    /// <summary>A buffer that nothing was stored to.</summary>
    public byte[] Poisoned(int rows)
    {
        byte[] buffer = new byte[rows * Stride * Element.Bytes];
        Array.Fill(buffer, Poison);
        return buffer;
    }

    /// <summary>The view's values [rows, Columns]; fails where its padding is not zero or anything else was written.</summary>
    public float[] Values(byte[] buffer, int rows)
    {
        var values = new List<float>();
        for (int row = 0; row < rows; row++)
        {
            Span<byte> own = Own(buffer, row);
            values.AddRange(Element.Load(own[..(Columns * Element.Bytes)]));
            Assert.False(own[(Columns * Element.Bytes)..].ContainsAnyExcept((byte)0), $"the padding of row {row} is not zero");
            own.Fill(Poison);
        }
        Assert.False(buffer.AsSpan().ContainsAnyExcept(Poison), "something was written outside of the view, or beyond the rows");
        return [.. values];
    }

    private Span<byte> Own(byte[] buffer, int row) =>
        buffer.AsSpan((row * Stride + Start) * Element.Bytes, (Columns + Padding) * Element.Bytes);
}
