using System.Collections.Concurrent;

namespace KernelForge.Runtime.Cpu.Dots;

/// <summary>The tiles with which a precision is multiplied on this machine: assembled ones, or those of C#.</summary>
internal sealed class DotTiles
{
    private static readonly ConcurrentDictionary<(CpuPrecision, int), Lazy<DotTiles>> Chosen = [];

    private readonly AssembledTile? assembled;
    private readonly DotKind? shape;

    /// <param name="precision">What is multiplied.</param>
    /// <param name="assembled">The code; null for C#.</param>
    /// <param name="explanation">The instructions, and why it is these.</param>
    /// <param name="shape">
    /// The kind whose rows and cells C# is to have, so that any machine can try what is laid out for it; null for its own.
    /// </param>
    internal DotTiles(CpuPrecision precision, AssembledTile? assembled, string explanation, DotKind? shape = null)
    {
        (Precision, this.assembled, Explanation) = (precision, assembled, explanation);
        this.shape = assembled?.Kind ?? shape;
    }

    public CpuPrecision Precision { get; }

    /// <summary>Rows of the largest tile.</summary>
    public int Rows => shape?.Rows ?? 12;

    /// <summary>Of how many cells a row must be a multiple.</summary>
    public int CellMultiple => shape?.CellMultiple ?? 1;

    /// <summary>Whether they have instructions of their own: in C#, bfloat16 is slower than floats.</summary>
    public bool AreAssembled => assembled is not null;

    /// <summary>The instructions, and why it is these.</summary>
    public string Explanation { get; }

    /// <summary>Values in a cell.</summary>
    public int ValuesInCell => Precision == CpuPrecision.BFloat16 ? 2 : 4;

    /// <summary>Those of this machine for vectors of a width; found out once a process, by a check and a measurement of each.</summary>
    public static DotTiles For<TVector>(CpuPrecision precision) where TVector : unmanaged, IVector<TVector> =>
        Chosen.GetOrAdd((precision, TVector.Count), _ => new Lazy<DotTiles>(() => DotChoice.Make<TVector>(precision))).Value;

    /// <summary>The same with another explanation.</summary>
    public DotTiles With(string explanation) => new(Precision, assembled, explanation, shape);

    /// <summary>Cells of a row of so many values, zeros filled up.</summary>
    public int CellsOf(int values)
    {
        int cells = (values + ValuesInCell - 1) / ValuesInCell;
        return (cells + CellMultiple - 1) / CellMultiple * CellMultiple;
    }

    /// <summary>Computes a tile of 1 to <see cref="Rows"/> rows.</summary>
    public unsafe void Run<TVector>(int rows, ref TileCall call) where TVector : unmanaged, IVector<TVector>
    {
        // Assembled loops have a cell at least.
        if (assembled is null || call.Cells == 0)
        {
            DotTile.Run<TVector>(Precision, rows, call);
            return;
        }
        if (assembled.Kind.IsMatrix) call.Registers = MatrixRegisters.For(rows);
        assembled.Run(rows, call);
    }
}
