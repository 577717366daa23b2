using System.Collections.Immutable;

namespace KernelForge.Fuzzer.Descriptions;

/// <summary>A sum of products of hyper-parameters: a width, a count. Two ways of writing one size are equal.</summary>
internal sealed class Size : IEquatable<Size>
{
    private readonly ImmutableSortedDictionary<string, (int Coefficient, ImmutableArray<HyperParameter> Factors)> terms;
    private readonly string key;

    private Size(ImmutableSortedDictionary<string, (int Coefficient, ImmutableArray<HyperParameter> Factors)> terms)
    {
        this.terms = terms;
        key = string.Join("+", terms.Select(t => $"{t.Value.Coefficient}*{t.Key}"));
    }

    public IEnumerable<HyperParameter> HyperParameters => terms.Values.SelectMany(t => t.Factors);

    public static Size One { get; } = Of(1);

    private static Size Empty => new(ImmutableSortedDictionary<string, (int, ImmutableArray<HyperParameter>)>.Empty);

    public bool IsOne => Equals(One);

    public static Size Of(int value) => Single(value, []);

    public static Size Of(HyperParameter parameter) => Single(1, [parameter]);

    public static Size operator +(Size a, Size b)
    {
        var sum = a.terms.ToBuilder();
        foreach ((string name, (int coefficient, ImmutableArray<HyperParameter> factors)) in b.terms)
            sum[name] = (coefficient + (sum.TryGetValue(name, out var old) ? old.Coefficient : 0), factors);
        return new Size(sum.ToImmutable());
    }

    public static Size operator *(Size a, Size b)
    {
        Size product = Empty;
        foreach (var x in a.terms.Values)
            foreach (var y in b.terms.Values)
                product += Single(x.Coefficient * y.Coefficient, [.. x.Factors, .. y.Factors]);
        return product;
    }

    /// <summary>The quotient where it is exact whatever the parameters are worth.</summary>
    public Size? DividedBy(Size divisor)
    {
        if (divisor.terms.Count != 1) return Equals(divisor) ? One : null;
        (int by, ImmutableArray<HyperParameter> without) = divisor.terms.Values.First();
        Size result = Empty;
        foreach ((int coefficient, ImmutableArray<HyperParameter> factors) in terms.Values)
        {
            if (coefficient % by != 0) return null;
            List<HyperParameter> rest = [.. factors];
            if (!without.All(rest.Remove)) return null;
            result += Single(coefficient / by, [.. rest]);
        }
        return result;
    }

    public int Value(IReadOnlyDictionary<HyperParameter, int> values) =>
        terms.Values.Sum(t => t.Factors.Aggregate(t.Coefficient, (product, factor) => product * values[factor]));

    /// <summary>As it stands in C#: <c>2 * d0 + 1</c>.</summary>
    public string Text(IReadOnlyDictionary<HyperParameter, int> values) => string.Join(" + ", terms.Values.Select(t => string.Join(" * ",
        t.Factors.Select(f => f.IsLiteral ? Number(values[f]) : f.Name)
            .Prepend(t.Coefficient == 1 && t.Factors.Length > 0 ? "" : Number(t.Coefficient)).Where(word => word.Length > 0))));

    public bool Equals(Size? other) => key == other?.key;

    public override bool Equals(object? obj) => Equals(obj as Size);

    public override int GetHashCode() => key.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => key;

    private static string Number(int value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static Size Single(int coefficient, IEnumerable<HyperParameter> factors)
    {
        ImmutableArray<HyperParameter> sorted = [.. factors.OrderBy(f => f.Name, StringComparer.Ordinal)];
        return new Size(ImmutableSortedDictionary.Create<string, (int, ImmutableArray<HyperParameter>)>(StringComparer.Ordinal)
            .Add(string.Join('*', sorted.Select(f => f.Name)), (coefficient, sorted)));
    }
}
