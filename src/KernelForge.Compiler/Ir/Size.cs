using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Ir;

/// <summary>
/// An integer known when a model is loaded, kept as a sum of products so that two ways of writing the same size are equal.
/// What is not a sum of products is an atom inside it.
/// </summary>
public sealed class Size : IEquatable<Size>
{
    private readonly SortedDictionary<string, Term> terms;
    private readonly string key;

    private sealed record Term(long Coefficient, IReadOnlyList<(string Name, Scalar Atom)> Factors);

    private Size(SortedDictionary<string, Term> terms)
    {
        this.terms = terms;
        key = terms.Count == 0 ? "0" : string.Join("+", terms.Select(t => t.Value.Coefficient + "*" + t.Key));
    }

    public static Size Of(long value) => Single(value, []);

    public static Size One { get; } = Of(1);

    public static Size Zero { get; } = Of(0);

    /// <summary>The value of an integer scalar.</summary>
    public static Size From(Scalar value) => value switch
    {
        Scalar.Number n => Of((long)n.Value),
        Scalar.Binary { Op: BinaryOp.Add } b => From(b.Left) + From(b.Right),
        Scalar.Binary { Op: BinaryOp.Subtract } b => From(b.Left) - From(b.Right),
        Scalar.Binary { Op: BinaryOp.Multiply } b => From(b.Left) * From(b.Right),
        Scalar.Binary { Op: BinaryOp.Divide } b => From(b.Left).DivideBy(From(b.Right)),
        Scalar.Unary { Op: UnaryOp.Negate } u => Zero - From(u.Operand),
        Scalar.Conditional c => From(c.WhenTrue) is var a && From(c.WhenFalse) is var b && a.Equals(b) ? a
            : Atom(c with { WhenTrue = a.ToScalar(), WhenFalse = b.ToScalar() }),
        _ => Atom(value),
    };

    public static Size operator +(Size a, Size b)
    {
        var sum = new SortedDictionary<string, Term>(a.terms, StringComparer.Ordinal);
        foreach (KeyValuePair<string, Term> t in b.terms)
        {
            long c = t.Value.Coefficient + (sum.TryGetValue(t.Key, out Term? old) ? old.Coefficient : 0);
            if (c == 0) sum.Remove(t.Key);
            else sum[t.Key] = t.Value with { Coefficient = c };
        }
        return new Size(sum);
    }

    public static Size operator -(Size a, Size b) => a + (Of(-1) * b);

    public static Size operator *(Size a, Size b)
    {
        Size product = Zero;
        foreach (Term x in a.terms.Values)
            foreach (Term y in b.terms.Values)
                product += Single(x.Coefficient * y.Coefficient, [.. x.Factors, .. y.Factors]);
        return product;
    }

    /// <summary>
    /// The quotient. A quotient that is not exact for every value becomes an atom; <see cref="Divides"/> says whether it is exact, and
    /// the plan carries a check where it is not known.
    /// </summary>
    public Size DivideBy(Size divisor)
    {
        if (Divides(divisor, out Size? quotient)) return quotient!;
        // What is left of a sum of multiples is cut off: (2 * half + 1) / 2 is half, whatever half is.
        if (divisor.Constant is > 0 and { } by && terms.TryGetValue("", out Term? rest) && rest.Coefficient > 0 && rest.Coefficient < by
            && terms.Values.All(t => t.Coefficient > 0) && (this - Of(rest.Coefficient)).Divides(divisor, out quotient)) return quotient!;
        return Atom(new Scalar.Binary(BinaryOp.Divide, ToScalar(), divisor.ToScalar()));
    }

    /// <summary>Whether <paramref name="divisor"/> divides this for every value of the symbols.</summary>
    public bool Divides(Size divisor, out Size? quotient)
    {
        quotient = null;
        if (divisor.terms.Count != 1) { if (Equals(divisor)) quotient = One; return quotient is not null; }
        Term d = divisor.terms.Values.First();
        Size result = Zero;
        foreach (Term t in terms.Values)
        {
            if (t.Coefficient % d.Coefficient != 0) return false;
            List<(string Name, Scalar Atom)> rest = [.. t.Factors];
            foreach ((string name, _) in d.Factors)
            {
                int at = rest.FindIndex(f => f.Name == name);
                if (at < 0) return false;
                rest.RemoveAt(at);
            }
            result += Single(t.Coefficient / d.Coefficient, rest);
        }
        quotient = result;
        return true;
    }

    public long? Constant => terms.Count == 0 ? 0 : terms.Count == 1 && terms.First().Value is { Factors.Count: 0 } t ? t.Coefficient : null;

    public bool IsOne => Constant == 1;

    /// <summary>Names of the loop indices that this depends on.</summary>
    public IEnumerable<string> LoopIndices => terms.Values.SelectMany(t => t.Factors).SelectMany(f => ScalarText.Indices(f.Atom)).Distinct();

    /// <summary>What its products consist of beside numbers.</summary>
    public IEnumerable<Scalar> Atoms => terms.Values.SelectMany(t => t.Factors).Select(f => f.Atom);

    /// <summary>This as factor · atom + other, where neither holds the atom; null where it is no such sum.</summary>
    public (Size Factor, Size Other)? LinearIn(Scalar atom)
    {
        string name = ScalarText.Of(atom);
        (Size factor, Size rest) = (Zero, Zero);
        foreach (Term t in terms.Values)
        {
            List<(string Name, Scalar Atom)> others = [.. t.Factors.Where(f => f.Name != name)];
            if (others.Count < t.Factors.Count - 1) return null;
            if (others.Count == t.Factors.Count) rest += Single(t.Coefficient, others);
            else factor += Single(t.Coefficient, others);
        }
        return factor.terms.Count == 0 ? null : (factor, rest);
    }

    /// <summary>With a size in place of each atom for which there is one.</summary>
    public Size Replace(Func<Scalar, Size?> replacement)
    {
        Size sum = Zero;
        foreach (Term t in terms.Values)
            sum += t.Factors.Aggregate(Of(t.Coefficient), (product, f) => product * (replacement(f.Atom) ?? Atom(f.Atom)));
        return sum;
    }

    public Scalar ToScalar()
    {
        Scalar? sum = null;
        // Positive terms first, so that the text reads `a - b`; the constant last of its sign.
        foreach (Term t in terms.Values.OrderBy(t => t.Coefficient < 0).ThenBy(t => t.Factors.Count == 0))
        {
            long c = sum is null ? t.Coefficient : Math.Abs(t.Coefficient);
            Scalar? product = c == 1 && t.Factors.Count > 0 ? null : Scalar.Of((int)c);
            foreach ((_, Scalar atom) in t.Factors)
                product = product is null ? atom : new Scalar.Binary(BinaryOp.Multiply, product, atom);
            sum = sum is null ? product
                : new Scalar.Binary(t.Coefficient < 0 ? BinaryOp.Subtract : BinaryOp.Add, sum, product!);
        }
        return sum ?? Scalar.Of(0);
    }

    private static Size Atom(Scalar atom) => Single(1, [(ScalarText.Of(atom), atom)]);

    private static Size Single(long coefficient, IReadOnlyList<(string Name, Scalar Atom)> factors)
    {
        var terms = new SortedDictionary<string, Term>(StringComparer.Ordinal);
        if (coefficient == 0) return new Size(terms);
        (string Name, Scalar Atom)[] sorted = [.. factors.OrderBy(f => f.Name, StringComparer.Ordinal)];
        terms[string.Join("·", sorted.Select(f => f.Name))] = new Term(coefficient, sorted);
        return new Size(terms);
    }

    /// <summary>
    /// Whether both are equal provided that some quotients leave no remainder: <c>heads * (hidden / heads)</c> and <c>hidden</c>. The caller
    /// sees to it that <paramref name="quotients"/> do not.
    /// </summary>
    public bool EqualsIfExact(Size other, out IReadOnlyList<(Size Dividend, Size Divisor)> quotients)
    {
        List<(Size, Size)> assumed = [];
        quotients = assumed;
        return Cancel(assumed).Equals(other.Cancel(assumed));
    }

    private Size Cancel(List<(Size, Size)> assumed)
    {
        foreach (Term t in terms.Values)
            for (int i = 0; i < t.Factors.Count; i++)
            {
                if (t.Factors[i].Atom is not Scalar.Binary { Op: BinaryOp.Divide } quotient) continue;
                List<(string Name, Scalar Atom)> others = [.. t.Factors];
                others.RemoveAt(i);
                (Size dividend, Size divisor) = (From(quotient.Left), From(quotient.Right));
                if (!Single(t.Coefficient, others).Divides(divisor, out Size? remaining)) continue;
                assumed.Add((dividend, divisor));
                return (this - Single(t.Coefficient, t.Factors) + (remaining! * dividend)).Cancel(assumed);
            }
        return this;
    }

    public bool Equals(Size? other) => other is not null && key == other.key;

    public override bool Equals(object? obj) => Equals(obj as Size);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(key);

    /// <summary>As a person writes it: <c>3 * hidden</c>.</summary>
    public override string ToString() => ScalarText.Of(ToScalar());
}
