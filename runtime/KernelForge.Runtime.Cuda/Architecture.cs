using System.Globalization;

namespace KernelForge.Runtime.Cuda;

/// <summary>A device's compute capability: 8.0 is that of <c>sm_80</c>.</summary>
public readonly record struct Architecture(int Major, int Minor) : IComparable<Architecture>
{
    /// <summary>80 of <c>sm_80</c>, 103 of <c>sm_103</c>.</summary>
    public int Number => (10 * Major) + Minor;

    /// <param name="number">As in <c>sm_80</c>: 80.</param>
    public static Architecture FromNumber(int number)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(number);
        return new Architecture(number / 10, number % 10);
    }

    /// <summary>Of <c>sm_90a</c> or <c>compute_80</c>.</summary>
    /// <exception cref="FormatException">It is no such name.</exception>
    public static Architecture Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        int begin = name.IndexOf('_', StringComparison.Ordinal) + 1;
        ReadOnlySpan<char> digits = name.AsSpan(begin).TrimEnd("af");
        return begin > 0 && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 10
            ? FromNumber(number)
            : throw new FormatException($"'{name}' is no architecture such as sm_80, sm_90a or compute_80");
    }

    public int CompareTo(Architecture other) => Number.CompareTo(other.Number);

    public static bool operator <(Architecture left, Architecture right) => left.CompareTo(right) < 0;

    public static bool operator <=(Architecture left, Architecture right) => left.CompareTo(right) <= 0;

    public static bool operator >(Architecture left, Architecture right) => left.CompareTo(right) > 0;

    public static bool operator >=(Architecture left, Architecture right) => left.CompareTo(right) >= 0;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"sm_{Number}");
}
