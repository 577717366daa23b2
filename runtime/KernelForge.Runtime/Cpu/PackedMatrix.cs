using KernelForge.Runtime.Cpu.Dots;

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
            packed.Fill(part, column, run: packed.Outputs, gap: 0);
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
        packed.Fill(first, 0, run: TVector.Count, gap: TVector.Count);
        packed.Fill(second, TVector.Count, run: TVector.Count, gap: TVector.Count);
        return packed;
    }

    private static int Panels(int columns, int width) => (columns + width - 1) / width;
}

/// <summary>
/// Weights laid out once, at load, in the order in which the product reads them: panels of two vectors of columns, each panel the whole of
/// k, [panels][cells][2 vectors]. A cell has the bits of one float, or of two bfloat16 or four bytes that follow one another along k.
/// Columns that fill the last panel up are zeros.
/// </summary>
public sealed unsafe class PackedMatrix<TVector> : IDisposable where TVector : unmanaged, IVector<TVector>
{
    private readonly NativeFloats memory;
    private readonly NativeFloats? columns;

    internal PackedMatrix(int inputs, int outputs, int panels, DotTiles? tiles = null)
    {
        (Inputs, Outputs, Panels, Tiles) = (inputs, outputs, panels, tiles);
        Cells = tiles?.CellsOf(inputs) ?? inputs;
        memory = NativeFloats.Allocate((long)panels * Cells * PanelWidth);
        // Where sums start, and of bytes what one step of each column is: for others all start at zero.
        if (tiles is not null) columns = NativeFloats.Allocate(tiles.Precision == CpuPrecision.Int8 ? 2L * panels * PanelWidth : PanelWidth);
    }

    public int Inputs { get; }

    /// <summary>Columns of the product; of an interleaved pair, columns of one of the two.</summary>
    public int Outputs { get; }

    internal int Panels { get; }

    internal static int PanelWidth => 2 * TVector.Count;

    /// <summary>What multiplies the cells; null where they are floats.</summary>
    internal DotTiles? Tiles { get; }

    /// <summary>Cells of a panel's column.</summary>
    internal int Cells { get; }

    public void Dispose()
    {
        memory.Dispose();
        columns?.Dispose();
    }

    /// <summary>The same weights in another precision; these are disposed of where they are not in it.</summary>
    internal PackedMatrix<TVector> To(CpuPrecision precision)
    {
        if (precision == (Tiles?.Precision ?? CpuPrecision.Float32)) return this;
        if (Tiles is not null) throw new InvalidOperationException($"weights that were rounded to {Tiles.Precision} cannot become {precision}");
        var narrow = new PackedMatrix<TVector>(Inputs, Outputs, Panels, DotTiles.For<TVector>(precision));
        for (int panel = 0; panel < Panels; panel++) narrow.Narrow(Panel(panel), panel);
        Dispose();
        return narrow;
    }

    internal float* Panel(int panel) => memory.Pointer + ((nint)panel * Cells * PanelWidth);

    /// <summary>Where the sums of a panel start, [2 vectors].</summary>
    internal int* Start(int panel) => (int*)columns!.Pointer + (Tiles!.Precision == CpuPrecision.Int8 ? (nint)panel * PanelWidth : 0);

    /// <summary>What one step of each column of a panel of bytes is, [2 vectors].</summary>
    internal float* Steps(int panel) => columns!.Pointer + ((nint)(Panels + panel) * PanelWidth);

    /// <summary>Fills a panel from one of floats.</summary>
    private void Narrow(float* from, int panel)
    {
        var to = (int*)Panel(panel);
        if (Tiles!.Precision == CpuPrecision.BFloat16) PanelCells.ToBFloat16(from, Inputs, PanelWidth, to);
        else PanelCells.ToBytes(from, Inputs, PanelWidth, to, Steps(panel), Start(panel));
    }

    /// <summary>Puts the outputs of a part into columns from <paramref name="column"/> on: runs of neighbours with gaps between them.</summary>
    internal void Fill(WeightPart part, int column, int run, int gap)
    {
        if (part.Values.Length != (long)part.Outputs * Inputs)
            throw new ArgumentException($"A weight of {part.Values.Length} values is not [{part.Outputs}, {Inputs}].", nameof(part));
        fixed (float* values = part.Values)
        {
            int leftOfRun = run;
            for (int output = 0; output < part.Outputs;)
            {
                int lane = column % PanelWidth, count = Math.Min(Math.Min(PanelWidth - lane, leftOfRun), part.Outputs - output);
                FillLanes(values, part, output, count, Panel(column / PanelWidth) + lane);
                (output, column, leftOfRun) = (output + count, column + count, leftOfRun - count);
                if (leftOfRun == 0) (column, leftOfRun) = (column + gap, run);
            }
        }
    }

    private void FillLanes(float* values, WeightPart part, int output, int count, float* lanes)
    {
        if (!part.Transposed)
        {
            Turned.Fill(values + ((nint)output * Inputs), Inputs, count, Inputs, lanes, PanelWidth);
            return;
        }
        for (int k = 0; k < Inputs; k++)
        {
            float* source = values + ((nint)k * part.Outputs) + output;
            for (int l = 0; l < count; l++) lanes[(k * PanelWidth) + l] = source[l];
        }
    }
}
