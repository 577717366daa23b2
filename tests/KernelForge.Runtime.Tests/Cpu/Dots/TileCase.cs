using KernelForge.Runtime.Cpu;
using KernelForge.Runtime.Cpu.Dots;

namespace KernelForge.Runtime.Tests.Cpu.Dots;

/// <summary>What a tile of a kind works on, drawn from a seed, with guards behind each row of the sums.</summary>
internal sealed unsafe class TileCase : IDisposable
{
    private const int Guard = 32, GuardBits = 0x5a5a5a5a;

    private readonly NativeFloats memory;
    private readonly TileCall call;
    private readonly int rows, width, strideOfStart, strideOfSums;

    public TileCase(DotKind kind, int rows, int cells, bool oneStart)
    {
        this.rows = rows;
        width = 2 * kind.VectorBytes / sizeof(float);
        int stride = cells + 3;
        strideOfStart = oneStart ? 0 : width;
        strideOfSums = width + Guard;
        memory = NativeFloats.Allocate(((long)(rows + 1) * stride) + ((long)cells * width) + ((long)rows * (width + strideOfSums)));
        var random = new Random(rows + (100 * cells));
        var a = (int*)memory.Pointer;
        int* b = a + ((rows + 1) * stride), start = b + (cells * width), sums = start + (rows * width);
        bool bytes = kind.Precision == CpuPrecision.Int8;
        for (int i = 0; i < rows * stride; i++) a[i] = Cell(random, bytes);
        for (int i = 0; i < cells * width; i++) b[i] = Cell(random, bytes);
        for (int i = 0; i < rows * width; i++)
            start[i] = bytes ? random.Next(-1 << 20, 1 << 20) : BitConverter.SingleToInt32Bits(random.NextSingle());
        call = new TileCall
        {
            A = a,
            AStride = stride * sizeof(int),
            B = b,
            Cells = cells,
            Sums = sums,
            SumsStride = strideOfSums * sizeof(int),
            Start = start,
            StartStride = strideOfStart * sizeof(int),
            Ahead = (byte*)b,
            AheadStep = Ahead.Line,
            Registers = kind.IsMatrix ? MatrixRegisters.For(rows) : null,
        };
    }

    /// <summary>Sums as a tile computes them; what lies behind them is still there.</summary>
    public int[] Sums(Action<TileCall> tile)
    {
        var all = new Span<int>(call.Sums, rows * strideOfSums);
        all.Fill(GuardBits);
        tile(call);
        int[] sums = new int[rows * width];
        for (int row = 0; row < rows; row++)
        {
            Span<int> stored = all.Slice(row * strideOfSums, strideOfSums);
            Assert.All(stored[width..].ToArray(), bits => Assert.Equal(GuardBits, bits));
            stored[..width].CopyTo(sums.AsSpan(row * width));
        }
        return sums;
    }

    /// <summary>Sums as they are defined: in doubles, of bytes in whole numbers.</summary>
    public double[] Expected(CpuPrecision precision)
    {
        var sums = new double[rows * width];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < width; column++)
            {
                int start = call.Start[(row * strideOfStart) + column];
                double sum = precision == CpuPrecision.Int8 ? start : BitConverter.Int32BitsToSingle(start);
                for (int cell = 0; cell < call.Cells; cell++)
                {
                    int x = call.A[(row * call.AStride / sizeof(int)) + cell], y = call.B[(cell * width) + column];
                    sum += precision == CpuPrecision.Int8
                        ? Enumerable.Range(0, 4).Sum(i => (byte)(x >> (8 * i)) * (sbyte)(y >> (8 * i)))
                        : ((double)Half(x << 16) * Half(y << 16)) + ((double)Half(x) * Half(y));
                }
                sums[(row * width) + column] = sum;
            }
        }
        return sums;
    }

    public void Dispose() => memory.Dispose();

    private static float Half(int bits) => BitConverter.Int32BitsToSingle(bits & unchecked((int)0xffff0000));

    private static int Cell(Random random, bool bytes)
    {
        return bytes ? random.Next(int.MinValue, int.MaxValue) : Bits() | (Bits() << 16);

        int Bits() => (int)(BitConverter.SingleToUInt32Bits((2 * random.NextSingle()) - 1) >> 16);
    }
}
