using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace KernelForge.Runtime.Cpu;

/// <summary>The inner product of everything: up to fourteen rows by two vectors of columns, the sums in registers over the whole of k.</summary>
/// <remarks>
/// Each sum is one chain of multiply-adds over ascending k, whatever the number of rows: a row's bits do not depend on the tile it falls in.
/// The sums go to memory, so that this code, the longest to compile, is compiled once for all epilogues; at k in the hundreds that
/// costs less than one part in a hundred.
/// </remarks>
internal static unsafe class Tile
{
    /// <summary>A number of rows as a type, so that each has code of its own.</summary>
    private interface IRowCount
    {
        static abstract int Value { get; }
    }

    /// <summary>
    /// sums[r, c] = Σ a[r·aStride + t·aStep] · b[t·bStep + c], t ascending; <paramref name="sums"/> is [rows, 2 vectors], dense.
    /// With 1 to <see cref="IVector{TSelf}.TileRows"/> rows; when it resumes, the chains go on from what the sums hold instead of from zero.
    /// Each step asks for some of what lies <paramref name="ahead"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Multiply<TVector>(
        int rows, float* a, nint aStride, nint aStep, float* b, nint bStep, int k, float* sums, bool resume, Ahead ahead = default)
        where TVector : unmanaged, IVector<TVector>
    {
        switch (rows)
        {
            case 1: Run<TVector, Rows1>(a, aStride, aStep, b, bStep, k, sums, resume, ahead); break;
            case 2: Run<TVector, Rows2>(a, aStride, aStep, b, bStep, k, sums, resume, ahead); break;
            case 3: Run<TVector, Rows3>(a, aStride, aStep, b, bStep, k, sums, resume, ahead); break;
            case 4: Run<TVector, Rows4>(a, aStride, aStep, b, bStep, k, sums, resume, ahead); break;
            case 5: Run<TVector, Rows5>(a, aStride, aStep, b, bStep, k, sums, resume, ahead); break;
            case 6: Run<TVector, Rows6>(a, aStride, aStep, b, bStep, k, sums, resume, ahead); break;
            case 7: Run<TVector, Rows7>(a, aStride, aStep, b, bStep, k, sums, resume, ahead); break;
            case 8: Run<TVector, Rows8>(a, aStride, aStep, b, bStep, k, sums, resume, ahead); break;
            case 9: Run<TVector, Rows9>(a, aStride, aStep, b, bStep, k, sums, resume, ahead); break;
            case 10: Run<TVector, Rows10>(a, aStride, aStep, b, bStep, k, sums, resume, ahead); break;
            case 11: Run<TVector, Rows11>(a, aStride, aStep, b, bStep, k, sums, resume, ahead); break;
            case 12: Run<TVector, Rows12>(a, aStride, aStep, b, bStep, k, sums, resume, ahead); break;
            case 13: Run<TVector, Rows13>(a, aStride, aStep, b, bStep, k, sums, resume, ahead); break;
            case 14: Run<TVector, Rows14>(a, aStride, aStep, b, bStep, k, sums, resume, ahead); break;
            default: throw new ArgumentOutOfRangeException(nameof(rows));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Run<TVector, TRows>(
        float* a, nint aStride, nint aStep, float* b, nint bStep, int k, float* sums, bool resume, Ahead ahead)
        where TVector : unmanaged, IVector<TVector>
        where TRows : struct, IRowCount
    {
        // Three rows a pointer: one base register and two shared strides reach each of them.
        nint second = aStride, third = 2 * aStride, step = aStep;
        float* a0 = a, a3 = a0 + aStride + third, a6 = a3 + aStride + third, a9 = a6 + aStride + third, a12 = a9 + aStride + third;
        byte* next = ahead.From is null ? (byte*)b : ahead.From;
        nint nextStep = ahead.Step;
        TVector s0 = TVector.Zero, t0 = TVector.Zero;
        TVector s1 = TVector.Zero, t1 = TVector.Zero;
        TVector s2 = TVector.Zero, t2 = TVector.Zero;
        TVector s3 = TVector.Zero, t3 = TVector.Zero;
        TVector s4 = TVector.Zero, t4 = TVector.Zero;
        TVector s5 = TVector.Zero, t5 = TVector.Zero;
        TVector s6 = TVector.Zero, t6 = TVector.Zero;
        TVector s7 = TVector.Zero, t7 = TVector.Zero;
        TVector s8 = TVector.Zero, t8 = TVector.Zero;
        TVector s9 = TVector.Zero, t9 = TVector.Zero;
        TVector s10 = TVector.Zero, t10 = TVector.Zero;
        TVector s11 = TVector.Zero, t11 = TVector.Zero;
        TVector s12 = TVector.Zero, t12 = TVector.Zero;
        TVector s13 = TVector.Zero, t13 = TVector.Zero;
        int lanes = TVector.Count;
        if (resume)
        {
            (s0, t0) = (TVector.Load(sums + (0 * lanes)), TVector.Load(sums + (1 * lanes)));
            if (TRows.Value > 1) (s1, t1) = (TVector.Load(sums + (2 * lanes)), TVector.Load(sums + (3 * lanes)));
            if (TRows.Value > 2) (s2, t2) = (TVector.Load(sums + (4 * lanes)), TVector.Load(sums + (5 * lanes)));
            if (TRows.Value > 3) (s3, t3) = (TVector.Load(sums + (6 * lanes)), TVector.Load(sums + (7 * lanes)));
            if (TRows.Value > 4) (s4, t4) = (TVector.Load(sums + (8 * lanes)), TVector.Load(sums + (9 * lanes)));
            if (TRows.Value > 5) (s5, t5) = (TVector.Load(sums + (10 * lanes)), TVector.Load(sums + (11 * lanes)));
            if (TRows.Value > 6) (s6, t6) = (TVector.Load(sums + (12 * lanes)), TVector.Load(sums + (13 * lanes)));
            if (TRows.Value > 7) (s7, t7) = (TVector.Load(sums + (14 * lanes)), TVector.Load(sums + (15 * lanes)));
            if (TRows.Value > 8) (s8, t8) = (TVector.Load(sums + (16 * lanes)), TVector.Load(sums + (17 * lanes)));
            if (TRows.Value > 9) (s9, t9) = (TVector.Load(sums + (18 * lanes)), TVector.Load(sums + (19 * lanes)));
            if (TRows.Value > 10) (s10, t10) = (TVector.Load(sums + (20 * lanes)), TVector.Load(sums + (21 * lanes)));
            if (TRows.Value > 11) (s11, t11) = (TVector.Load(sums + (22 * lanes)), TVector.Load(sums + (23 * lanes)));
            if (TRows.Value > 12) (s12, t12) = (TVector.Load(sums + (24 * lanes)), TVector.Load(sums + (25 * lanes)));
            if (TRows.Value > 13) (s13, t13) = (TVector.Load(sums + (26 * lanes)), TVector.Load(sums + (27 * lanes)));
        }
        for (; k > 0; k--)
        {
            if (Sse.IsSupported)
            {
                Sse.Prefetch1(next);
                Sse.Prefetch1(next + Ahead.Line);
            }
            TVector x, left = TVector.Load(b), right = TVector.Load(b + TVector.Count);
            x = TVector.Broadcast(*a0);
            (s0, t0) = (TVector.MultiplyAdd(x, left, s0), TVector.MultiplyAdd(x, right, t0));
            if (TRows.Value > 1)
            {
                x = TVector.Broadcast(a0[second]);
                (s1, t1) = (TVector.MultiplyAdd(x, left, s1), TVector.MultiplyAdd(x, right, t1));
            }
            if (TRows.Value > 2)
            {
                x = TVector.Broadcast(a0[third]);
                (s2, t2) = (TVector.MultiplyAdd(x, left, s2), TVector.MultiplyAdd(x, right, t2));
            }
            if (TRows.Value > 3)
            {
                x = TVector.Broadcast(*a3);
                (s3, t3) = (TVector.MultiplyAdd(x, left, s3), TVector.MultiplyAdd(x, right, t3));
            }
            if (TRows.Value > 4)
            {
                x = TVector.Broadcast(a3[second]);
                (s4, t4) = (TVector.MultiplyAdd(x, left, s4), TVector.MultiplyAdd(x, right, t4));
            }
            if (TRows.Value > 5)
            {
                x = TVector.Broadcast(a3[third]);
                (s5, t5) = (TVector.MultiplyAdd(x, left, s5), TVector.MultiplyAdd(x, right, t5));
            }
            if (TRows.Value > 6)
            {
                x = TVector.Broadcast(*a6);
                (s6, t6) = (TVector.MultiplyAdd(x, left, s6), TVector.MultiplyAdd(x, right, t6));
            }
            if (TRows.Value > 7)
            {
                x = TVector.Broadcast(a6[second]);
                (s7, t7) = (TVector.MultiplyAdd(x, left, s7), TVector.MultiplyAdd(x, right, t7));
            }
            if (TRows.Value > 8)
            {
                x = TVector.Broadcast(a6[third]);
                (s8, t8) = (TVector.MultiplyAdd(x, left, s8), TVector.MultiplyAdd(x, right, t8));
            }
            if (TRows.Value > 9)
            {
                x = TVector.Broadcast(*a9);
                (s9, t9) = (TVector.MultiplyAdd(x, left, s9), TVector.MultiplyAdd(x, right, t9));
            }
            if (TRows.Value > 10)
            {
                x = TVector.Broadcast(a9[second]);
                (s10, t10) = (TVector.MultiplyAdd(x, left, s10), TVector.MultiplyAdd(x, right, t10));
            }
            if (TRows.Value > 11)
            {
                x = TVector.Broadcast(a9[third]);
                (s11, t11) = (TVector.MultiplyAdd(x, left, s11), TVector.MultiplyAdd(x, right, t11));
            }
            if (TRows.Value > 12)
            {
                x = TVector.Broadcast(*a12);
                (s12, t12) = (TVector.MultiplyAdd(x, left, s12), TVector.MultiplyAdd(x, right, t12));
            }
            if (TRows.Value > 13)
            {
                x = TVector.Broadcast(a12[second]);
                (s13, t13) = (TVector.MultiplyAdd(x, left, s13), TVector.MultiplyAdd(x, right, t13));
            }
            b += bStep;
            next += nextStep;
            a0 += step;
            if (TRows.Value > 3) a3 += step;
            if (TRows.Value > 6) a6 += step;
            if (TRows.Value > 9) a9 += step;
            if (TRows.Value > 12) a12 += step;
        }
        Store(sums + (0 * lanes), s0, t0);
        if (TRows.Value > 1) Store(sums + (2 * lanes), s1, t1);
        if (TRows.Value > 2) Store(sums + (4 * lanes), s2, t2);
        if (TRows.Value > 3) Store(sums + (6 * lanes), s3, t3);
        if (TRows.Value > 4) Store(sums + (8 * lanes), s4, t4);
        if (TRows.Value > 5) Store(sums + (10 * lanes), s5, t5);
        if (TRows.Value > 6) Store(sums + (12 * lanes), s6, t6);
        if (TRows.Value > 7) Store(sums + (14 * lanes), s7, t7);
        if (TRows.Value > 8) Store(sums + (16 * lanes), s8, t8);
        if (TRows.Value > 9) Store(sums + (18 * lanes), s9, t9);
        if (TRows.Value > 10) Store(sums + (20 * lanes), s10, t10);
        if (TRows.Value > 11) Store(sums + (22 * lanes), s11, t11);
        if (TRows.Value > 12) Store(sums + (24 * lanes), s12, t12);
        if (TRows.Value > 13) Store(sums + (26 * lanes), s13, t13);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TVector>(float* sums, TVector left, TVector right) where TVector : unmanaged, IVector<TVector>
    {
        TVector.Store(sums, left);
        TVector.Store(sums + TVector.Count, right);
    }

    private readonly struct Rows1 : IRowCount { public static int Value => 1; }
    private readonly struct Rows2 : IRowCount { public static int Value => 2; }
    private readonly struct Rows3 : IRowCount { public static int Value => 3; }
    private readonly struct Rows4 : IRowCount { public static int Value => 4; }
    private readonly struct Rows5 : IRowCount { public static int Value => 5; }
    private readonly struct Rows6 : IRowCount { public static int Value => 6; }
    private readonly struct Rows7 : IRowCount { public static int Value => 7; }
    private readonly struct Rows8 : IRowCount { public static int Value => 8; }
    private readonly struct Rows9 : IRowCount { public static int Value => 9; }
    private readonly struct Rows10 : IRowCount { public static int Value => 10; }
    private readonly struct Rows11 : IRowCount { public static int Value => 11; }
    private readonly struct Rows12 : IRowCount { public static int Value => 12; }
    private readonly struct Rows13 : IRowCount { public static int Value => 13; }
    private readonly struct Rows14 : IRowCount { public static int Value => 14; }
}
