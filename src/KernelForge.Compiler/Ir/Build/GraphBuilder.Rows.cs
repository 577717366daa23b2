using System.Globalization;
using KernelForge.Compiler.Diagnostics;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Ir.Build;

/// <summary>
/// Row spaces, and the integers of their rows that the host knows. Those that depend on the pass of a loop, or on rows that a loop or branch chooses, are
/// computed where they are first needed, in the outermost body in which all that they depend on is known, and are forgotten at its end.
/// </summary>
internal sealed partial class GraphBuilder
{
    private readonly List<PlanIntegers> hostIntegers = [];

    /// <summary>The bodies that are open around <see cref="body"/>, outermost first: one for each of <see cref="scopes"/>.</summary>
    private readonly List<List<Node>> outerBodies = [];

    /// <summary>Row spaces and integers that belong to a body, by how many bodies are around it; those of a body that is closed are gone.</summary>
    private readonly Dictionary<int, int> depthOfSpace = [], depthOfIntegers = [];

    private bool IsKnown(RowSpace space) => !space.IsLocal || depthOfSpace.ContainsKey(space.Id);

    /// <summary>Follows what stands in a body of its own.</summary>
    private (List<Node> Body, T Result) Enclosed<T>(BodyScope scope, Func<T> follow)
    {
        outerBodies.Add(body);
        scopes.Add(scope);
        body = [];
        T result = follow();
        List<Node> followed = body;
        foreach (int space in depthOfSpace.Where(d => d.Value == scopes.Count).Select(d => d.Key).ToArray()) depthOfSpace.Remove(space);
        foreach (int number in depthOfIntegers.Where(d => d.Value == scopes.Count).Select(d => d.Key).ToArray()) depthOfIntegers.Remove(number);
        body = outerBodies[outerBodies.Count - 1];
        outerBodies.RemoveAt(outerBodies.Count - 1);
        scopes.RemoveAt(scopes.Count - 1);
        return (followed, result);
    }

    /// <summary>Rows that a loop or branch chooses among rows of the same sequences.</summary>
    /// <param name="depth">The bodies around that in which they are known.</param>
    private int ChosenRows(string local, int like, int depth)
    {
        int others = spaces.Count(s => s.IsChosen);
        spaces.Add(new RowSpace(spaces.Count, $"rows of {local}{(others == 0 ? "" : " " + (others + 1).ToString(CultureInfo.InvariantCulture))}", null, spaces[like].Input)
        {
            IsChosen = true,
            IsLocal = true,
        });
        depthOfSpace[spaces.Count - 1] = depth;
        return spaces.Count - 1;
    }

    private bool CanBeChosen(int a, int b) => a == b ? a != Val.Rows.Table
        : a != Val.Rows.Table && b != Val.Rows.Table && IsSameFamily(a, b) && !IsSequences(a) && !IsSequences(b);

    /// <summary>In how many bodies lies what integers are computed from; null where it is known before the first kernel.</summary>
    private int? DepthOf(RowInteger value)
    {
        int? depth = null;
        foreach (RowInteger part in value.All())
        {
            int? of = part switch
            {
                RowInteger.Length l when spaces[l.Space].IsLocal => depthOfSpace[l.Space],
                RowInteger.Host h when hostIntegers[h.Number].IsLocal => depthOfIntegers[h.Number],
                RowInteger.Constant c => DepthOf(c.Value),
                RowInteger.Affine a => Deeper(DepthOf(a.Factor), DepthOf(a.Offset)),
                _ => null,
            };
            depth = Deeper(depth, of);
        }
        return depth;
    }

    private int? DepthOf(Scalar value)
    {
        HashSet<string> indices = [.. ScalarText.Indices(value)];
        int loop = scopes.FindLastIndex(s => s is BodyScope.Pass p && indices.Contains(p.Loop.Index)), arm = scopes.FindLastIndex(s => s is BodyScope.Arm);
        // An element of an array may be there in one arm alone.
        int deepest = IsOpaque(value) && !(value is Scalar.Index) ? Math.Max(loop, arm) : loop;
        return deepest < 0 ? null : deepest + 1;
    }

    private static int? Deeper(int? a, int? b) => a is null ? b : b is null ? a : Math.Max(a.Value, b.Value);

    private void AddAt(int depth, Node node) => (depth == outerBodies.Count ? body : outerBodies[depth]).Add(node);

    private bool IsSequences(int space) => spaces[space].SequencesOf is not null;

    /// <summary>Whether two row spaces have the same sequences.</summary>
    private bool IsSameFamily(int a, int b) => spaces[a].Input >= 0 && spaces[a].Input == spaces[b].Input;

    /// <summary>The rows that the input of a family brings.</summary>
    private int RootOf(int space) => inputs[spaces[space].Input].RowSpace;

    private int Sequences(int space)
    {
        if (IsSequences(space)) return space;
        RowSpace? known = spaces.Find(s => s.SequencesOf is not null && s.Input == spaces[space].Input);
        if (known is not null) return known.Id;
        RowSpace parent = spaces[RootOf(space)];
        spaces.Add(new RowSpace(spaces.Count, parent.Name.Replace("tokens", "sequences"), parent.Id, parent.Input));
        return spaces.Count - 1;
    }

    /// <summary>How many rows each sequence has: of rows with lengths of their own, how these were computed.</summary>
    private RowInteger LengthsOf(int space) => spaces[space].Lengths ?? new RowInteger.Length(space);

    /// <summary>Rows of the same sequences with lengths of their own; the same lengths are the same rows.</summary>
    private int WithLengths(int space, Val.Integers lengths, Expr at)
    {
        if (spaces[space].TableRows is not null) throw Fail(Rules.RowSpaceMismatch, at, "the rows of a table belong to no sequence: they have no lengths");
        if (lengths.Space == Val.Rows.Table) lengths = lengths with { Space = Sequences(space) };
        if (!IsSequences(lengths.Space) || !IsSameFamily(lengths.Space, space))
            throw Fail(Rules.RowSpaceMismatch, at,
                $"lengths are one integer a sequence of [{spaces[space].Name}], such as rows.Lengths / 2; got {Describe(lengths)}");
        if (lengths.Value is RowInteger.Length l) return l.Space;
        RowSpace? known = spaces.Find(s => s.Input == spaces[space].Input && lengths.Value.Equals(s.Lengths) && IsKnown(s));
        if (known is not null) return known.Id;
        int? depth = DepthOf(lengths.Value);
        string name = spaces[RootOf(space)].Name.Replace("tokens", "rows");
        int others = spaces.Count(s => s.Lengths is not null && s.Input == spaces[space].Input);
        spaces.Add(new RowSpace(spaces.Count, others == 0 ? name : $"{name} {others + 1}", null, spaces[space].Input) { Lengths = lengths.Value, IsLocal = depth is not null });
        if (depth is { } at0)
        {
            depthOfSpace[spaces.Count - 1] = at0;
            AddAt(at0, new Node.Lengths(spaces.Count - 1));
        }
        return spaces.Count - 1;
    }

    /// <summary>The rows of a table; tables of as many rows have the same rows.</summary>
    private int Table(Size rows)
    {
        RowSpace? known = spaces.Find(s => rows.Equals(s.TableRows));
        if (known is not null) return known.Id;
        spaces.Add(new RowSpace(spaces.Count, $"{rows} table rows", null, -1) { TableRows = rows });
        return spaces.Count - 1;
    }

    /// <summary><c>rows.WithLengths(lengths)</c>, <c>x.Length(t)</c>, <c>integers.Select(f)</c>.</summary>
    private Val CallMember(CallExpr c, Val receiver, (string? Name, Val Value)[] arguments)
    {
        Expr at = c.Arguments.Count > 0 ? c.Arguments[0].Value : c;
        switch (receiver, c.Name)
        {
            case (Val.SpaceOf s, "WithLengths"):
                return new Val.SpaceOf(WithLengths(s.Id, IntegersArgument(arguments[0].Value, at), at));
            case (Val.SpaceOf s, "Length"):
                return LengthAt(s.Id, arguments[0].Value, at);
            case (Val.Ids or Val.Integers, "Length"):
                return LengthAt(IntegersArgument(receiver, at).Space, arguments[0].Value, at);
            case (Val.Integers or Val.Ids, "Select") when arguments[0].Value is Val.Lambda { Expr.Parameters.Count: 1 } lambda:
                Scope scope = lambda.Scope.Copy();
                scope.Locals[lambda.Expr.Parameters[0]] = IntegersArgument(receiver, at);
                return IntegersArgument(Evaluate(lambda.Expr.Body, scope), lambda.Expr.Body);
            case (_, "Length") when AsRows(receiver) is { Space: not Val.Rows.Table } rows:
                return LengthAt(rows.Space, arguments[0].Value, at);
            default:
                throw Fail(Rules.UnknownCall, c, $"{Describe(receiver)} has no method '{c.Name}' that the language knows");
        }
    }

    private Val.Integers IntegersArgument(Val value, Expr at) => value switch
    {
        Val.Integers i => i,
        Val.Ids i => new Val.Integers(i.Space, new RowInteger.Ids(i.Input)),
        Val.Host { Value: { IsInteger: true } s } => new Val.Integers(Val.Rows.Table, new RowInteger.Constant(s)),
        _ => throw Fail(Rules.KindMismatch, at, $"integers of rows are expected here, got {Describe(value)}"),
    };

    /// <summary>Arithmetic of integers: what stays a multiple and an offset of an input's is computed where it is read, all else by the host.</summary>
    private Val.Integers Integers(BinaryOp op, Val a, Val b, Expr at)
    {
        if (a is Val.Integers i && b is Val.Host { Value: { IsInteger: true } n } && i.Value.IsOnDevice && Affine(op, i, n) is { } affine) return affine;
        if (b is Val.Integers j && a is Val.Host { Value: { IsInteger: true } m } && j.Value.IsOnDevice && op != BinaryOp.Subtract && Affine(op, j, m) is { } mirrored)
            return mirrored;
        (Val.Integers l, Val.Integers r) = (IntegersArgument(a, at), IntegersArgument(b, at));
        return new Val.Integers(JoinIntegers(l.Space, r.Space, at), RowIntegers.Binary(op, l.Value, r.Value));
    }

    private Val.Integers Extreme(string method, Val a, Val b, Expr at)
    {
        (Val.Integers l, Val.Integers r) = (IntegersArgument(a, at), IntegersArgument(b, at));
        RowInteger value = method == "Max" ? RowIntegers.Max(l.Value, r.Value) : new RowInteger.Call("global::System.Math." + method, [l.Value, r.Value]);
        return new Val.Integers(JoinIntegers(l.Space, r.Space, at), value);
    }

    private int JoinIntegers(int a, int b, Expr at)
    {
        if (a == b || b == Val.Rows.Table) return a;
        if (a == Val.Rows.Table) return b;
        if (IsSequences(b) && IsSameFamily(a, b)) return a;
        if (IsSequences(a) && IsSameFamily(a, b)) return b;
        // Sequences of two batches pair up; a run checks that they are as many.
        if (IsSequences(a) && IsSequences(b)) return a;
        if (spaces[a].IsOfInput && spaces[b].IsOfInput) LearnSameRows(a, b);
        throw Fail(Rules.RowSpaceMismatch, at, $"the rows do not belong together: [{spaces[a].Name}] and [{spaces[b].Name}]");
    }

    /// <summary>An integer that kernels can read: as it is, or as what the host has computed.</summary>
    private RowInteger OnDevice(Val.Integers integers, bool byHost = false)
    {
        if (integers.Value.IsOnDevice && !byHost) return integers.Value;
        PlanIntegers? known = hostIntegers.Find(
            h => h.RowSpace == integers.Space && h.Value.Equals(integers.Value) && (!h.IsLocal || depthOfIntegers.ContainsKey(h.Id)));
        if (known is not null) return new RowInteger.Host(known.Id);
        int? depth = Deeper(DepthOf(integers.Value), spaces[integers.Space].IsLocal ? depthOfSpace[integers.Space] : null);
        hostIntegers.Add(known = new PlanIntegers(hostIntegers.Count, integers.Space, integers.Value) { IsLocal = depth is not null });
        if (depth is { } at)
        {
            depthOfIntegers[known.Id] = at;
            AddAt(at, new Node.Integers(known.Id));
        }
        return new RowInteger.Host(known.Id);
    }
}
