using System.Runtime.CompilerServices;

namespace KernelForge.Runtime.Cpu;

/// <summary>How far lanes of neighbouring features reach before an integer that they share jumps, or a comparison between two changes.</summary>
public static class Stretch
{
    /// <summary>Where <paramref name="value"/>, which grows by one with each feature, comes to the next multiple of <paramref name="period"/>.</summary>
    /// <param name="stop">No further than here.</param>
    /// <param name="at">The feature at which the value was taken.</param>
    /// <param name="value">The value there.</param>
    /// <param name="period">What it is divided by.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Period(int stop, int at, int value, int period)
    {
        // Below zero, quotients and remainders of integers jump one behind a multiple.
        int length = period <= 0 ? 1 : value >= 0 ? period - (value % period) : (-value % period) + 1;
        return Math.Min(stop, at + length);
    }

    /// <summary>Where the difference of two integers, which grows or falls by one with each feature, changes its sign.</summary>
    /// <param name="stop">No further than here.</param>
    /// <param name="at">The feature at which the integers were taken.</param>
    /// <param name="left">One of them there.</param>
    /// <param name="right">The other.</param>
    /// <param name="slope">1 or -1: by how much left - right changes from feature to feature.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Crossing(int stop, int at, int left, int right, int slope)
    {
        int towardZero = slope > 0 ? right - left : left - right;
        return towardZero < 0 ? stop : Math.Min(stop, at + Math.Max(1, towardZero));
    }
}
