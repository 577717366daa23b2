using System.Runtime.CompilerServices;

namespace KernelForge.Runtime.Cpu.Dots;

/// <summary>Tiles of dots in C#: what assembled ones are checked against, and what serves where there are none.</summary>
internal static unsafe class DotTile
{
    /// <summary>Rows that are computed at a time; of fewer, the last one is computed again.</summary>
    private const int RowsAtATime = 4;

    /// <summary>As <see cref="TileCall"/> says; the cells hold bfloat16 or bytes. Sums of bfloat16 are multiply-adds of float32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Run<TVector>(CpuPrecision precision, int rows, in TileCall call) where TVector : unmanaged, IVector<TVector>
    {
        for (int row = 0; row < rows; row += RowsAtATime)
        {
            int count = Math.Min(RowsAtATime, rows - row);
            if (precision == CpuPrecision.BFloat16) Run<TVector, BFloat16Cells>(row, count, call);
            else Run<TVector, ByteCells>(row, count, call);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Run<TVector, TCells>(int row, int rows, in TileCall call)
        where TVector : unmanaged, IVector<TVector>
        where TCells : struct, ICells
    {
        int last = rows - 1, lanes = TVector.Count;
        int* a0 = A(call, row), a1 = A(call, row + Math.Min(1, last)), a2 = A(call, row + Math.Min(2, last)), a3 = A(call, row + last);
        float* start0 = Start(call, row), start1 = Start(call, row + Math.Min(1, last));
        float* start2 = Start(call, row + Math.Min(2, last)), start3 = Start(call, row + last);
        TVector s0 = TVector.Load(start0), t0 = TVector.Load(start0 + lanes), s1 = TVector.Load(start1), t1 = TVector.Load(start1 + lanes);
        TVector s2 = TVector.Load(start2), t2 = TVector.Load(start2 + lanes), s3 = TVector.Load(start3), t3 = TVector.Load(start3 + lanes);
        var b = (float*)call.B;
        for (nint cell = 0; cell < call.Cells; cell++, b += 2 * lanes)
        {
            TVector left = TVector.Load(b), right = TVector.Load(b + lanes);
            TVector x = Cell<TVector>(a0[cell]);
            (s0, t0) = (TCells.Dot(s0, x, left), TCells.Dot(t0, x, right));
            x = Cell<TVector>(a1[cell]);
            (s1, t1) = (TCells.Dot(s1, x, left), TCells.Dot(t1, x, right));
            x = Cell<TVector>(a2[cell]);
            (s2, t2) = (TCells.Dot(s2, x, left), TCells.Dot(t2, x, right));
            x = Cell<TVector>(a3[cell]);
            (s3, t3) = (TCells.Dot(s3, x, left), TCells.Dot(t3, x, right));
        }
        Store(Sums(call, row), s0, t0);
        if (rows > 1) Store(Sums(call, row + 1), s1, t1);
        if (rows > 2) Store(Sums(call, row + 2), s2, t2);
        if (rows > 3) Store(Sums(call, row + 3), s3, t3);
    }

    private static int* A(in TileCall call, int row) => (int*)((byte*)call.A + (row * call.AStride));

    private static float* Sums(in TileCall call, int row) => (float*)((byte*)call.Sums + (row * call.SumsStride));

    private static float* Start(in TileCall call, int row) => (float*)((byte*)call.Start + (row * call.StartStride));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Cell<TVector>(int bits) where TVector : unmanaged, IVector<TVector> =>
        TVector.Broadcast(BitConverter.Int32BitsToSingle(bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TVector>(float* sums, TVector left, TVector right) where TVector : unmanaged, IVector<TVector>
    {
        TVector.Store(sums, left);
        TVector.Store(sums + TVector.Count, right);
    }

    /// <summary>What cells hold, as a type, so that each has code of its own.</summary>
    private interface ICells
    {
        static abstract TVector Dot<TVector>(TVector sums, TVector a, TVector b) where TVector : unmanaged, IVector<TVector>;
    }

    private readonly struct BFloat16Cells : ICells
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Dot<TVector>(TVector sums, TVector a, TVector b) where TVector : unmanaged, IVector<TVector> => TVector.MultiplyAdd(
            TVector.UpperHalves(a), TVector.UpperHalves(b), TVector.MultiplyAdd(TVector.LowerHalves(a), TVector.LowerHalves(b), sums));
    }

    private readonly struct ByteCells : ICells
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Dot<TVector>(TVector sums, TVector a, TVector b) where TVector : unmanaged, IVector<TVector> =>
            TVector.DotBytes(sums, a, b);
    }
}
