using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace KernelForge.Runtime.Cpu.Dots;

/// <summary>Panels of weights, [inputs, width], rounded to cells, [cells, width]; a width is a multiple of eight.</summary>
internal static unsafe class PanelCells
{
    public static void ToBFloat16(float* from, int inputs, int width, int* to)
    {
        for (int k = 0; k < inputs; k += 2, from += 2 * width, to += width)
            Narrow.PairToBFloat16(from, k + 1 < inputs ? from + width : null, width, to);
    }

    /// <param name="from">[inputs, width].</param>
    /// <param name="inputs">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="to">[cells, width].</param>
    /// <param name="steps">What one step of each column is: its largest magnitude is 127 of them.</param>
    /// <param name="start">What takes away the <see cref="Narrow.Zero"/> that rows have in each of their bytes.</param>
    public static void ToBytes(float* from, int inputs, int width, int* to, float* steps, int* start)
    {
        for (int column = 0; column < width; column += Vector256<float>.Count) Columns(from + column, inputs, width, to + column, steps + column, start + column);
    }

    /// <summary>A vector of columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Columns(float* from, int inputs, int width, int* to, float* steps, int* start)
    {
        const int values = 4, valueBits = 8;
        Vector256<float> largest = Vector256<float>.Zero;
        for (int k = 0; k < inputs; k++) largest = Vector256.Max(largest, Vector256.Abs(Vector256.Load(from + ((nint)k * width))));
        Vector256<float> factors = default;
        for (int lane = 0; lane < Vector256<float>.Count; lane++)
        {
            factors = factors.WithElement(lane, Narrow.FactorOf(largest[lane]));
            steps[lane] = Narrow.StepOf(largest[lane]);
        }
        Vector256<int> sums = Vector256<int>.Zero;
        for (int k = 0; k < inputs; k += values, to += width)
        {
            Vector256<int> cell = Vector256<int>.Zero;
            for (int i = 0; i < values && k + i < inputs; i++)
            {
                Vector256<int> value = Narrow.Steps(Vector256.Load(from + ((nint)(k + i) * width)), factors);
                sums += value;
                cell |= (value & Vector256.Create((int)byte.MaxValue)) << (i * valueBits);
            }
            cell.Store(to);
        }
        (sums * -Narrow.Zero).Store(start);
    }
}
