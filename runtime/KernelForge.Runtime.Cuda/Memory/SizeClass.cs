using System.Globalization;
using System.Numerics;

namespace KernelForge.Runtime.Cuda.Memory;

/// <summary>The sizes that device memory is handed out in, so that what one batch returns fits the next.</summary>
internal static class SizeClass
{
    /// <summary>What the driver aligns to and never gives less than.</summary>
    private const nuint Smallest = 512;

    /// <summary>The class that holds so many bytes: four steps to each power of two, so at most a quarter is unused.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No device has so much memory.</exception>
    public static nuint Of(nuint bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, (nuint)1 << 60);
        if (bytes <= Smallest) return Smallest;
        nuint step = ((nuint)1 << BitOperations.Log2((ulong)bytes - 1)) / 4;
        return (bytes + step - 1) / step * step;
    }

    /// <summary>For people: <c>1.5 GiB</c>.</summary>
    public static string Text(nuint bytes)
    {
        string[] units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < units.Length - 1)
        {
            value /= 1024;
            unit++;
        }
        return string.Create(CultureInfo.InvariantCulture, $"{value:0.##} {units[unit]}");
    }
}
