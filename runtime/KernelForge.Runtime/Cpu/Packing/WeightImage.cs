using System.Text;

namespace KernelForge.Runtime.Cpu.Packing;

/// <summary>
/// All weights of a program as its kernels read them: laid out by all threads, from a checkpoint, or read as they were laid out before from
/// a file of a cache folder.
/// </summary>
/// <remarks>Matrices lie in one piece of memory, in huge pages where the system has them.</remarks>
internal sealed unsafe class WeightImage : IDisposable
{
    /// <summary>A cache line.</summary>
    private const int Alignment = 16;

    private readonly List<IImagePart> matrices = [];
    private readonly List<TablePart> tables = [];
    private NativeFloats? memory;

    public void Add(IImagePart matrix) => matrices.Add(matrix);

    public void Add(TablePart table) => tables.Add(table);

    /// <summary>Lays out everything.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="cache">Where it may lie already, and is kept; null for nowhere.</param>
    /// <param name="name">What a file of the cache is called, for people.</param>
    /// <exception cref="WeightException">
    /// A tensor does not hold what it should, or the cache folder cannot be used; the message says which.
    /// </exception>
    public void Fill(WorkerPool pool, WeightCache? cache, string name)
    {
        IImagePart[] parts = [.. tables, .. matrices];
        Place();
        string? recipe = cache is null ? null : RecipeOf(parts);
        if (recipe is null || !cache!.TryRead(name, recipe, Regions(), pool))
        {
            // The largest first, so that threads end together.
            (IImagePart Part, int Piece)[] items =
            [
                .. parts.OrderByDescending(part => part.Floats / Math.Max(1, part.Pieces))
                    .SelectMany(part => Enumerable.Range(0, part.Pieces).Select(piece => (part, piece))),
            ];
            pool.Run(items.Length, new FillWork(items));
            if (recipe is not null) cache!.Write(name, recipe, Regions(), pool);
        }
        foreach (IImagePart part in parts) part.Release();
    }

    public void Dispose()
    {
        foreach (TablePart table in tables) table.Dispose();
        memory?.Dispose();
    }

    /// <summary>Matrices one after another.</summary>
    private void Place()
    {
        memory = NativeFloats.AllocateToFill(matrices.Sum(Aligned));
        float* at = memory.Pointer;
        foreach (IImagePart matrix in matrices)
        {
            matrix.Place(at);
            new Span<float>(at + matrix.Floats, (int)(Aligned(matrix) - matrix.Floats)).Clear();
            at += Aligned(matrix);
        }
    }

    private List<ImageRegion> Regions() =>
    [
        .. tables.Select(table => new ImageRegion((nint)table.Address, table.Floats)),
        new ImageRegion((nint)memory!.Pointer, memory.Length),
    ];

    private static long Aligned(IImagePart part) => (part.Floats + Alignment - 1) / Alignment * Alignment;

    /// <summary>What decides every bit; null where that cannot be said.</summary>
    private static string? RecipeOf(IImagePart[] parts)
    {
        var text = new StringBuilder();
        foreach (IImagePart part in parts)
        {
            if (part.Recipe is not { } recipe) return null;
            text.Append(recipe).Append('\n');
        }
        return text.ToString();
    }

    private readonly struct FillWork((IImagePart Part, int Piece)[] items) : IWork
    {
        public void Run(int item, int worker) => items[item].Part.Fill(items[item].Piece);
    }
}

/// <summary>Memory that a file holds a copy of.</summary>
/// <param name="Address">Where it begins.</param>
/// <param name="Floats">How much it is.</param>
internal readonly record struct ImageRegion(nint Address, long Floats);
