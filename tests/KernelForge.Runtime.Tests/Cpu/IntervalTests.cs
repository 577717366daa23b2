using KernelForge.Runtime.Cpu;

namespace KernelForge.Runtime.Tests.Cpu;

public sealed class IntervalTests
{
    [Fact]
    public void Arithmetic_on_intervals_contains_every_result_of_their_numbers() => Everywhere((i, j, a, b) =>
    {
        Within(i + j, a + b);
        Within(i - j, a - b);
        Within(i * j, a * b);
        Within(-i, -a);
        Within(Interval.Min(i, j), Math.Min(a, b));
        Within(Interval.Max(i, j), Math.Max(a, b));
        Within(Interval.Abs(i), Math.Abs(a));
        Within(Interval.Choose(i < j, i, j), a < b ? a : b);
        if (b != 0)
        {
            Within(i / j, a / b);
            Within(i % j, a % b);
        }
    });

    [Fact]
    public void A_comparison_that_is_none_or_all_is_so_for_every_pair() => Everywhere((i, j, a, b) =>
    {
        Agrees(i < j, a < b);
        Agrees(i > j, a > b);
        Agrees(i <= j, a <= b);
        Agrees(i >= j, a >= b);
        Agrees(Interval.Same(i, j), a == b);
        Agrees(!(i < j), !(a < b));
        Agrees((i < j) & (i > 0), a < b && a > 0);
        Agrees((i < j) | (j < 2), a < b || b < 2);
        Agrees(Coverage.Choose(i < 1, j < 2, i > j), a < 1 ? b < 2 : a > b);
    });

    [Fact]
    public void A_causal_tile_is_none_part_or_all()
    {
        Interval queries = new(14, 27);
        Assert.Equal(Coverage.All, new Interval(0, 14) <= queries);
        Assert.Equal(Coverage.Part, new Interval(0, 31) <= queries);
        Assert.Equal(Coverage.None, new Interval(32, 63) <= queries);
        Assert.Equal(Coverage.All, Interval.Same(new Interval(64, 90) / 64, new Interval(70, 127) / 64));
        Assert.Equal(Coverage.None, Interval.Same(new Interval(64, 90) / 64, new Interval(128, 190) / 64));
    }

    private static void Everywhere(Action<Interval, Interval, int, int> check)
    {
        for (int low = -3; low <= 4; low++)
        {
            for (int width = 0; width < 4; width++)
            {
                for (int other = -3; other <= 4; other++)
                {
                    Interval i = new(low, low + width), j = new(other, other + 3 - width);
                    for (long a = i.Low; a <= i.High; a++)
                    {
                        for (long b = j.Low; b <= j.High; b++) check(i, j, (int)a, (int)b);
                    }
                }
            }
        }
    }

    private static void Within(Interval interval, int value) => Assert.InRange(value, interval.Low, interval.High);

    private static void Agrees(Coverage coverage, bool value)
    {
        if (coverage != Coverage.Part) Assert.Equal(coverage == Coverage.All, value);
    }
}
