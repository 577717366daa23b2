using KernelForge.Reference;

namespace KernelForge;

/// <summary>The element of row <paramref name="t"/> and feature <paramref name="f"/>; may be called from several threads.</summary>
public delegate double Element(Row t, int f);

public static partial class Ops
{
    /// <summary>
    /// A value said element by element: <c>[rows, features]</c>. The lambda reads other values at its own row (<c>x[t, f]</c>) or at any
    /// position of its sequence (<c>x[t, p, f]</c>, 0 beyond its ends), tables (<c>table[r, c]</c>), integers (<c>ids[t]</c>) and lengths
    /// (<c>x.Length(t)</c>), and folds over them (<see cref="Sum(int, Func{int, double})"/>).
    /// </summary>
    /// <param name="rows">The rows of the result.</param>
    /// <param name="features">Its number of features.</param>
    /// <param name="value">The element at each of them.</param>
    /// <exception cref="ArgumentException"><paramref name="features"/> is below 1, or the lambda reads what is not there.</exception>
    public static Tokens Each(RowSpace rows, int features, Element value)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(value);
        if (features < 1) throw new ArgumentException($"Each: [{rows}, {features}]: a value has at least 1 feature", nameof(features));
        var result = new Tokens(rows, features);
        double[] to = result.Array;
        int[] sequences = rows.SequenceOfRow();
        Work.For(rows.Count, (long)features * Work.LambdaCost, row =>
        {
            var t = new Row(rows, sequences[row], row);
            Span<double> elements = to.AsSpan(row * features, features);
            for (int f = 0; f < features; f++) elements[f] = value(t, f);
        });
        Storage.Round(to);
        return result;
    }
}
