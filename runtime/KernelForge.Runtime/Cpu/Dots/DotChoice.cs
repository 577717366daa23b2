using System.Diagnostics;

namespace KernelForge.Runtime.Cpu.Dots;

/// <summary>Chooses the tiles of a precision: of those that this machine runs and that give what C# gives, the fastest.</summary>
internal static class DotChoice
{
    /// <summary>How much faster than one that stands before it a kind must be: measurements differ from time to time, and choices should not.</summary>
    private const double Margin = 1.15;

    public static DotTiles Make<TVector>(CpuPrecision precision) where TVector : unmanaged, IVector<TVector>
    {
        List<string> notes = [];
        List<DotTiles> usable = [];
        foreach (DotKind kind in DotKind.All)
        {
            if (kind.Precision != precision || kind.VectorBytes != TVector.Count * sizeof(float)) continue;
            try
            {
                var tiles = new DotTiles(precision, AssembledTile.Make(kind), kind.Name);
                if (DotProbe.Check<TVector>(tiles) is { } difference) notes.Add($"{kind.Name}: {difference}");
                else usable.Add(tiles);
            }
            catch (DotException e)
            {
                notes.Add($"no {kind.Name}: {e.Message}");
            }
        }
        string name = $"vectors of {TVector.Count * 32} bits";
        usable.Add(new DotTiles(precision, null, name));
        if (usable.Count == 1) return new DotTiles(precision, null, Explained(name, notes));

        DotTiles best = usable[0];
        double rate = DotProbe.Measure<TVector>(best);
        foreach (DotTiles other in usable.Skip(1))
        {
            double its = DotProbe.Measure<TVector>(other);
            (DotTiles left, double rateOfLeft) = (other, its);
            if (its > rate * Margin) ((left, rateOfLeft), (best, rate)) = ((best, rate), (other, its));
            notes.Add($"{left.Explanation}: {rateOfLeft:0} Gop/s beside {rate:0}");
        }
        return best.With(Explained(best.Explanation, notes));
    }

    private static string Explained(string name, List<string> notes) => notes.Count == 0 ? name : $"{name} ({string.Join("; ", notes)})";
}

/// <summary>A small product: whether tiles give what those of C# give, and how fast they are.</summary>
internal static unsafe class DotProbe
{
    private const int Values = 1024;

    /// <summary>How they differ from C#'s; null where they do not.</summary>
    public static string? Check<TVector>(DotTiles tiles) where TVector : unmanaged, IVector<TVector>
    {
        using var product = new Product<TVector>(tiles);
        for (int rows = 1; rows <= tiles.Rows; rows++)
        {
            if (product.Difference(rows) is { } difference) return difference;
        }
        return null;
    }

    /// <summary>Multiplications and additions a nanosecond: the best of some short runs.</summary>
    public static double Measure<TVector>(DotTiles tiles) where TVector : unmanaged, IVector<TVector>
    {
        const int runs = 12, calls = 8;
        using var product = new Product<TVector>(tiles);
        double best = double.MaxValue;
        for (int run = 0; run < runs; run++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int call = 0; call < calls; call++) product.Run(tiles, tiles.Rows, product.Sums);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds);
        }
        return 2.0 * calls * tiles.Rows * Values * 2 * TVector.Count / best;
    }

    private sealed class Product<TVector> : IDisposable where TVector : unmanaged, IVector<TVector>
    {
        private readonly NativeFloats memory;
        private readonly DotTiles tiles;
        private readonly int cells, width = 2 * TVector.Count;
        private readonly int* a, b, start, expected;

        public Product(DotTiles tiles)
        {
            this.tiles = tiles;
            cells = tiles.CellsOf(Values);
            long sums = (long)tiles.Rows * width;
            memory = NativeFloats.Allocate(((long)(tiles.Rows + width) * cells) + (3 * sums));
            a = (int*)memory.Pointer;
            b = a + ((long)tiles.Rows * cells);
            start = b + ((long)width * cells);
            expected = start + sums;
            Sums = expected + sums;
            var random = new Random(1);
            Fill(random, a, (long)tiles.Rows * cells);
            Fill(random, b, (long)width * cells);
            for (int i = 0; i < sums; i++)
                start[i] = tiles.Precision == CpuPrecision.Int8 ? random.Next(-1 << 20, 1 << 20) : BitConverter.SingleToInt32Bits(random.NextSingle());
        }

        public int* Sums { get; }

        public void Run(DotTiles with, int rows, int* sums)
        {
            var call = new TileCall
            {
                A = a,
                AStride = cells * sizeof(int),
                B = b,
                Cells = cells,
                Sums = sums,
                SumsStride = width * sizeof(int),
                Start = start,
                StartStride = width * sizeof(int),
                Ahead = (byte*)b,
            };
            with.Run<TVector>(rows, ref call);
        }

        public string? Difference(int rows)
        {
            Run(new DotTiles(tiles.Precision, null, ""), rows, expected);
            Run(tiles, rows, Sums);
            for (int i = 0; i < rows * width; i++)
            {
                bool equal = tiles.Precision == CpuPrecision.Int8
                    ? Sums[i] == expected[i]
                    : Math.Abs(BitConverter.Int32BitsToSingle(Sums[i]) - BitConverter.Int32BitsToSingle(expected[i])) <= 1e-2f;
                if (!equal) return $"its product of {rows} rows is not that of C# at row {i / width}, column {i % width}";
            }
            return null;
        }

        public void Dispose() => memory.Dispose();

        /// <summary>bfloat16 between -1 and 1, or any bytes.</summary>
        private void Fill(Random random, int* to, long count)
        {
            for (long i = 0; i < count; i++)
            {
                to[i] = tiles.Precision == CpuPrecision.Int8 ? random.Next(int.MinValue, int.MaxValue) : Half(random) | (Half(random) << 16);
            }
        }

        private static int Half(Random random) =>
            (int)(BitConverter.SingleToUInt32Bits((2 * random.NextSingle()) - 1) >> 16);
    }
}
