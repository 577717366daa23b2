namespace KernelForge.Runtime.Cpu;

/// <summary>One weight of a product: [outputs, inputs] in row-major order, or [inputs, outputs] where it is stored transposed.</summary>
public readonly record struct WeightPart(float[] Values, int Outputs, bool Transposed = false);

/// <summary>Packs weights for the product.</summary>
public static class PackedMatrix
{
    /// <summary>Weights of one input side by side: the columns of the first, then those of the second, and so on.</summary>
    public static PackedMatrix<TVector> Concat<TVector>(int inputs, params ReadOnlySpan<WeightPart> parts)
        where TVector : unmanaged, IVector<TVector>
    {
        int outputs = 0;
        foreach (WeightPart part in parts) outputs += part.Outputs;
        var packed = new PackedMatrix<TVector>(inputs, outputs, Panels(outputs, 2 * TVector.Count));
        int column = 0;
        foreach (WeightPart part in parts)
        {
            int first = column;
            packed.Fill(part, output => first + output);
            column += part.Outputs;
        }
        return packed;
    }

    /// <summary>
    /// Two weights of one input and the same outputs, a vector of columns of the first beside those of the second, so that the product has
    /// both numbers of a column at the same time: the two halves of a gate.
    /// </summary>
    public static PackedMatrix<TVector> Pair<TVector>(int inputs, WeightPart first, WeightPart second)
        where TVector : unmanaged, IVector<TVector>
    {
        if (first.Outputs != second.Outputs)
            throw new ArgumentException($"A pair has equal outputs; these have {first.Outputs} and {second.Outputs}.", nameof(second));
        var packed = new PackedMatrix<TVector>(inputs, first.Outputs, Panels(first.Outputs, TVector.Count));
        packed.Fill(first, output => Interleaved(output, 0));
        packed.Fill(second, output => Interleaved(output, 1));
        return packed;

        static int Interleaved(int output, int side) => (((output / TVector.Count * 2) + side) * TVector.Count) + (output % TVector.Count);
    }

    private static int Panels(int columns, int width) => (columns + width - 1) / width;
}

/// <summary>
/// Weights laid out once, at load, in the order in which the product reads them: panels of two vectors of columns, each panel the whole of
/// k, [panels][inputs][2 vectors]. Columns that fill the last panel up are zeros.
/// </summary>
public sealed unsafe class PackedMatrix<TVector> : IDisposable where TVector : unmanaged, IVector<TVector>
{
    private readonly NativeFloats memory;

    internal PackedMatrix(int inputs, int outputs, int panels)
    {
        (Inputs, Outputs, Panels) = (inputs, outputs, panels);
        memory = NativeFloats.Allocate((long)panels * inputs * PanelWidth);
    }

    public int Inputs { get; }

    /// <summary>Columns of the product; of an interleaved pair, columns of one of the two.</summary>
    public int Outputs { get; }

    internal int Panels { get; }

    internal static int PanelWidth => 2 * TVector.Count;

    public void Dispose() => memory.Dispose();

    internal float* Panel(int panel) => memory.Pointer + ((nint)panel * Inputs * PanelWidth);

    internal void Fill(WeightPart part, Func<int, int> columnOf)
    {
        if (part.Values.Length != (long)part.Outputs * Inputs)
            throw new ArgumentException($"A weight of {part.Values.Length} values is not [{part.Outputs}, {Inputs}].", nameof(part));
        for (int output = 0; output < part.Outputs; output++)
        {
            int column = columnOf(output);
            float* destination = Panel(column / PanelWidth) + (column % PanelWidth);
            int source = part.Transposed ? output : output * Inputs, step = part.Transposed ? part.Outputs : 1;
            for (int k = 0; k < Inputs; k++) destination[k * PanelWidth] = part.Values[source + (k * step)];
        }
    }
}
