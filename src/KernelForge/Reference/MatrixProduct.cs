using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KernelForge.Reference;

/// <summary>
/// C += A·B in double precision. Each element is one chain of fused multiply-adds over ascending depth, so that its bits depend neither on
/// the vector width nor on how rows and columns are divided.
/// </summary>
internal static class MatrixProduct
{
    private const int TileRows = 4;

    private static readonly int Strip = 2 * Vector<double>.Count;

    /// <summary>
    /// <paramref name="a"/> is <c>[rows, depth]</c>, <paramref name="b"/> <c>[depth, columns]</c>, <paramref name="c"/>
    /// <c>[rows, columns]</c>, each with its distance between rows.
    /// </summary>
    public static void AddTo(
        Span<double> c, int strideC, ReadOnlySpan<double> a, int strideA, ReadOnlySpan<double> b, int strideB,
        int rows, int depth, int columns)
    {
        if (rows == 0 || depth == 0 || columns == 0) return;
        // The tiles below read without checks: every reach is checked here.
        _ = c[((rows - 1) * strideC) + columns - 1];
        _ = a[((rows - 1) * strideA) + depth - 1];
        _ = b[((depth - 1) * strideB) + columns - 1];
        // Rows of B far apart fall into the same few cache sets; side by side a strip of them serves many rows.
        double[]? panel = rows > TileRows && columns >= Strip ? ArrayPool<double>.Shared.Rent(depth * Strip) : null;
        int column = 0;
        for (; column + Strip <= columns; column += Strip)
        {
            if (panel is null)
            {
                OneStrip(c[column..], strideC, a, strideA, b[column..], strideB, rows, depth);
                continue;
            }
            for (int k = 0; k < depth; k++) b.Slice((k * strideB) + column, Strip).CopyTo(panel.AsSpan(k * Strip));
            OneStrip(c[column..], strideC, a, strideA, panel, Strip, rows, depth);
        }
        if (panel is not null) ArrayPool<double>.Shared.Return(panel);
        for (int row = 0; row < rows; row++)
            Remainder(c[(row * strideC)..], a[(row * strideA)..], b, strideB, depth, column, columns);
    }

    private static void OneStrip(
        Span<double> c, int strideC, ReadOnlySpan<double> a, int strideA, ReadOnlySpan<double> b, int strideB, int rows, int depth)
    {
        int row = 0;
        for (; row + TileRows <= rows; row += TileRows)
            FourRows(c[(row * strideC)..], strideC, a[(row * strideA)..], strideA, b, strideB, depth);
        for (; row < rows; row++) OneRow(c[(row * strideC)..], a[(row * strideA)..], b, strideB, depth);
    }

    private static void FourRows(
        Span<double> c, int strideC, ReadOnlySpan<double> a, int strideA, ReadOnlySpan<double> b, int strideB, int depth)
    {
        int width = Vector<double>.Count;
        ref double c0 = ref MemoryMarshal.GetReference(c);
        ref double a0 = ref MemoryMarshal.GetReference(a);
        ref double b0 = ref MemoryMarshal.GetReference(b);
        nuint second = (nuint)strideC, third = (nuint)(2 * strideC), fourth = (nuint)(3 * strideC), right = (nuint)width;
        Vector<double> sum00 = Vector.LoadUnsafe(ref c0), sum01 = Vector.LoadUnsafe(ref c0, right);
        Vector<double> sum10 = Vector.LoadUnsafe(ref c0, second), sum11 = Vector.LoadUnsafe(ref c0, second + right);
        Vector<double> sum20 = Vector.LoadUnsafe(ref c0, third), sum21 = Vector.LoadUnsafe(ref c0, third + right);
        Vector<double> sum30 = Vector.LoadUnsafe(ref c0, fourth), sum31 = Vector.LoadUnsafe(ref c0, fourth + right);
        for (int k = 0; k < depth; k++)
        {
            nuint at = (nuint)(k * strideB);
            Vector<double> left = Vector.LoadUnsafe(ref b0, at), next = Vector.LoadUnsafe(ref b0, at + right);
            var x = new Vector<double>(Unsafe.Add(ref a0, k));
            sum00 = Vector.FusedMultiplyAdd(x, left, sum00);
            sum01 = Vector.FusedMultiplyAdd(x, next, sum01);
            x = new Vector<double>(Unsafe.Add(ref a0, strideA + k));
            sum10 = Vector.FusedMultiplyAdd(x, left, sum10);
            sum11 = Vector.FusedMultiplyAdd(x, next, sum11);
            x = new Vector<double>(Unsafe.Add(ref a0, (2 * strideA) + k));
            sum20 = Vector.FusedMultiplyAdd(x, left, sum20);
            sum21 = Vector.FusedMultiplyAdd(x, next, sum21);
            x = new Vector<double>(Unsafe.Add(ref a0, (3 * strideA) + k));
            sum30 = Vector.FusedMultiplyAdd(x, left, sum30);
            sum31 = Vector.FusedMultiplyAdd(x, next, sum31);
        }
        sum00.StoreUnsafe(ref c0);
        sum01.StoreUnsafe(ref c0, right);
        sum10.StoreUnsafe(ref c0, second);
        sum11.StoreUnsafe(ref c0, second + right);
        sum20.StoreUnsafe(ref c0, third);
        sum21.StoreUnsafe(ref c0, third + right);
        sum30.StoreUnsafe(ref c0, fourth);
        sum31.StoreUnsafe(ref c0, fourth + right);
    }

    private static void OneRow(Span<double> c, ReadOnlySpan<double> a, ReadOnlySpan<double> b, int strideB, int depth)
    {
        ref double c0 = ref MemoryMarshal.GetReference(c);
        ref double a0 = ref MemoryMarshal.GetReference(a);
        ref double b0 = ref MemoryMarshal.GetReference(b);
        nuint right = (nuint)Vector<double>.Count;
        Vector<double> sum0 = Vector.LoadUnsafe(ref c0), sum1 = Vector.LoadUnsafe(ref c0, right);
        for (int k = 0; k < depth; k++)
        {
            nuint at = (nuint)(k * strideB);
            var x = new Vector<double>(Unsafe.Add(ref a0, k));
            sum0 = Vector.FusedMultiplyAdd(x, Vector.LoadUnsafe(ref b0, at), sum0);
            sum1 = Vector.FusedMultiplyAdd(x, Vector.LoadUnsafe(ref b0, at + right), sum1);
        }
        sum0.StoreUnsafe(ref c0);
        sum1.StoreUnsafe(ref c0, right);
    }

    private static void Remainder(
        Span<double> c, ReadOnlySpan<double> a, ReadOnlySpan<double> b, int strideB, int depth, int from, int columns)
    {
        for (int column = from; column < columns; column++)
        {
            double sum = c[column];
            for (int k = 0; k < depth; k++) sum = Math.FusedMultiplyAdd(a[k], b[(k * strideB) + column], sum);
            c[column] = sum;
        }
    }
}
