using System.Globalization;
using KernelForge.Emulation;
using KernelForge.Runtime.Cpu;

namespace KernelForge.Cuda.Tests.Attention;

/// <summary>Intervals of the device library mean what those of the CPU's runtime mean.</summary>
public sealed class IntervalTests
{
    // Each as it is written in C#; the device's text differs in "::" alone.
    private static readonly (string Text, Func<Interval, Interval, Coverage> Value)[] masks =
    [
        ("i < j", (i, j) => i < j),
        ("i > j", (i, j) => i > j),
        ("i <= j", (i, j) => i <= j),
        ("i >= j", (i, j) => i >= j),
        ("Interval.Same(i, j)", Interval.Same),
        ("!Interval.Same(i - j, (Interval)0) & (i + j <= (Interval)9)",
            (i, j) => !Interval.Same(i - j, (Interval)0) & (i + j <= (Interval)9)),
        ("(i * j < (Interval)12) | (-i >= j)", (i, j) => (i * j < (Interval)12) | (-i >= j)),
        ("(i / (Interval)3) <= j", (i, j) => (i / (Interval)3) <= j),
        ("(i / j) <= (Interval)2", (i, j) => (i / j) <= (Interval)2),
        ("Interval.Same(i % (Interval)5, (Interval)2)", (i, j) => Interval.Same(i % (Interval)5, (Interval)2)),
        ("(i % j) + (i % j) < (Interval)2000000000", (i, j) => (i % j) + (i % j) < (Interval)2000000000),
        ("Interval.Abs(i - j) <= (Interval)4", (i, j) => Interval.Abs(i - j) <= (Interval)4),
        ("Interval.Min(i, j) < Interval.Max(i, (Interval)1) - (Interval)3",
            (i, j) => Interval.Min(i, j) < Interval.Max(i, (Interval)1) - (Interval)3),
        ("Coverage.Choose(i < (Interval)1, j < (Interval)2, i > j)", (i, j) => Coverage.Choose(i < (Interval)1, j < (Interval)2, i > j)),
        ("Interval.Choose(i < j, i, -j) < (Interval)1", (i, j) => Interval.Choose(i < j, i, -j) < (Interval)1),
        ("i < Interval.Around(2.5f)", (i, j) => i < Interval.Around(2.5f)),
        ("Interval.Around(-2.5f) <= j", (i, j) => Interval.Around(-2.5f) <= j),
        ("Coverage.Of(true, !true) & (i < j)", (i, j) => Coverage.Of(true, !true) & (i < j)),
        ("Coverage.Part | (i < j)", (i, j) => Coverage.Part | (i < j)),
        ("!Coverage.Part & (i < j)", (i, j) => !Coverage.Part & (i < j)),
        ("i * i * i < (Interval)2000000000", (i, j) => i * i * i < (Interval)2000000000),
    ];

    [Fact]
    public void Masks_cover_what_they_cover_on_the_CPU()
    {
        string body = string.Concat(masks.Select((mask, n) => FormattableString.Invariant(
            $"    to[(blockIdx.x * 32 + threadIdx.x) * {masks.Length} + {n}] = ({DeviceText(mask.Text)}).possible;\n")));
        string text = $$"""
            extern "C" __global__ void cover(const int* bounds, int* to)
            {
                const int* own = bounds + (blockIdx.x * 32 + threadIdx.x) * 4;
                const Interval i(own[0], own[1]), j(own[2], own[3]);
            {{body}}}
            """;
        var random = new Random(11);
        int[] bounds = [.. Enumerable.Range(0, 4 * 32).SelectMany(n => Range(n).Concat(Range(n)))];
        using var kernel = new EmulatedKernel("cover", text, ["interval.cuh"], []);
        ulong to = kernel.Room(bounds.Length / 4 * masks.Length * sizeof(int), "to");
        kernel.Launch(new Index3(4), new Index3(32), 0, new LaunchArguments().Add(kernel.Array<int>(bounds, "bounds")).Add(to));
        Assert.Empty(kernel.Findings);
        int[] possible = kernel.Read<int>(to, bounds.Length / 4 * masks.Length);
        for (int n = 0; n < bounds.Length / 4; n++)
        {
            Interval i = new(bounds[4 * n], bounds[(4 * n) + 1]), j = new(bounds[(4 * n) + 2], bounds[(4 * n) + 3]);
            for (int m = 0; m < masks.Length; m++)
            {
                string expected = masks[m].Value(i, j).ToString(), actual = Name(possible[(n * masks.Length) + m]);
                Assert.True(expected == actual, $"{masks[m].Text} of {i} and {j} is {actual} and should be {expected}");
            }
        }

        static string DeviceText(string mask) =>
            mask.Replace("Interval.", "Interval::", StringComparison.Ordinal).Replace("Coverage.", "Coverage::", StringComparison.Ordinal);

        static string Name(int possible) => possible switch
        {
            1 => "None",
            2 => "All",
            3 => "Part",
            _ => possible.ToString(CultureInfo.InvariantCulture),
        };

        // Small ones, as positions are, some below zero, and some of one number.
        int[] Range(int n)
        {
            int low = random.Next(n % 3 == 0 ? -12 : 0, 12);
            return [low, n % 4 == 0 ? low : low + random.Next(0, n % 5 == 0 ? 3000 : 9)];
        }
    }
}
