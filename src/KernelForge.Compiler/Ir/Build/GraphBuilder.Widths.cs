using System.Diagnostics.CodeAnalysis;
using KernelForge.Compiler.Diagnostics;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Ir.Build;

/// <summary>When widths are equal: always, by what an input turns out to be, or by a check when a model is loaded.</summary>
internal sealed partial class GraphBuilder
{
    /// <summary>The loops and branches around what is followed, outermost first.</summary>
    private readonly List<BodyScope> scopes = [];

    private readonly List<Scalar.Recurrence> recurrences = [];

    /// <summary>Widths that depend on the pass of a loop, or on an arm of a branch.</summary>
    private readonly HashSet<Scalar> chosen = [];

    /// <summary>How wide an unknown width of <paramref name="a"/> must be for it to equal <paramref name="b"/>, which may hold it too.</summary>
    private static (string Name, Size Width)? Solve(Size a, Size b)
    {
        if (UnknownName(a) is { } itself && !b.Atoms.Contains(a.ToScalar())) return (itself, b);
        foreach (Scalar unknown in a.Atoms.Where(atom => UnknownName(Size.From(atom)) is not null))
            if ((a - b).LinearIn(unknown) is var (factor, rest) && (Size.Zero - rest).Divides(factor, out Size? width) && width!.Constant is not <= 0)
                return (UnknownName(Size.From(unknown))!, width);
        return null;
    }

    private static string? UnknownName(Size size) =>
        size.ToScalar() is Scalar.Hyper h && h.Name.StartsWith(Unknown, StringComparison.Ordinal) ? h.Name.Substring(Unknown.Length) : null;

    /// <summary>
    /// Whether two widths that have to be equal are; an unknown one is from now on. Of widths that differ from pass to pass it may be known only when a
    /// model is loaded: they are taken to be, and the plan checks it.
    /// </summary>
    /// <param name="taker">The field that takes rows of width <paramref name="b"/>, where there is one.</param>
    private bool SameWidth(Size a, Size b, (LayerInstance Owner, FieldSpec Field)? taker = null)
    {
        if (AlwaysSameWidth(a, b) || shapes.IsProbed(a) || shapes.IsProbed(b)) return true;
        if ((SolveWithoutPass(a, b) ?? SolveWithoutPass(b, a)) is var (unknown, width)) Learn(unknown, width);
        if ((!IsChosen(a) && !IsChosen(b)) || !MayBeEqual(a.ToScalar(), b.ToScalar())) return false;
        List<Scalar> values = [];
        string what = taker is { } t ? PathOf(t.Owner, t.Field, values) + $" takes {{{values.Count}}} features, got {{{values.Count + 1}}}"
            : "values of {0} and {1} features do not go together";
        Check(Scalars.Binary(BinaryOp.Equal, a.ToScalar(), b.ToScalar()), what, [.. values, b.ToScalar(), a.ToScalar()]);
        return true;
    }

    /// <summary>Whether two widths are equal whatever the configuration says; an unknown one is from now on.</summary>
    private bool AlwaysSameWidth(Size a, Size b)
    {
        if (a.Equals(b)) return true;
        (string? name, Size other) = Solve(a, b) is { } solved ? solved : Solve(b, a) is { } mirrored ? mirrored : (null, a);
        if (shapes.IsProbed(a) || shapes.IsProbed(b)) return false;
        if (name is not null)
        {
            // No width is its own double.
            if (other.Atoms.Any(atom => UnknownName(Size.From(atom)) == name)) return false;
            Learn(name, other);
        }
        if (!a.EqualsIfExact(b, out IReadOnlyList<(Size Dividend, Size Divisor)> quotients)) return false;
        foreach ((Size dividend, Size divisor) in quotients) RequireDivisible(dividend, divisor);
        return true;
    }

    /// <summary>
    /// How wide an unknown width must be that a loop leaves as it is where it makes no pass, for what the loop gives to equal
    /// <paramref name="b"/> then.
    /// </summary>
    private static (string Name, Size Width)? SolveWithoutPass(Size a, Size b)
    {
        if (a.ToScalar() is not Scalar.Conditional { Condition: Scalar.Binary { Op: BinaryOp.Greater, Left: var end, Right: var start } } c
            || UnknownName(Size.From(c.WhenFalse)) is not { } name) return null;
        Size width = b.Replace(atom => atom.Equals(end) ? Size.From(start) : null);
        return width.Atoms.Any(atom => UnknownName(Size.From(atom)) is not null) ? null : (name, width);
    }

    /// <summary>From now on an unknown width is known; what was followed so far is followed again.</summary>
    [DoesNotReturn]
    private void Learn(string name, Size width)
    {
        // The width of an input is the same in every pass: that of the first.
        foreach (BodyScope.Pass pass in scopes.OfType<BodyScope.Pass>().Reverse()) width = AtPass(width, pass.Loop, pass.Loop.Start);
        widths[name] = width;
        throw new LearnedException();
    }

    /// <summary>With what was learned since of the widths that it consists of.</summary>
    private Size Resolved(Size size) =>
        size.Replace(atom => UnknownName(Size.From(atom)) is { } name && widths.TryGetValue(name, out Size? known) ? Resolved(known) : null);

    private void RequireDivisible(Size dividend, Size divisor)
    {
        if (dividend.Divides(divisor, out _)) return;
        Scalar condition = Scalars.Binary(
            BinaryOp.And, Scalars.Binary(BinaryOp.Greater, divisor.ToScalar(), Scalar.Of(0)),
            Scalars.Binary(BinaryOp.Equal, Scalars.Binary(BinaryOp.Remainder, dividend.ToScalar(), divisor.ToScalar()), Scalar.Of(0)));
        Check(condition, $"{dividend} must be divisible by {divisor}", []);
    }

    /// <summary>What must hold for the present place of the description to be reached.</summary>
    private Scalar Reached => scopes.OfType<BodyScope.Arm>().Aggregate((Scalar)new Scalar.Truth(true), (all, arm) => Scalars.Binary(BinaryOp.And, all, arm.Condition));

    /// <summary>What is applied here is there: known now, or checked when a model is loaded, for whenever this place is reached.</summary>
    private void RequirePresent(LayerInstance owner, FieldSpec field, Scalar present, Expr at)
    {
        if (Conjuncts(present).All(p => p is Scalar.Truth { Value: true } || Conjuncts(Reached).Contains(p))) return;
        string path = new ParameterPath(owner.Path.Append(new PathSegment(field.Name, null)).ToEquatableArray()).ToString();
        string message = $"'{path}' is applied, and its 'present:' says that it is not there";
        if (present is Scalar.Truth && scopes.Count == 0) throw Fail(Rules.AbsentApplied, at, message);
        Check(present, message, [], everyLoop: true);
    }

    private static IEnumerable<Scalar> Conjuncts(Scalar condition) =>
        condition is Scalar.Binary { Op: BinaryOp.And } both ? Conjuncts(both.Left).Concat(Conjuncts(both.Right)) : [condition];

    /// <summary>What must hold of hyper-parameters wherever the present place is reached, in every pass of the loops around it.</summary>
    /// <param name="condition">What must hold.</param>
    /// <param name="message">What is wrong where it does not.</param>
    /// <param name="values">Numbers of the message.</param>
    /// <param name="everyLoop">Whether it need not hold where a loop around the place makes no turn, even if its index does not matter.</param>
    private void Check(Scalar condition, string message, IReadOnlyList<Scalar> values, bool everyLoop = false)
    {
        Scalar whole = Scalars.Binary(BinaryOp.Or, Scalars.Unary(UnaryOp.Not, Reached), condition);
        HashSet<string> indices = [.. values.Append(whole).SelectMany(ScalarText.Indices)];
        List<PlanLoop> loops = [];
        foreach (PlanLoop loop in scopes.OfType<BodyScope.Pass>().Select(p => p.Loop).Reverse())
        {
            if (!everyLoop && !indices.Contains(loop.Index)) continue;
            indices.UnionWith(ScalarText.Indices(loop.Start).Concat(ScalarText.Indices(loop.End)));
            loops.Insert(0, loop);
        }
        var check = new PlanCheck(whole, message, loops.ToEquatableArray()) { Values = values.ToEquatableArray() };
        if (!checks.Contains(check)) checks.Add(check);
    }

    /// <summary>Where a field lies, with <c>{0}</c> and so on for the indices in it, which are added to <paramref name="indices"/>.</summary>
    private static string PathOf(LayerInstance owner, FieldSpec field, List<Scalar> indices)
    {
        return $"'{string.Concat(owner.Path.Select(s => s.Name + (s.Index is null ? "" : "[" + Place(s.Index) + "]") + "."))}{field.Name}'";

        string Place(Scalar index)
        {
            indices.Add(index);
            return "{" + (indices.Count - 1).ToString(System.Globalization.CultureInfo.InvariantCulture) + "}";
        }
    }

    private static Size AtPass(Size size, PlanLoop pass, Scalar at) => Size.From(Scalars.AtPass(size.ToScalar(), pass.Index, at));

    /// <summary>The width in a pass, from that before the loop and that at the end of a pass.</summary>
    private Size ColumnsIn(PlanLoop pass, string local, Size before, Size last)
    {
        var index = new Scalar.Index(pass.Index);
        if (Recurs(last)) return Noted(Size.From(Recurring(pass, local, before, last, index)));
        Size previous = AtPass(last, pass, (Size.From(index) - Size.One).ToScalar());
        return AtPass(previous, pass, pass.Start).Equals(before) ? Noted(previous) : Chosen(Scalars.Binary(BinaryOp.Equal, index, pass.Start), before, previous);
    }

    /// <summary>The width after a loop.</summary>
    private Size ColumnsAfter(PlanLoop pass, string local, Size before, Size last)
    {
        if (Recurs(last)) return Noted(Size.From(Recurring(pass, local, before, last, pass.End)));
        Size end = AtPass(last, pass, (Size.From(pass.End) - Size.One).ToScalar());
        bool isSameForNone = AtPass(last, pass, (Size.From(pass.Start) - Size.One).ToScalar()).Equals(before);
        return isSameForNone ? Noted(end) : Chosen(Scalars.Binary(BinaryOp.Greater, pass.End, pass.Start), end, before);
    }

    private static bool Recurs(Size last)
    {
        bool found = false;
        Scalars.Replace(last.ToScalar(), s => { found |= s is Scalar.Previous; return null; });
        return found;
    }

    private Scalar.Recurring Recurring(PlanLoop pass, string local, Size before, Size last, Scalar at)
    {
        IEnumerable<string> indices = ((Scalar[])[pass.Start, before.ToScalar(), last.ToScalar()]).SelectMany(ScalarText.Indices);
        EquatableArray<string> outer = indices.Where(i => i != pass.Index).Distinct().ToEquatableArray();
        string name = "kf_widthOf" + BackEnds.ProgramNames.Pascal(local);
        int others = recurrences.Count(r => r.Name.StartsWith(name, StringComparison.Ordinal));
        var recurrence = new Scalar.Recurrence(name, pass.Index, pass.Start, before.ToScalar(), last.ToScalar(), outer);
        Scalar.Recurrence? known = recurrences.Find(r => recurrence.Equals(r with { Name = name }));
        if (known is null)
        {
            string number = others == 0 ? "" : (others + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
            recurrences.Add(known = recurrence with { Name = name + number });
        }
        return new Scalar.Recurring(known, at, outer.Select(i => (Scalar)new Scalar.Index(i)).ToEquatableArray());
    }

    private Size Chosen(Scalar condition, Size a, Size b) => Noted(Size.From(Scalars.Conditional(condition, a.ToScalar(), b.ToScalar())));

    private Size Noted(Size size)
    {
        chosen.Add(size.ToScalar());
        return size;
    }

    private bool IsChosen(Size size)
    {
        bool found = false;
        Scalars.Replace(size.ToScalar(), s => { found |= chosen.Contains(s); return null; });
        return found;
    }

    /// <summary>
    /// Whether two widths may turn out equal when a model is loaded. Two different sizes of plain hyper-parameters are a mistake, as they are outside of
    /// loops; elements of arrays, or what C# computes, may be anything.
    /// </summary>
    private static bool MayBeEqual(Scalar a, Scalar b)
    {
        if (a is Scalar.Conditional c)
            return MayBeEqual(c.WhenTrue, Under(c.Condition, Arm(b, c.Condition, true))) && MayBeEqual(c.WhenFalse, Arm(b, c.Condition, false));
        if (b is Scalar.Conditional) return MayBeEqual(b, a);
        // Of widths that follow from each other, the first; behind the last pass it may be any.
        if (a is Scalar.Recurring r)
            return r.At is not Scalar.Index i || MayBeEqual(r.Definition.Initial, Scalars.AtPass(b, i.Name, r.Definition.Start)) || IsOpaque(b);
        if (b is Scalar.Recurring) return MayBeEqual(b, a);
        return Size.From(a).Equals(Size.From(b)) || IsOpaque(a) || IsOpaque(b);

        // Where both follow the same condition, they do so together.
        static Scalar Arm(Scalar value, Scalar condition, bool holds) =>
            Scalars.Replace(value, s => s is Scalar.Conditional c && c.Condition.Equals(condition) ? holds ? c.WhenTrue : c.WhenFalse : null);

        // The first pass of a loop.
        static Scalar Under(Scalar condition, Scalar value) =>
            condition is Scalar.Binary { Op: BinaryOp.Equal, Left: Scalar.Index i, Right: var start } ? Scalars.AtPass(value, i.Name, start) : value;
    }

    private static bool IsOpaque(Scalar value)
    {
        bool found = false;
        Scalars.Replace(value, s =>
        {
            found |= s is not (Scalar.Number or Scalar.Hyper or Scalar.Unary or Scalar.Binary { Op: BinaryOp.Add or BinaryOp.Subtract or BinaryOp.Multiply });
            return null;
        });
        return found;
    }
}
