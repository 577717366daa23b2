using System.Runtime.CompilerServices;

using KernelForge.Runtime.Cpu.Dots;

namespace KernelForge.Runtime.Cpu;

/// <summary>One or more weights of the same input, in panels, each with its epilogue.</summary>
public interface IGemmBlock<TVector> where TVector : unmanaged, IVector<TVector>
{
    int Inputs { get; }

    int Panels { get; }

    /// <summary>The weights' tiles of dots; null where they are floats.</summary>
    internal DotTiles? Tiles { get; }

    /// <summary>Computes the panels from <paramref name="firstPanel"/> to below <paramref name="endPanel"/> for rows likewise.</summary>
    void Run(Rows<TVector> input, int firstRow, int endRow, int firstPanel, int endPanel, GemmScratch scratch);
}

/// <summary>What a worker has for an item: room for its tiles' sums, and the item's rows as cells where the weights are cells.</summary>
public readonly unsafe struct GemmScratch
{
    internal GemmScratch(float* sums, RowCells cells)
    {
        Sums = sums;
        Cells = cells;
    }

    internal float* Sums { get; }

    internal RowCells Cells { get; }
}

/// <summary>See <see cref="Gemm.Block"/>.</summary>
public readonly struct GemmBlock<TVector, TEpilogue> : IGemmBlock<TVector>
    where TVector : unmanaged, IVector<TVector>
    where TEpilogue : struct, IGemmEpilogue<TVector>
{
    private readonly PackedMatrix<TVector> weights;
    private readonly TEpilogue epilogue;

    internal GemmBlock(PackedMatrix<TVector> weights, TEpilogue epilogue)
    {
        weights.RequireLaidOut();
        (this.weights, this.epilogue) = (weights, epilogue);
    }

    public int Inputs => weights.Inputs;

    public int Panels => weights.Panels;

    DotTiles? IGemmBlock<TVector>.Tiles => weights.Tiles;

    public void Run(Rows<TVector> input, int firstRow, int endRow, int firstPanel, int endPanel, GemmScratch scratch) =>
        GemmTiles.Run(input, weights, new Columns(epilogue, weights.Outputs), firstRow, endRow, firstPanel, endPanel, scratch);

    private readonly struct Columns(TEpilogue epilogue, int columns) : IGemmPairEpilogue<TVector>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply(int row, int column, TVector first, TVector second)
        {
            epilogue.Apply(row, 2 * column, first);
            if ((2 * column) + TVector.Count < columns) epilogue.Apply(row, (2 * column) + TVector.Count, second);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Ask(int row, int column)
        {
            epilogue.Ask(row, 2 * column);
            if ((2 * column) + TVector.Count < columns) epilogue.Ask(row, (2 * column) + TVector.Count);
        }
    }
}

/// <summary>See <see cref="Gemm.PairBlock"/>.</summary>
public readonly struct GemmPairBlock<TVector, TEpilogue> : IGemmBlock<TVector>
    where TVector : unmanaged, IVector<TVector>
    where TEpilogue : struct, IGemmPairEpilogue<TVector>
{
    private readonly PackedMatrix<TVector> weights;
    private readonly TEpilogue epilogue;

    internal GemmPairBlock(PackedMatrix<TVector> weights, TEpilogue epilogue)
    {
        weights.RequireLaidOut();
        (this.weights, this.epilogue) = (weights, epilogue);
    }

    public int Inputs => weights.Inputs;

    public int Panels => weights.Panels;

    DotTiles? IGemmBlock<TVector>.Tiles => weights.Tiles;

    public void Run(Rows<TVector> input, int firstRow, int endRow, int firstPanel, int endPanel, GemmScratch scratch) =>
        GemmTiles.Run(input, weights, epilogue, firstRow, endRow, firstPanel, endPanel, scratch);
}

/// <summary>Two blocks as one: the panels of the first, then those of the second.</summary>
internal readonly struct GemmBlocks<TVector, TFirst, TSecond>(TFirst first, TSecond second) : IGemmBlock<TVector>
    where TVector : unmanaged, IVector<TVector>
    where TFirst : struct, IGemmBlock<TVector>
    where TSecond : struct, IGemmBlock<TVector>
{
    public int Inputs => first.Inputs == second.Inputs
        ? first.Inputs
        : throw new ArgumentException($"Weights of {first.Inputs} and {second.Inputs} inputs have no input in common.");

    public int Panels => first.Panels + second.Panels;

    DotTiles? IGemmBlock<TVector>.Tiles => first.Tiles == second.Tiles
        ? first.Tiles
        : throw new ArgumentException("Weights of different precisions have no input in common.");

    public void Run(Rows<TVector> input, int firstRow, int endRow, int firstPanel, int endPanel, GemmScratch scratch)
    {
        int border = first.Panels;
        if (firstPanel < border) first.Run(input, firstRow, endRow, firstPanel, Math.Min(endPanel, border), scratch);
        if (endPanel > border) second.Run(input, firstRow, endRow, Math.Max(firstPanel, border) - border, endPanel - border, scratch);
    }
}
