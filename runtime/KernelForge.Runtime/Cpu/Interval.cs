namespace KernelForge.Runtime.Cpu;

/// <summary>Whether a mask holds for none, some (or an unknown part), or all of a tile's pairs.</summary>
public readonly record struct Coverage
{
    private readonly byte possible;

    private Coverage(byte possible) => this.possible = possible;

    public static Coverage None => new(1);

    public static Coverage All => new(2);

    /// <summary>Some pairs, or nobody knows how many.</summary>
    public static Coverage Part => new(3);

    public static Coverage Of(bool always, bool never) => always ? All : never ? None : Part;

    public static Coverage operator &(Coverage a, Coverage b) => a == None || b == None ? None : a == All && b == All ? All : Part;

    public static Coverage operator |(Coverage a, Coverage b) => !(!a & !b);

    public static Coverage operator !(Coverage a) => a == None ? All : a == All ? None : Part;

    /// <summary>What holds where a condition does, and otherwise.</summary>
    public static Coverage Choose(Coverage condition, Coverage a, Coverage b) =>
        condition == All ? a : condition == None ? b : new((byte)(a.possible | b.possible));

    public static Coverage LogicalNot(Coverage a) => !a;

    public static Coverage BitwiseAnd(Coverage a, Coverage b) => a & b;

    public static Coverage BitwiseOr(Coverage a, Coverage b) => a | b;

    public override string ToString() => this == None ? "None" : this == All ? "All" : "Part";
}

/// <summary>
/// Integers from <see cref="Low"/> to <see cref="High"/>, both included: what an expression of positions can be over a tile. Written as the
/// expression itself is, it says whether a whole tile is masked.
/// </summary>
public readonly record struct Interval(long Low, long High)
{
    public static implicit operator Interval(int value) => new(value, value);

    public static Interval FromInt32(int value) => value;

    /// <summary>The integers around a real number: what it compares with, it compares with between them.</summary>
    public static Interval Around(double value) => new((long)Math.Floor(value), (long)Math.Ceiling(value));

    public static Interval operator +(Interval a, Interval b) => new(a.Low + b.Low, a.High + b.High);

    public static Interval operator -(Interval a, Interval b) => new(a.Low - b.High, a.High - b.Low);

    public static Interval operator -(Interval a) => new(-a.High, -a.Low);

    public static Interval operator *(Interval a, Interval b)
    {
        long p = a.Low * b.Low, q = a.Low * b.High, r = a.High * b.Low, s = a.High * b.High;
        return new(Math.Min(Math.Min(p, q), Math.Min(r, s)), Math.Max(Math.Max(p, q), Math.Max(r, s)));
    }

    /// <summary>As integers divide: toward zero. A divisor that may be zero or below it tells nothing.</summary>
    public static Interval operator /(Interval a, Interval b)
    {
        if (b.Low <= 0) return Unknown;
        return new(Math.Min(a.Low / b.Low, a.Low / b.High), Math.Max(a.High / b.Low, a.High / b.High));
    }

    public static Interval operator %(Interval a, Interval b)
    {
        if (b.Low <= 0 || a.Low < 0) return Unknown;
        // Within one period the remainder only grows.
        return b.Low == b.High && a.Low / b.Low == a.High / b.Low
            ? new(a.Low % b.Low, a.High % b.Low)
            : new(0, Math.Min(a.High, b.High - 1));
    }

    public static Coverage operator <(Interval a, Interval b) => Coverage.Of(a.High < b.Low, a.Low >= b.High);

    public static Coverage operator >(Interval a, Interval b) => b < a;

    public static Coverage operator <=(Interval a, Interval b) => !(b < a);

    public static Coverage operator >=(Interval a, Interval b) => !(a < b);

    /// <summary>Whether a and b are the same number.</summary>
    public static Coverage Same(Interval a, Interval b) => (a <= b) & (b <= a);

    public static Interval Min(Interval a, Interval b) => new(Math.Min(a.Low, b.Low), Math.Min(a.High, b.High));

    public static Interval Max(Interval a, Interval b) => new(Math.Max(a.Low, b.Low), Math.Max(a.High, b.High));

    public static Interval Abs(Interval a) => a.Low >= 0 ? a : a.High <= 0 ? -a : new(0, Math.Max(-a.Low, a.High));

    /// <summary>One number where a condition holds, and otherwise another.</summary>
    public static Interval Choose(Coverage condition, Interval a, Interval b) =>
        condition == Coverage.All ? a : condition == Coverage.None ? b : new(Math.Min(a.Low, b.Low), Math.Max(a.High, b.High));

    // Far from overflow when sums and products of a few of them meet.
    private static Interval Unknown => new(int.MinValue, int.MaxValue);
}
