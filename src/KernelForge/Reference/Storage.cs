namespace KernelForge.Reference;

/// <summary>
/// What becomes of a number where the reference run stores it: nothing, as a rule. A test may have it rounded as a device's element
/// rounds, to learn how far that rounding alone takes a layer's result; inputs, weights, the results of every operation and the weights
/// of attention are stored.
/// </summary>
internal static class Storage
{
    private static readonly AsyncLocal<Func<double, double>?> rounding = new();

    /// <summary>What is stored for a number, for all that the current call does; null for the number itself.</summary>
    public static Func<double, double>? Rounding
    {
        get => rounding.Value;
        set => rounding.Value = value;
    }

    /// <summary>Stores numbers where they are.</summary>
    public static void Round(Span<double> values)
    {
        if (Rounding is not { } round) return;
        foreach (ref double value in values) value = round(value);
    }
}
