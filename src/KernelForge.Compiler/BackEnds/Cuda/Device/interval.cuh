// Which tiles a mask leaves out: a mask written over ranges of positions instead of positions says whether it holds for none, some or
// all of their pairs. Requires nothing. The same names and operators as Interval and Coverage of the CPU's runtime, which mean the same.

// Whether a mask holds for none, some (or an unknown part), or all of a tile's pairs.
struct Coverage
{
    int possible;  // a set: bit 0 for pairs that are not covered, bit 1 for pairs that are

    static const Coverage None, All, Part;

    static __device__ constexpr Coverage Of(bool always, bool never) { return {always ? 2 : never ? 1 : 3}; }

    friend __device__ constexpr bool operator==(Coverage a, Coverage b) { return a.possible == b.possible; }
    friend __device__ constexpr bool operator!=(Coverage a, Coverage b) { return a.possible != b.possible; }
    friend __device__ constexpr Coverage operator!(Coverage a) { return Of(a.possible == 1, a.possible == 2); }

    friend __device__ constexpr Coverage operator&(Coverage a, Coverage b)
    {
        return Of(a.possible == 2 && b.possible == 2, a.possible == 1 || b.possible == 1);
    }

    friend __device__ constexpr Coverage operator|(Coverage a, Coverage b) { return !(!a & !b); }

    // What holds where a condition does, and otherwise.
    static __device__ constexpr Coverage Choose(Coverage condition, Coverage a, Coverage b)
    {
        return {(condition.possible & 2 ? a.possible : 0) | (condition.possible & 1 ? b.possible : 0)};
    }
};

constexpr Coverage Coverage::None{1}, Coverage::All{2}, Coverage::Part{3};

// Integers from low to high, both included. 64 bits, so that sums and products of a few positions and of unknown ones do not overflow.
struct Interval
{
    long long low, high;

    __device__ constexpr Interval(int value) : low(value), high(value) {}
    __device__ constexpr Interval(long long low, long long high) : low(low), high(high) {}

    // The integers around a real number: what it compares with, it compares with between them.
    static __device__ __forceinline__ Interval Around(float value) { return Interval(__float2ll_rd(value), __float2ll_ru(value)); }

    static __device__ constexpr Interval Unknown() { return Interval(-2147483648ll, 2147483647ll); }

    friend __device__ constexpr Interval operator+(Interval a, Interval b) { return Interval(a.low + b.low, a.high + b.high); }
    friend __device__ constexpr Interval operator-(Interval a, Interval b) { return Interval(a.low - b.high, a.high - b.low); }
    friend __device__ constexpr Interval operator-(Interval a) { return Interval(-a.high, -a.low); }

    friend __device__ constexpr Interval operator*(Interval a, Interval b)
    {
        const long long p = a.low * b.low, q = a.low * b.high, r = a.high * b.low, s = a.high * b.high;
        return Interval(least(least(p, q), least(r, s)), most(most(p, q), most(r, s)));
    }

    // As integers divide: toward zero. A divisor that may be zero or below it tells nothing.
    friend __device__ constexpr Interval operator/(Interval a, Interval b)
    {
        if (b.low <= 0) return Unknown();
        return Interval(least(a.low / b.low, a.low / b.high), most(a.high / b.low, a.high / b.high));
    }

    friend __device__ constexpr Interval operator%(Interval a, Interval b)
    {
        if (b.low <= 0 || a.low < 0) return Unknown();
        // Within one period the remainder only grows.
        return b.low == b.high && a.low / b.low == a.high / b.low ? Interval(a.low % b.low, a.high % b.low)
                                                                  : Interval(0, least(a.high, b.high - 1));
    }

    friend __device__ constexpr Coverage operator<(Interval a, Interval b) { return Coverage::Of(a.high < b.low, a.low >= b.high); }
    friend __device__ constexpr Coverage operator>(Interval a, Interval b) { return b < a; }
    friend __device__ constexpr Coverage operator<=(Interval a, Interval b) { return !(b < a); }
    friend __device__ constexpr Coverage operator>=(Interval a, Interval b) { return !(a < b); }

    // Whether a and b are the same number.
    static __device__ constexpr Coverage Same(Interval a, Interval b) { return (a <= b) & (b <= a); }

    static __device__ constexpr Interval Min(Interval a, Interval b) { return Interval(least(a.low, b.low), least(a.high, b.high)); }
    static __device__ constexpr Interval Max(Interval a, Interval b) { return Interval(most(a.low, b.low), most(a.high, b.high)); }

    static __device__ constexpr Interval Abs(Interval a)
    {
        return a.low >= 0 ? a : a.high <= 0 ? -a : Interval(0, most(-a.low, a.high));
    }

    // One number where a condition holds, and otherwise another.
    static __device__ constexpr Interval Choose(Coverage condition, Interval a, Interval b)
    {
        return condition == Coverage::All    ? a
               : condition == Coverage::None ? b
                                             : Interval(least(a.low, b.low), most(a.high, b.high));
    }

private:
    static __device__ constexpr long long least(long long a, long long b) { return a < b ? a : b; }
    static __device__ constexpr long long most(long long a, long long b) { return a < b ? b : a; }
};
