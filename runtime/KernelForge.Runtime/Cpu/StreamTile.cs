using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace KernelForge.Runtime.Cpu;

/// <summary>
/// As <see cref="Tile"/>, for few rows over columns that come from memory: each step asks for the same place of what is read next. The sums
/// are the very same chains.
/// </summary>
internal static unsafe class StreamTile
{
    /// <summary>Rows up to which reading costs more than computing.</summary>
    public const int MostRows = 8;

    private const int RowsAtOnce = 4;

    private interface IRowCount
    {
        static abstract int Value { get; }
    }

    /// <inheritdoc cref="Tile.Multiply"/>
    /// <param name="rows">1 to <see cref="MostRows"/>.</param>
    /// <param name="a">[rows, k].</param>
    /// <param name="aStride">Floats from one row to the next.</param>
    /// <param name="b">[k, 2 vectors].</param>
    /// <param name="bStep">Floats from one k to the next.</param>
    /// <param name="k">How many products a sum has.</param>
    /// <param name="sums">[rows, 2 vectors].</param>
    /// <param name="resume">Whether the chains go on from what the sums hold.</param>
    /// <param name="ahead">What is read next, as large as b.</param>
    public static void Multiply<TVector>(
        int rows, float* a, nint aStride, float* b, nint bStep, int k, float* sums, bool resume, float* ahead)
        where TVector : unmanaged, IVector<TVector>
    {
        var distance = (nint)(ahead - b);
        for (int r = 0; r < rows; r += RowsAtOnce, a += RowsAtOnce * aStride, sums += RowsAtOnce * 2 * TVector.Count)
        {
            switch (rows - r)
            {
                case 1: Run<TVector, Rows1>(a, aStride, b, bStep, k, sums, resume, distance); break;
                case 2: Run<TVector, Rows2>(a, aStride, b, bStep, k, sums, resume, distance); break;
                case 3: Run<TVector, Rows3>(a, aStride, b, bStep, k, sums, resume, distance); break;
                default: Run<TVector, Rows4>(a, aStride, b, bStep, k, sums, resume, distance); break;
            }
            // The others find it under way.
            distance = 0;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Run<TVector, TRows>(float* a, nint aStride, float* b, nint bStep, int k, float* sums, bool resume, nint distance)
        where TVector : unmanaged, IVector<TVector>
        where TRows : struct, IRowCount
    {
        nint third = 2 * aStride, fourth = 3 * aStride;
        int lanes = TVector.Count;
        TVector s0 = TVector.Zero, t0 = TVector.Zero;
        TVector s1 = TVector.Zero, t1 = TVector.Zero;
        TVector s2 = TVector.Zero, t2 = TVector.Zero;
        TVector s3 = TVector.Zero, t3 = TVector.Zero;
        if (resume)
        {
            (s0, t0) = (TVector.Load(sums), TVector.Load(sums + lanes));
            if (TRows.Value > 1) (s1, t1) = (TVector.Load(sums + (2 * lanes)), TVector.Load(sums + (3 * lanes)));
            if (TRows.Value > 2) (s2, t2) = (TVector.Load(sums + (4 * lanes)), TVector.Load(sums + (5 * lanes)));
            if (TRows.Value > 3) (s3, t3) = (TVector.Load(sums + (6 * lanes)), TVector.Load(sums + (7 * lanes)));
        }
        for (; k > 0; k--, a++, b += bStep)
        {
            if (Sse.IsSupported)
            {
                Sse.Prefetch1(b + distance);
                if (TVector.Count == 16) Sse.Prefetch1(b + distance + 16);
            }
            TVector x, left = TVector.Load(b), right = TVector.Load(b + TVector.Count);
            x = TVector.Broadcast(*a);
            (s0, t0) = (TVector.MultiplyAdd(x, left, s0), TVector.MultiplyAdd(x, right, t0));
            if (TRows.Value > 1)
            {
                x = TVector.Broadcast(a[aStride]);
                (s1, t1) = (TVector.MultiplyAdd(x, left, s1), TVector.MultiplyAdd(x, right, t1));
            }
            if (TRows.Value > 2)
            {
                x = TVector.Broadcast(a[third]);
                (s2, t2) = (TVector.MultiplyAdd(x, left, s2), TVector.MultiplyAdd(x, right, t2));
            }
            if (TRows.Value > 3)
            {
                x = TVector.Broadcast(a[fourth]);
                (s3, t3) = (TVector.MultiplyAdd(x, left, s3), TVector.MultiplyAdd(x, right, t3));
            }
        }
        Store(sums, s0, t0);
        if (TRows.Value > 1) Store(sums + (2 * lanes), s1, t1);
        if (TRows.Value > 2) Store(sums + (4 * lanes), s2, t2);
        if (TRows.Value > 3) Store(sums + (6 * lanes), s3, t3);
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
}
