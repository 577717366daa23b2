namespace KernelForge;

/// <summary>Folds inside lambdas: over n = 0 … count − 1, in this order. A count below 1 folds nothing.</summary>
public static partial class Ops
{
    /// <summary>The sum of the terms; 0 of none.</summary>
    public static double Sum(int count, Func<int, double> term)
    {
        ArgumentNullException.ThrowIfNull(term);
        double sum = 0;
        for (int n = 0; n < count; n++) sum += term(n);
        return sum;
    }

    /// <summary>The greatest term; −∞ of none.</summary>
    public static double Max(int count, Func<int, double> term)
    {
        ArgumentNullException.ThrowIfNull(term);
        double greatest = double.NegativeInfinity;
        for (int n = 0; n < count; n++) greatest = Math.Max(greatest, term(n));
        return greatest;
    }

    /// <summary>The smallest term; +∞ of none.</summary>
    public static double Min(int count, Func<int, double> term)
    {
        ArgumentNullException.ThrowIfNull(term);
        double smallest = double.PositiveInfinity;
        for (int n = 0; n < count; n++) smallest = Math.Min(smallest, term(n));
        return smallest;
    }

    /// <summary>Which term is the greatest, the first of several; 0 of none.</summary>
    public static int ArgMax(int count, Func<int, double> term)
    {
        ArgumentNullException.ThrowIfNull(term);
        int best = 0;
        double greatest = double.NegativeInfinity;
        for (int n = 0; n < count; n++)
        {
            double value = term(n);
            if (!(value > greatest)) continue;
            greatest = value;
            best = n;
        }
        return best;
    }
}
