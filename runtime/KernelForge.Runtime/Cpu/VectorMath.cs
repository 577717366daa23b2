using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KernelForge.Runtime.Cpu;

/// <summary>
/// Elementary functions on vectors of float32. Each saturates as the real function does, passes NaN through, and is within
/// 2 units in the last place (<see cref="Pow"/>: of <see cref="MathF"/>'s).
/// </summary>
/// <remarks>The polynomials are least-maximum fits of the functions on the intervals stated.</remarks>
public static class VectorMath
{
    /// <summary>Entries of a table for <see cref="IVector{TSelf}.LookUp"/>.</summary>
    internal const int TableLength = 16;

    private const float LargestReducible = 131072;

    /// <summary>Added to a small number, it rounds that to a whole one, which then stands in the lower bits.</summary>
    private const float Rounding = 12582912;

    /// <summary>Φ - ½ around each of the sixteen points that cut [0, 5.4], a table for each power of the distance in parts.</summary>
    private static ReadOnlySpan<float> NormalDistribution =>
    [
        0.0f, 0.140576422f, 0.264237493f, 0.359928906f, 0.425066292f, 0.464069694f, 0.484613657f, 0.494132251f,
        0.498011619f, 0.499402344f, 0.499840885f, 0.499962538f, 0.499992192f, 0.499998569f, 0.499999762f, 0.5f,
        0.143618956f, 0.134607002f, 0.11082641f, 0.0801558346f, 0.0509262979f, 0.0284225177f, 0.0139345918f, 0.0060011521f,
        0.00227028551f, 0.000754445966f, 0.000220228438f, 5.64691836e-05f, 1.27185349e-05f, 2.5161944e-06f, 4.37246428e-07f, 2.1756141e-06f,
        5.02715102e-06f, -0.0087223053f, -0.0143627971f, -0.0155820101f, -0.0131999562f, -0.0092088962f, -0.00541784754f, -0.00272221351f,
        -0.0011769844f, -0.000440032309f, -0.000142726465f, -4.02584192e-05f, -9.8922992e-06f, -2.12030659e-06f, -3.96829876e-07f, 2.09674836e-05f,
        -0.00313263386f, -0.00251757912f, -0.00115213369f, 0.000278905616f, 0.00116954185f, 0.00136779458f, 0.00110131106f, 0.000694907969f,
        0.000359904574f, 0.000156450464f, 5.78071522e-05f, 1.82995227e-05f, 4.98957706e-06f, 1.17622653e-06f, 2.40396218e-07f, 6.72611495e-05f,
        7.28455489e-05f, 0.000267973286f, 0.000382105238f, 0.000307081529f, 0.000132447065f, -2.25788026e-05f, -9.63664934e-05f, -9.80446785e-05f,
        -6.73180839e-05f, -3.58134603e-05f, -1.55099988e-05f, -5.60091303e-06f, -1.70987221e-06f, -4.45164375e-07f, -9.94289096e-08f, 6.7148947e-05f,
    ];

    /// <summary>e^x: infinity above 88.723, gradual underflow to zero below -87.3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Exp<TVector>(TVector x) where TVector : unmanaged, IVector<TVector>
    {
        // Beyond these bounds the result is already infinity or zero.
        x = TVector.AtMost(TVector.Broadcast(89), TVector.AtLeast(TVector.Broadcast(-104), x));

        TVector p = ExpOfRemainder(x, out TVector n);
        // 2^n in two factors: n reaches past what one float's exponent holds, on both sides.
        TVector half = TVector.Floor(n * TVector.Broadcast(0.5f));
        return TVector.Scale(TVector.Scale(p, half), n - half);
    }

    /// <summary>e^x for x in [-87, 88], where neither bound nor underflow is met; NaN passes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector ExpInRange<TVector>(TVector x) where TVector : unmanaged, IVector<TVector>
    {
        TVector p = ExpOfRemainder(x, out TVector n);
        return TVector.Scale(p, n);
    }

    /// <summary>e^(x - n·ln 2), n being the nearest integer to x / ln 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector ExpOfRemainder<TVector>(TVector x, out TVector n) where TVector : unmanaged, IVector<TVector>
    {
        n = TVector.Round(x * TVector.Broadcast(1.442695f));
        TVector r = TVector.MultiplyAdd(n, TVector.Broadcast(-0.69314575f), x);
        r = TVector.MultiplyAdd(n, TVector.Broadcast(-1.4286068e-6f), r);

        // e^r = 1 + r + r²·p(r) on ±½ ln 2.
        TVector p = TVector.Broadcast(0.0013813064f);
        p = TVector.MultiplyAdd(p, r, TVector.Broadcast(0.008369426f));
        p = TVector.MultiplyAdd(p, r, TVector.Broadcast(0.04166846f));
        p = TVector.MultiplyAdd(p, r, TVector.Broadcast(0.16666515f));
        p = TVector.MultiplyAdd(p, r, TVector.Broadcast(0.49999994f));
        return TVector.MultiplyAdd(r * r, p, r) + TVector.Broadcast(1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Tanh<TVector>(TVector x) where TVector : unmanaged, IVector<TVector>
    {
        TVector magnitude = TVector.Abs(x), one = TVector.Broadcast(1), two = TVector.Broadcast(2);
        TVector z = x * x;

        // tanh x = x + x³·p(x²) below 0.625.
        TVector p = TVector.Broadcast(-0.0056605455f);
        p = TVector.MultiplyAdd(p, z, TVector.Broadcast(0.020601764f));
        p = TVector.MultiplyAdd(p, z, TVector.Broadcast(-0.05372915f));
        p = TVector.MultiplyAdd(p, z, TVector.Broadcast(0.13331328f));
        p = TVector.MultiplyAdd(p, z, TVector.Broadcast(-0.33333278f));
        TVector small = TVector.MultiplyAdd(p * z, x, x);

        // From 10 on it is 1.
        TVector t = TVector.AtMost(TVector.Broadcast(10), magnitude);
        TVector large = one - two / (ExpInRange(t + t) + one);
        return TVector.Select(TVector.Less(magnitude, TVector.Broadcast(0.625f)), small, TVector.CopySign(large, x));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Erf<TVector>(TVector x) where TVector : unmanaged, IVector<TVector>
    {
        TVector magnitude = TVector.Abs(x), one = TVector.Broadcast(1);
        TVector z = x * x;

        // erf x = x + x·p(x²) below 1.
        TVector p = TVector.Broadcast(7.8527526e-5f);
        p = TVector.MultiplyAdd(p, z, TVector.Broadcast(-0.000800986f));
        p = TVector.MultiplyAdd(p, z, TVector.Broadcast(0.0051882896f));
        p = TVector.MultiplyAdd(p, z, TVector.Broadcast(-0.026853792f));
        p = TVector.MultiplyAdd(p, z, TVector.Broadcast(0.11283585f));
        p = TVector.MultiplyAdd(p, z, TVector.Broadcast(-0.37612626f));
        p = TVector.MultiplyAdd(p, z, TVector.Broadcast(0.12837917f));
        TVector small = TVector.MultiplyAdd(p, x, x);

        // erf x = 1 - e^q(x) from there to 4, where it has become 1; q approximates log(1 - erf x).
        TVector t = TVector.AtMost(TVector.Broadcast(4), magnitude);
        TVector q = TVector.Broadcast(0.00018879568f);
        q = TVector.MultiplyAdd(q, t, TVector.Broadcast(-0.0029721602f));
        q = TVector.MultiplyAdd(q, t, TVector.Broadcast(0.021939278f));
        q = TVector.MultiplyAdd(q, t, TVector.Broadcast(-0.10332489f));
        q = TVector.MultiplyAdd(q, t, TVector.Broadcast(-0.63788593f));
        q = TVector.MultiplyAdd(q, t, TVector.Broadcast(-1.1272497f));
        q = TVector.MultiplyAdd(q, t, TVector.Broadcast(-0.00030085907f));
        TVector large = one - ExpInRange(q);
        return TVector.Select(TVector.Less(magnitude, one), small, TVector.CopySign(large, x));
    }

    /// <summary>
    /// x·Φ(x), Φ being the normal distribution: within 2e-7·|x|, x itself from 5.4 on and zero from -5.4 on, where Φ has become 1 and 0 but for
    /// as much.
    /// </summary>
    /// <remarks>Sixteen lanes choose from a table of sixteen entries in one instruction; fewer need several.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector Gelu<TVector>(TVector x) where TVector : unmanaged, IVector<TVector> =>
        TVector.Count == TableLength ? GeluByTable(x) : GeluByQuotient(x);

    /// <inheritdoc cref="Gelu"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static unsafe TVector GeluByTable<TVector>(TVector x) where TVector : unmanaged, IVector<TVector>
    {
        // x·Φ(x) = x/2 + |x|·(Φ(|x|) - ½).
        var table = (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(NormalDistribution));
        TVector magnitude = TVector.Abs(x), rounding = TVector.Broadcast(Rounding);
        TVector part = TVector.AtMost(TVector.Broadcast(TableLength - 1), magnitude * TVector.Broadcast(15 / 5.4f));
        TVector number = part + rounding, r = part - (number - rounding);
        TVector p = TVector.LookUp(table + (4 * TableLength), number);
        p = TVector.MultiplyAdd(p, r, TVector.LookUp(table + (3 * TableLength), number));
        p = TVector.MultiplyAdd(p, r, TVector.LookUp(table + (2 * TableLength), number));
        p = TVector.MultiplyAdd(p, r, TVector.LookUp(table + TableLength, number));
        p = TVector.MultiplyAdd(p, r, TVector.LookUp(table, number));
        return TVector.MultiplyAdd(magnitude, p, TVector.Broadcast(0.5f) * x);
    }

    /// <inheritdoc cref="Gelu"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector GeluByQuotient<TVector>(TVector x) where TVector : unmanaged, IVector<TVector>
    {
        // Φ(x) = ½ + x·p(x²)/q(x²): one quotient costs less than the two branches of an error function.
        TVector z = x * x, half = TVector.Broadcast(0.5f);
        TVector p = TVector.Broadcast(2.3562808e-8f);
        p = TVector.MultiplyAdd(p, z, TVector.Broadcast(6.325564e-6f));
        p = TVector.MultiplyAdd(p, z, TVector.Broadcast(0.00016103049f));
        p = TVector.MultiplyAdd(p, z, TVector.Broadcast(0.004631039f));
        p = TVector.MultiplyAdd(p, z, TVector.Broadcast(0.033062596f));
        p = TVector.MultiplyAdd(p, z, TVector.Broadcast(0.39894226f));
        TVector q = TVector.Broadcast(1.2191325e-6f);
        q = TVector.MultiplyAdd(q, z, TVector.Broadcast(7.1277347e-5f));
        q = TVector.MultiplyAdd(q, z, TVector.Broadcast(0.0018405805f));
        q = TVector.MultiplyAdd(q, z, TVector.Broadcast(0.028199192f));
        q = TVector.MultiplyAdd(q, z, TVector.Broadcast(0.2495421f));
        q = TVector.MultiplyAdd(q, z, TVector.Broadcast(1));
        TVector inner = TVector.Less(TVector.Abs(x), TVector.Broadcast(5.4f));
        TVector beside = TVector.Select(inner, x * p / q, TVector.CopySign(half, x));
        return TVector.MultiplyAdd(x, beside, half * x);
    }

    /// <summary>Natural logarithm: NaN below zero, minus infinity at zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Log<TVector>(TVector x) where TVector : unmanaged, IVector<TVector>
    {
        TVector zero = TVector.Zero, smallestNormal = TVector.Broadcast(1.17549435e-38f);
        TVector subnormal = TVector.Less(x, smallestNormal);
        TVector scaled = TVector.Select(subnormal, x * TVector.Broadcast(8388608), x);
        TVector e = TVector.Exponent(scaled, out TVector mantissa);
        e = TVector.Select(subnormal, e - TVector.Broadcast(23), e);

        // log(1 + f) = f - f²/2 + f³·p(f) for 1 + f in [√½, √2).
        TVector f = mantissa - TVector.Broadcast(1);
        TVector p = TVector.Broadcast(0.06746365f);
        p = TVector.MultiplyAdd(p, f, TVector.Broadcast(-0.11675909f));
        p = TVector.MultiplyAdd(p, f, TVector.Broadcast(0.11888423f));
        p = TVector.MultiplyAdd(p, f, TVector.Broadcast(-0.1240557f));
        p = TVector.MultiplyAdd(p, f, TVector.Broadcast(0.14219517f));
        p = TVector.MultiplyAdd(p, f, TVector.Broadcast(-0.16667995f));
        p = TVector.MultiplyAdd(p, f, TVector.Broadcast(0.20002121f));
        p = TVector.MultiplyAdd(p, f, TVector.Broadcast(-0.2500001f));
        p = TVector.MultiplyAdd(p, f, TVector.Broadcast(0.33333313f));
        TVector z = f * f;
        TVector y = TVector.MultiplyAdd(e, TVector.Broadcast(1.4286068e-6f), p * f * z);
        y = TVector.MultiplyAdd(z, TVector.Broadcast(-0.5f), y);
        y = TVector.MultiplyAdd(e, TVector.Broadcast(0.69314575f), f + y);

        y = TVector.Select(TVector.Less(x, TVector.Broadcast(float.PositiveInfinity)), y, x);
        y = TVector.Select(TVector.Less(zero, x), y, TVector.Select(TVector.Less(x, zero), TVector.Broadcast(float.NaN), y));
        TVector isZero = TVector.Less(TVector.Abs(x), TVector.Broadcast(float.Epsilon));
        return TVector.Select(isZero, TVector.Broadcast(float.NegativeInfinity), y);
    }

    public static TVector Sin<TVector>(TVector x) where TVector : unmanaged, IVector<TVector> => Sine(x, 0);

    public static TVector Cos<TVector>(TVector x) where TVector : unmanaged, IVector<TVector> => Sine(x, 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Square<TVector>(TVector x) where TVector : unmanaged, IVector<TVector> => x * x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Cube<TVector>(TVector x) where TVector : unmanaged, IVector<TVector> => x * x * x;

    /// <summary>a^b, lane by lane through <see cref="MathF.Pow"/>.</summary>
    public static unsafe TVector Pow<TVector>(TVector a, TVector b) where TVector : unmanaged, IVector<TVector>
    {
        float* bases = stackalloc float[TVector.Count];
        float* powers = stackalloc float[TVector.Count];
        TVector.Store(bases, a);
        TVector.Store(powers, b);
        for (int i = 0; i < TVector.Count; i++) bases[i] = MathF.Pow(bases[i], powers[i]);
        return TVector.Load(bases);
    }

    /// <summary>sin(x + quarters · π/2).</summary>
    private static TVector Sine<TVector>(TVector x, float quarters) where TVector : unmanaged, IVector<TVector>
    {
        TVector half = TVector.Broadcast(0.5f), two = TVector.Broadcast(2);
        TVector n = TVector.Round(x * TVector.Broadcast(0.63661975f));
        TVector r = TVector.MultiplyAdd(n, TVector.Broadcast(-1.5707964f), x);
        r = TVector.MultiplyAdd(n, TVector.Broadcast(4.371139e-8f), r);
        r = TVector.MultiplyAdd(n, TVector.Broadcast(1.7151245e-15f), r);
        TVector z = r * r;

        TVector s = TVector.Broadcast(2.7173658e-6f);
        s = TVector.MultiplyAdd(s, z, TVector.Broadcast(-0.00019839233f));
        s = TVector.MultiplyAdd(s, z, TVector.Broadcast(0.008333329f));
        s = TVector.MultiplyAdd(s, z, TVector.Broadcast(-0.16666667f));
        s = TVector.MultiplyAdd(s * z, r, r);

        TVector c = TVector.Broadcast(2.4425672e-5f);
        c = TVector.MultiplyAdd(c, z, TVector.Broadcast(-0.0013887251f));
        c = TVector.MultiplyAdd(c, z, TVector.Broadcast(0.041666646f));
        c = TVector.MultiplyAdd(z, TVector.Broadcast(-0.5f), c * z * z) + TVector.Broadcast(1);

        TVector quadrant = n + TVector.Broadcast(quarters);
        TVector odd = TVector.Less(half, quadrant - two * TVector.Floor(quadrant * half));
        TVector lower = TVector.Less(
            TVector.Broadcast(1.5f), quadrant - TVector.Broadcast(4) * TVector.Floor(quadrant * TVector.Broadcast(0.25f)));
        TVector result = TVector.Select(odd, c, s);
        result = TVector.Select(lower, -result, result);

        TVector large = TVector.Less(TVector.Broadcast(LargestReducible), TVector.Abs(x));
        bool any = TVector.Largest(TVector.Select(large, TVector.Broadcast(1), TVector.Zero)) > 0;
        return any ? ReplaceLarge(x, quarters, result) : result;
    }

    /// <summary>Angles too large to reduce in float32 go through double, each lane for itself.</summary>
    private static unsafe TVector ReplaceLarge<TVector>(TVector x, float quarters, TVector result)
        where TVector : unmanaged, IVector<TVector>
    {
        float* angles = stackalloc float[TVector.Count];
        float* values = stackalloc float[TVector.Count];
        TVector.Store(angles, x);
        TVector.Store(values, result);
        for (int i = 0; i < TVector.Count; i++)
        {
            if (MathF.Abs(angles[i]) > LargestReducible)
                values[i] = (float)(quarters == 0 ? Math.Sin(angles[i]) : Math.Cos(angles[i]));
        }
        return TVector.Load(values);
    }
}
