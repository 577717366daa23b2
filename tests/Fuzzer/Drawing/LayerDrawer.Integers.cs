using KernelForge.Fuzzer.Descriptions;

namespace KernelForge.Fuzzer.Drawing;

// Integers and truths of lambdas.
internal sealed partial class LayerDrawer
{
    private Node Integer(LambdaScope scope, int depth)
    {
        if (depth <= 0) return IntegerLeaf(scope);
        return draft.Below(12) switch
        {
            0 or 1 => Node.Of(new IntegerType(), "int +", $"({Integer(scope, depth - 1)} + {Integer(scope, 0)})"),
            2 or 3 => Node.Of(new IntegerType(), "int -", $"({Integer(scope, depth - 1)} - {Integer(scope, 0)})"),
            4 => Node.Of(new IntegerType(), "int *", $"({draft.Pick([2, 3, -1])} * {Integer(scope, depth - 1)})"),
            5 => Node.Of(new IntegerType(), "int /", $"({Integer(scope, depth - 1)} / {draft.Pick([2, 3, 5])})"),
            6 => Node.Of(new IntegerType(), "int %", $"({Integer(scope, depth - 1)} % {draft.Pick([2, 3, 7])})"),
            7 => Node.Of(new IntegerType(), "int Max", $"Max({Integer(scope, depth - 1)}, {Integer(scope, 0)})"),
            8 => Node.Of(new IntegerType(), "int Min", $"Min({Integer(scope, depth - 1)}, {Integer(scope, 0)})"),
            9 => Node.Of(new IntegerType(), "int Abs", $"Abs({Integer(scope, depth - 1)})"),
            10 => Node.Of(new IntegerType(), "int ?:", $"({Truth(scope, 0)} ? {Integer(scope, 0)} : {Integer(scope, 0)})"),
            _ => Node.Of(new IntegerType(), "(int)", $"(int)({draft.Pick([2.0, 4.0])} * {ExactReal(scope)})"),
        };
    }

    private Node IntegerLeaf(LambdaScope scope)
    {
        switch (draft.Below(8))
        {
            case 0:
                return Node.Of(new IntegerType(), "", $"{draft.Below(4)}");
            case 1:
                return Length(scope);
            case 2 when IdsOf(scope) is { } ids:
                return ids;
            case 3 when scope.Integers.Length > 0:
                return Node.Of(draft.Pick(scope.Integers));
            default:
                // A row stands for its position.
                return Node.Of(new IntegerType(), "position of a row", $"{draft.Pick(scope.Rows).Row}");
        }
    }

    private Node Length(LambdaScope scope)
    {
        Symbol row = draft.Pick(scope.Rows).Row;
        // How long a sequence is that goes on changes with every row that comes.
        Rows[] whole = [.. spaces.Where(s => !GoesOn(s) || IsBold)];
        if (whole.Length == 0) return Node.Of(new IntegerType(), "", $"{1 + draft.Below(9)}");
        Symbol? x = PickOf(TokensOfRows.Where(s => whole.Contains(TypeOf(s).Rows)));
        return x is null
            ? Node.Of(new IntegerType(), "rows.Length(t)", $"{draft.Pick(whole).Expression}.Length({row})")
            : Node.Of(new IntegerType(), "x.Length(t)", $"{x}.Length({row})");
    }

    /// <summary><c>ids[t]</c>, <c>ids[t, p]</c>.</summary>
    private Node? IdsOf(LambdaScope scope)
    {
        (Symbol row, Rows rows) = later.Count > 0 ? scope.Rows[0] : draft.Pick(scope.Rows);
        bool mayReadOthers = later.Count == 0 || IsBold;
        if ((draft.Chance(0.5) || !mayReadOthers) && PickOf(symbols.Where(s => RowsOfIds(s) is { } own
            && (ReferenceEquals(own, rows) || (mayReadOthers && own.IsSequencesOf(rows))))) is { } near)
            return Node.Of(new IntegerType((near.Type as IntegersType)?.Below), "ids[t]", $"{near}[{row}]");
        if (!mayReadOthers || PickOf(symbols.Where(s => RowsOfIds(s) is not null)) is not { } ids) return null;
        return Node.Of(new IntegerType((ids.Type as IntegersType)?.Below), "ids[t, p]", $"{ids}[{row}, {Integer(scope, 1)}]");
    }

    private static Rows? RowsOfIds(Symbol symbol) => (symbol.Type as IntegersType)?.Rows;

    /// <summary>From 0 to below a size.</summary>
    private Node Index(LambdaScope scope, Size below)
    {
        var type = new IntegerType(below);
        if (below.IsOne) return Node.Of(type, "", $"0");
        Symbol[] equal = [.. scope.Integers.Where(i => type.Accepts(i.Type))];
        if (equal.Length > 0 && draft.Chance(0.7))
        {
            Symbol same = draft.Pick(equal);
            return draft.Chance(0.85) ? Node.Of(same) : Node.Of(type, "reversed features", $"({below} - 1 - {same})");
        }
        foreach (Symbol wide in scope.Integers.OrderBy(_ => draft.Random.Next()))
        {
            if ((wide.Type as IntegerType)?.Below is not { } size || draft.Chance(0.3)) continue;
            if (size.DividedBy(below) is { } group)
                return draft.Chance(0.5) ? Node.Of(type, "f / width", $"({wide} / {group})")
                    : Node.Of(type, "f % width", $"({wide} % {below})");
            return draft.Chance(0.5) ? Node.Of(type, "f % width", $"({wide} % {below})")
                : Node.Of(type, "Min(f, width - 1)", $"Min({wide}, {below} - 1)");
        }
        Node any = Integer(scope, 1);
        return draft.Below(scope.IsPair ? 7 : 5) switch
        {
            0 when scope.FoldsLeft > 0 => ArgMax(scope, below),
            1 or 5 or 6 when scope.IsPair && ValueOf(below) > 1 => Node.Of(
                type, "C# of a difference", $"Host.Bucket({scope.Rows[0].Row} - {scope.Rows[1].Row}, {below})"),
            2 => Node.Of(type, "clamped index", $"Max(Min({any}, {below} - 1), 0)"),
            3 => Node.Of(type, "", $"0"),
            _ => Node.Of(type, "index by %", $"(Abs({any}) % {below})"),
        };
    }

    private Node ArgMax(LambdaScope scope, Size count)
    {
        var index = new Symbol(draft.Name("k"), new IntegerType(count));
        return Node.Of(new IntegerType(count), "ArgMax", $"ArgMax({count}, {new Binder(index)} => {ExactReal(scope.With(index))})");
    }

    private Node Truth(LambdaScope scope, int depth)
    {
        if (depth > 0 && draft.Chance(0.25))
        {
            Node a = Truth(scope, depth - 1), b = Truth(scope, 0);
            return draft.Below(3) switch
            {
                0 => Node.Of(new TruthType(), "&&", $"({a} && {b})"),
                1 => Node.Of(new TruthType(), "||", $"({a} || {b})"),
                _ => Node.Of(new TruthType(), "!", $"!({a})"),
            };
        }
        string comparison = draft.Pick(["<", "<=", ">", ">=", "==", "!="]);
        return draft.Chance(0.35)
            ? Node.Of(new TruthType(), "comparison of numbers", $"({ExactReal(scope)} {comparison} {draft.Pick([0.0, 0.5, -0.625])})")
            : Node.Of(new TruthType(), "comparison of integers", $"({Integer(scope, 1)} {comparison} {Integer(scope, 0)})");
    }
}
