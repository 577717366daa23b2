using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace KernelForge.Runtime.Cpu;

/// <summary>Rows turned round into panels, [width][lanes]: what a tile reads its columns from.</summary>
internal static unsafe class Turned
{
    /// <summary>Keys of one sequence and head, in panels of two vectors of keys, zeros after the last key.</summary>
    public static void Keys<TVector>(Rows<TVector> keys, int firstRow, int count, int column, int width, float* destination)
        where TVector : unmanaged, IVector<TVector>
    {
        int panel = 2 * TVector.Count;
        for (int j = 0; j < count; j += panel)
        {
            float* target = destination + ((nint)j * width);
            int present = Math.Min(panel, count - j);
            Fill(keys.Address(firstRow + j, column), keys.Stride, present, width, target, panel);
            for (int l = present; l < panel; l++)
            {
                for (int c = 0; c < width; c++) target[(c * panel) + l] = 0;
            }
        }
    }

    /// <summary>target[c · step + row] = source[row · stride + c].</summary>
    public static void Fill(float* source, nint stride, int rows, int width, float* target, nint step)
    {
        int row = 0;
        for (; row + 4 <= rows; row += 4) Four(source + (row * stride), stride, width, target + row, step);
        for (; row < rows; row++)
        {
            for (int c = 0; c < width; c++) target[(c * step) + row] = source[(row * stride) + c];
        }
    }

    /// <summary>Four rows become four columns, a square of four by four at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Four(float* source, nint stride, int width, float* target, nint step)
    {
        int c = 0;
        for (; c + 4 <= width; c += 4, source += 4, target += 4 * step)
        {
            Vector128<float> a = Vector128.Load(source), b = Vector128.Load(source + stride);
            Vector128<float> d = Vector128.Load(source + (2 * stride)), e = Vector128.Load(source + (3 * stride));
            // The lower and upper halves of rows a, d and b, e are interleaved twice.
            (Vector128<float> p, Vector128<float> q) = Interleave(a, d);
            (Vector128<float> r, Vector128<float> s) = Interleave(b, e);
            (Vector128<float> first, Vector128<float> second) = Interleave(p, r);
            (Vector128<float> third, Vector128<float> fourth) = Interleave(q, s);
            first.Store(target);
            second.Store(target + step);
            third.Store(target + (2 * step));
            fourth.Store(target + (3 * step));
        }
        for (; c < width; c++, source++, target += step)
        {
            for (int l = 0; l < 4; l++) target[l] = source[l * stride];
        }
    }

    private static (Vector128<float> Lower, Vector128<float> Upper) Interleave(Vector128<float> x, Vector128<float> y)
    {
        if (Sse.IsSupported)
            return (Sse.UnpackLow(x, y), Sse.UnpackHigh(x, y));
        if (AdvSimd.Arm64.IsSupported)
            return (AdvSimd.Arm64.ZipLow(x, y), AdvSimd.Arm64.ZipHigh(x, y));
        return (Vector128.Create(x[0], y[0], x[1], y[1]), Vector128.Create(x[2], y[2], x[3], y[3]));
    }
}
