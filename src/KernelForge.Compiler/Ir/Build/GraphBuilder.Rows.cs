using KernelForge.Compiler.Diagnostics;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Ir.Build;

/// <summary>Row spaces, and the integers of their rows that the host knows.</summary>
internal sealed partial class GraphBuilder
{
    private readonly List<PlanIntegers> hostIntegers = [];

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
        RowSpace? known = spaces.Find(s => s.Input == spaces[space].Input && lengths.Value.Equals(s.Lengths));
        if (known is not null) return known.Id;
        string name = spaces[RootOf(space)].Name.Replace("tokens", "rows");
        int others = spaces.Count(s => s.Lengths is not null && s.Input == spaces[space].Input);
        spaces.Add(new RowSpace(spaces.Count, others == 0 ? name : $"{name} {others + 1}", null, spaces[space].Input) { Lengths = lengths.Value });
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
    private RowInteger OnDevice(Val.Integers integers)
    {
        if (integers.Value.IsOnDevice) return integers.Value;
        PlanIntegers? known = hostIntegers.Find(h => h.RowSpace == integers.Space && h.Value.Equals(integers.Value));
        if (known is null) hostIntegers.Add(known = new PlanIntegers(hostIntegers.Count, integers.Space, integers.Value));
        return new RowInteger.Host(known.Id);
    }
}
