using System.Globalization;
using KernelForge.Runtime.Cpu.Dots;
using KernelForge.Runtime.Cpu.Packing;
using KernelForge.Runtime.Weights;

namespace KernelForge.Runtime.Cpu;

/// <summary>One weight of a product: [outputs, inputs] in row-major order, or [inputs, outputs] where it is stored transposed.</summary>
public readonly record struct WeightPart(WeightValues Values, int Outputs, bool Transposed = false);

/// <summary>Packs weights for the product.</summary>
public static class PackedMatrix
{
    /// <summary>Weights of one input side by side: the columns of the first, then those of the second, and so on.</summary>
    /// <exception cref="ArgumentException">A weight has not as many values as its outputs and the inputs say.</exception>
    public static PackedMatrix<TVector> Concat<TVector>(int inputs, params ReadOnlySpan<WeightPart> parts)
        where TVector : unmanaged, IVector<TVector>
    {
        int outputs = 0;
        foreach (WeightPart part in parts) outputs += part.Outputs;
        return new PackedMatrix<TVector>(inputs, outputs, Panels(outputs, 2 * TVector.Count), parts.ToArray(), isPair: false);
    }

    /// <summary>
    /// Two weights of one input and the same outputs, a vector of columns of the first beside those of the second, so that the product has
    /// both numbers of a column at the same time: the two halves of a gate.
    /// </summary>
    /// <exception cref="ArgumentException">The two have other outputs, or not as many values as these and the inputs say.</exception>
    public static PackedMatrix<TVector> Pair<TVector>(int inputs, WeightPart first, WeightPart second)
        where TVector : unmanaged, IVector<TVector>
    {
        if (first.Outputs != second.Outputs)
            throw new ArgumentException($"A pair has equal outputs; these have {first.Outputs} and {second.Outputs}.", nameof(second));
        return new PackedMatrix<TVector>(inputs, first.Outputs, Panels(first.Outputs, TVector.Count), [first, second], isPair: true);
    }

    private static int Panels(int columns, int width) => (columns + width - 1) / width;
}

/// <summary>
/// Weights laid out once in the order in which the product reads them: panels of two vectors of columns, each panel the whole of
/// k, [panels][cells][2 vectors]. A cell has the bits of one float, or of two bfloat16 or four bytes that follow one another along k.
/// Columns that fill the last panel up are zeros.
/// </summary>
/// <remarks>
/// They are laid out when a <see cref="WeightImage"/> that they belong to is filled; those of no image, when they are first used.
/// </remarks>
public sealed unsafe class PackedMatrix<TVector> : IImagePart, IDisposable where TVector : unmanaged, IVector<TVector>
{
    private readonly Lock aloneLock = new();
    private readonly bool isPair;
    private WeightPart[] parts;
    private NativeFloats? own;
    private float* memory;
    private volatile bool isLaidOut;

    internal PackedMatrix(int inputs, int outputs, int panels, WeightPart[] parts, bool isPair)
    {
        foreach (WeightPart part in parts)
        {
            if (part.Values.Count != (long)part.Outputs * inputs)
                throw new ArgumentException($"A weight of {part.Values.Count} values is not [{part.Outputs}, {inputs}].", nameof(parts));
        }
        (Inputs, Outputs, Panels, this.parts, this.isPair) = (inputs, outputs, panels, parts, isPair);
    }

    public int Inputs { get; }

    /// <summary>Columns of the product; of an interleaved pair, columns of one of the two.</summary>
    public int Outputs { get; }

    internal int Panels { get; }

    internal static int PanelWidth => 2 * TVector.Count;

    /// <summary>What multiplies the cells; null where they are floats.</summary>
    internal DotTiles? Tiles { get; private set; }

    /// <summary>Cells of a panel's column.</summary>
    internal int Cells => Tiles?.CellsOf(Inputs) ?? Inputs;

    /// <inheritdoc/>
    long IImagePart.Floats => CellFloats + ColumnFloats;

    /// <inheritdoc/>
    string? IImagePart.Recipe
    {
        get
        {
            var words = new List<string>
            {
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{(isPair ? "pair" : "columns")} [{Outputs}, {Inputs}] in {Panels} panels of {PanelWidth} columns and {Cells} cells"),
                Tiles is null ? "floats" : $"{Tiles.Precision}",
            };
            foreach (WeightPart part in parts)
            {
                if (part.Values.Identity is not { } identity) return null;
                words.Add(string.Create(
                    CultureInfo.InvariantCulture, $"{part.Outputs} outputs{(part.Transposed ? " transposed" : "")} of {identity}"));
            }
            return string.Join("; ", words);
        }
    }

    private long CellFloats => (long)Panels * Cells * PanelWidth;

    /// <summary>Where sums start, and of bytes what one step of each column is: for others all start at zero.</summary>
    private long ColumnFloats => Tiles is null ? 0 : Tiles.Precision == CpuPrecision.Int8 ? 2L * Panels * PanelWidth : PanelWidth;

    private int* Columns => (int*)(memory + CellFloats);

    public void Dispose() => own?.Dispose();

    /// <summary>Chooses another precision for what is not laid out yet.</summary>
    internal PackedMatrix<TVector> To(CpuPrecision precision)
    {
        if (precision == (Tiles?.Precision ?? CpuPrecision.Float32)) return this;
        if (Tiles is not null || memory != null)
            throw new InvalidOperationException($"weights that are laid out as {Tiles?.Precision ?? CpuPrecision.Float32} cannot become {precision}");
        Tiles = DotTiles.For<TVector>(precision);
        return this;
    }

    /// <summary>Lays out what no image holds, before a product begins that reads it.</summary>
    internal void RequireLaidOut()
    {
        if (isLaidOut) return;
        lock (aloneLock)
        {
            if (isLaidOut) return;
            own = NativeFloats.AllocateToFill(CellFloats + ColumnFloats);
            memory = own.Pointer;
            Fill(0, Panels);
            parts = [];
            isLaidOut = true;
        }
    }

    internal float* Panel(int panel) => memory + ((nint)panel * Cells * PanelWidth);

    /// <summary>Where the sums of a panel start, [2 vectors].</summary>
    internal int* Start(int panel) => Columns + (Tiles!.Precision == CpuPrecision.Int8 ? (nint)panel * PanelWidth : 0);

    /// <summary>What one step of each column of a panel of bytes is, [2 vectors].</summary>
    internal float* Steps(int panel) => (float*)Columns + ((nint)(Panels + panel) * PanelWidth);

    /// <inheritdoc/>
    void IImagePart.Place(float* at)
    {
        memory = at;
        isLaidOut = true;
    }

    /// <inheritdoc/>
    void IImagePart.Release() => parts = [];

    /// <summary>Pieces of a few MiB; one for what is stored transposed, of which any column needs the whole.</summary>
    int IImagePart.Pieces => parts.Any(part => part.Transposed) ? 1 : (Panels + PanelsOfPiece - 1) / PanelsOfPiece;

    private int PanelsOfPiece => (int)Math.Max(1, (1L << 20) / Math.Max(1, (long)Inputs * PanelWidth));

    /// <inheritdoc/>
    void IImagePart.Fill(int piece)
    {
        bool isWhole = ((IImagePart)this).Pieces == 1;
        Fill(isWhole ? 0 : piece * PanelsOfPiece, isWhole ? Panels : Math.Min(Panels, (piece + 1) * PanelsOfPiece));
    }

    private void Fill(int firstPanel, int endPanel)
    {
        // One for all panels: where sums start in bfloat16.
        if (firstPanel == 0 && ColumnFloats == PanelWidth) new Span<float>(memory + CellFloats, PanelWidth).Clear();
        var transposed = new PinnedFloats?[parts.Length];
        try
        {
            for (int p = 0; p < parts.Length; p++)
                if (parts[p].Transposed) transposed[p] = parts[p].Values.Pin();
            if (Tiles is not null)
            {
                FillNarrow(Tiles, firstPanel, endPanel, transposed);
                return;
            }
            for (int panel = firstPanel; panel < endPanel; panel++) FillPanel(panel, transposed, Panel(panel));
        }
        finally
        {
            foreach (PinnedFloats? part in transposed) part?.Dispose();
        }
    }

    private void FillNarrow(DotTiles tiles, int firstPanel, int endPanel, PinnedFloats?[] transposed)
    {
        using var wide = NativeFloats.AllocateToFill((long)Inputs * PanelWidth);
        for (int panel = firstPanel; panel < endPanel; panel++)
        {
            FillPanel(panel, transposed, wide.Pointer);
            var to = (int*)Panel(panel);
            // Cells behind the last value are zeros.
            new Span<int>(to, Cells * PanelWidth).Clear();
            if (tiles.Precision == CpuPrecision.BFloat16) PanelCells.ToBFloat16(wide.Pointer, Inputs, PanelWidth, to);
            else PanelCells.ToBytes(wide.Pointer, Inputs, PanelWidth, to, Steps(panel), Start(panel));
        }
    }

    /// <summary>A panel of floats, [inputs, 2 vectors].</summary>
    private void FillPanel(int panel, PinnedFloats?[] transposed, float* to)
    {
        int columns = isPair ? TVector.Count : PanelWidth, first = panel * columns, end = Math.Min(first + columns, Outputs);
        if (end < first + columns) new Span<float>(to, Inputs * PanelWidth).Clear();
        if (isPair)
        {
            for (int p = 0; p < parts.Length; p++) FillLanes(parts[p], transposed[p], first, end - first, to + (p * columns));
            return;
        }
        int before = 0;
        for (int p = 0; p < parts.Length; p++)
        {
            int low = Math.Max(first, before), high = Math.Min(end, before + parts[p].Outputs);
            if (low < high) FillLanes(parts[p], transposed[p], low - before, high - low, to + (low - first));
            before += parts[p].Outputs;
        }
    }

    /// <summary>Some outputs of a part, each a lane.</summary>
    private void FillLanes(WeightPart part, PinnedFloats? transposed, int output, int count, float* lanes)
    {
        if (transposed is null)
        {
            using PinnedFloats rows = part.Values.Slice((long)output * Inputs, (long)count * Inputs).Pin();
            Turned.Fill(rows.Address, Inputs, count, Inputs, lanes, PanelWidth);
            return;
        }
        for (int k = 0; k < Inputs; k++)
        {
            float* source = transposed.Address + ((nint)k * part.Outputs) + output;
            for (int l = 0; l < count; l++) lanes[(k * PanelWidth) + l] = source[l];
        }
    }
}
