namespace KernelForge.Runtime.Cpu;

/// <summary>
/// A register of float32 lanes. Kernels are generic over it, so that one text serves every width and the JIT, which compiles a generic
/// method anew for each struct, emits it for that width alone.
/// </summary>
/// <remarks>
/// Lanes never mix except in <see cref="Sum"/> and <see cref="Largest"/>: a lane's bits depend on that lane's inputs only, whatever
/// stands in its neighbours. Rule: a row's last, partly filled vector goes through the same operations as the others.
/// </remarks>
public interface IVector<TSelf> where TSelf : unmanaged, IVector<TSelf>
{
    /// <summary>Lanes: 16, 8 or 4.</summary>
    static abstract int Count { get; }

    /// <summary>Rows of the GEMM tile whose accumulators, two vectors a row, just fill the registers of this width.</summary>
    static abstract int TileRows { get; }

    static abstract TSelf Zero { get; }
    static abstract TSelf Broadcast(float value);

    /// <summary>0, 1, 2 … in the lanes.</summary>
    static abstract TSelf Iota { get; }

    static abstract unsafe TSelf Load(float* source);
    static abstract unsafe void Store(float* destination, TSelf value);

    static abstract TSelf operator +(TSelf a, TSelf b);
    static abstract TSelf operator -(TSelf a, TSelf b);
    static abstract TSelf operator *(TSelf a, TSelf b);
    static abstract TSelf operator /(TSelf a, TSelf b);
    static abstract TSelf operator -(TSelf a);

    /// <summary>a · b + c, rounded once where the machine can (every width that <see cref="VectorWidth"/> prefers).</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>As <see cref="MathF.Min(float, float)"/>: NaN if either is.</summary>
    static abstract TSelf Min(TSelf a, TSelf b);

    /// <summary>As <see cref="MathF.Max(float, float)"/>: NaN if either is.</summary>
    static abstract TSelf Max(TSelf a, TSelf b);

    /// <summary>The value, or the limit where that is less; a NaN stays one. Quicker than <see cref="Min"/>.</summary>
    static abstract TSelf AtMost(TSelf limit, TSelf value);

    /// <summary>The value, or the limit where that is more; a NaN stays one. Quicker than <see cref="Max"/>.</summary>
    static abstract TSelf AtLeast(TSelf limit, TSelf value);

    static abstract TSelf Abs(TSelf a);
    static abstract TSelf Sqrt(TSelf a);
    static abstract TSelf Floor(TSelf a);

    /// <summary>To the nearest integer, ties to even.</summary>
    static abstract TSelf Round(TSelf a);

    /// <summary>All bits set in the lanes where a &lt; b; a NaN is below nothing.</summary>
    static abstract TSelf Less(TSelf a, TSelf b);

    /// <summary>All bits set in the lanes where a &lt;= b; a NaN is neither below nor equal to anything.</summary>
    static abstract TSelf LessOrEqual(TSelf a, TSelf b);

    /// <summary>Per lane: <paramref name="whenTrue"/> where the mask's bits are set.</summary>
    static abstract TSelf Select(TSelf mask, TSelf whenTrue, TSelf whenFalse);

    /// <summary>The first <paramref name="count"/> lanes of <paramref name="value"/> (all for more than there are), then zeros.</summary>
    static abstract TSelf First(int count, TSelf value);

    /// <summary>The first <paramref name="count"/> lanes of <paramref name="value"/>, then those of <paramref name="otherwise"/>.</summary>
    static abstract TSelf First(int count, TSelf value, TSelf otherwise);

    /// <summary>Magnitude of <paramref name="value"/>, sign of <paramref name="sign"/>.</summary>
    static abstract TSelf CopySign(TSelf value, TSelf sign);

    /// <summary>2 to the power of the integers in the lanes, each in [-126, 127]; anything for others.</summary>
    static abstract TSelf PowerOfTwo(TSelf integers);

    /// <summary>value · 2^power for integers in [-126, 127]; anything for others.</summary>
    static abstract TSelf Scale(TSelf value, TSelf integers);

    /// <summary>For normal positive lanes: value = mantissa · 2^exponent, mantissa in [√½, √2).</summary>
    static abstract TSelf Exponent(TSelf value, out TSelf mantissa);

    /// <summary>The lower halves of the lanes' bits, as bfloat16.</summary>
    static abstract TSelf LowerHalves(TSelf bits);

    /// <summary>The upper halves of the lanes' bits, as bfloat16.</summary>
    static abstract TSelf UpperHalves(TSelf bits);

    /// <summary>Rounds the lanes to bfloat16, to nearest, ties to even.</summary>
    static abstract unsafe void StoreBFloat16(ushort* destination, TSelf value);

    /// <summary>The lanes' bits, as whole numbers of 32 bits.</summary>
    static abstract TSelf FromInt32(TSelf bits);

    /// <summary>Entries of a table of <see cref="VectorMath.TableLength"/>, chosen by the lower four of the lanes' bits.</summary>
    static abstract unsafe TSelf LookUp(float* table, TSelf bits);

    /// <summary>
    /// Whole numbers of 32 bits in the lanes: to each sum the four products of bytes, those of <paramref name="a"/> without a sign and those of
    /// <paramref name="b"/> with one.
    /// </summary>
    static abstract TSelf DotBytes(TSelf sums, TSelf a, TSelf b);

    /// <summary>Sum of the lanes, always in the same tree.</summary>
    static abstract float Sum(TSelf value);

    /// <summary>The largest lane.</summary>
    static abstract float Largest(TSelf value);
}
