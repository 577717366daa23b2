using KernelForge.Compiler.BackEnds;
using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.Scheduler;

/// <summary>What a run checks of its inputs before any kernel reads them: statements.</summary>
internal static class RunChecks
{
    private const string Check = HostPart.Execution + "RunCheck.";

    /// <param name="plan">The layer's plan.</param>
    /// <param name="isGiven">Whether a parameter is given in this run.</param>
    /// <param name="past">The text of the earlier rows of each sequence of a row space; null where there are none.</param>
    /// <param name="positions">Whether the checks of positions are wanted, or those before them: only where a run has begun its past is known.</param>
    public static IEnumerable<string> Of(KernelPlan plan, Func<PlanInput, bool> isGiven, Func<int, string>? past, bool positions) => positions
        ? Tables(plan, isGiven, past, positions).Distinct()
        : Shapes(plan, isGiven).Concat(Sequences(plan, isGiven)).Concat(Tables(plan, isGiven, past, positions).Distinct());

    /// <summary>Inputs of the same rows, and the widths of rows of floats.</summary>
    private static IEnumerable<string> Shapes(KernelPlan plan, Func<PlanInput, bool> isGiven)
    {
        foreach (PlanInput i in plan.Inputs.Where(isGiven))
        {
            PlanInput owner = plan.Inputs[plan.RowSpaces[i.RowSpace].Input];
            string name = CSharpText.Identifier(i.Name), inWords = CSharpText.Literal(i.Name);
            if (owner != i)
            {
                string first = CSharpText.Identifier(owner.Name);
                yield return $"{Check}SameRows({first}.Offsets, {name}.Offsets, {CSharpText.Literal(owner.Name)}, {inWords});";
            }
            if (i.Kind == InputKind.Tokens) yield return $"{Check}Columns({name}, {HostPart.Text(i.Columns.ToScalar())}, {inWords});";
        }
    }

    /// <summary>What reads rows, or computes with lengths, of another input's sequences pairs them with its own.</summary>
    private static IEnumerable<string> Sequences(KernelPlan plan, Func<PlanInput, bool> isGiven)
    {
        IEnumerable<(int Space, RowInteger Value)> integers =
            plan.RowSpaces.Where(s => s.Lengths is not null).Select(s => (s.Id, s.Lengths!)).Concat(plan.HostIntegers.Select(i => (i.RowSpace, i.Value)));
        IEnumerable<(int, int)> lengths = integers.SelectMany(i => i.Value.All().OfType<RowInteger.Length>().Select(l => (i.Space, l.Space)));
        foreach ((int a, int b) in plan.Kernels.SelectMany(k => Read(k).Select(space => (k.Rows, space))).Concat(lengths).Distinct())
        {
            (int first, int second) = (plan.RowSpaces[a].Input, plan.RowSpaces[b].Input);
            if (first == second || first < 0 || second < 0) continue;
            PlanInput x = plan.Inputs[first], y = plan.Inputs[second];
            if (!isGiven(x) || !isGiven(y)) continue;
            string counts = string.Join(", ", ((PlanInput[])[x, y]).Select(i => CSharpText.Identifier(i.Name) + ".Offsets.Length - 1"));
            yield return $"{Check}SameSequences({counts}, {CSharpText.Literal(x.Name)}, {CSharpText.Literal(y.Name)});";
        }
    }

    /// <summary>Row spaces whose sequences a kernel takes to be those of its own rows.</summary>
    private static IEnumerable<int> Read(Kernel kernel) => kernel switch
    {
        AttentionKernel a => Read(a.Operands, a.Score, a.Mask).Append(a.KeyRows),
        ElementKernel e => Read(e.Operands, e.Value),
        ScanKernel s => Read(s.Operands, s.Step, s.Value),
        _ => [],
    };

    private static IEnumerable<int> Read(EquatableArray<ElementOperand> operands, params Expression?[] lambdas) => operands
        .SelectMany(o => o switch
        {
            ElementOperand.Rows r => [r.Space],
            ElementOperand.Integers i => [i.Space],
            _ => (IEnumerable<int>)[],
        })
        .Concat(lambdas.SelectMany(l => l is null ? [] : l.All()).OfType<Expression.Length>().Select(l => l.Space));

    /// <summary>Integers and positions that look rows up; those that the host computes are checked where they are computed.</summary>
    private static IEnumerable<string> Tables(KernelPlan plan, Func<PlanInput, bool> isGiven, Func<int, string>? past, bool positions)
    {
        foreach (TableLookup lookup in TableLookup.Of(plan))
        {
            string row = $"{HostPart.Text(lookup.Factor)}, {HostPart.Text(lookup.Offset)}, {HostPart.Text(lookup.Count.ToScalar())}";
            string path = CSharpText.Literal(lookup.Table.Path.ToString());
            switch (lookup.Source)
            {
                case RowInteger.Position when positions && plan.RowSpaces[lookup.Rows].IsOfInput && isGiven(plan.Inputs[plan.RowSpaces[lookup.Rows].Input]):
                    string before = past is null ? "" : past(lookup.Rows) + ", ";
                    yield return $"{Check}Positions({Identifier(plan.RowSpaces[lookup.Rows].Input)}.Offsets, {before}{row}, {path});";
                    break;
                case RowInteger.Types t when !positions && isGiven(plan.Inputs[t.Input]):
                    yield return Indices(t.Input, ".Types", ".Types");
                    break;
                case RowInteger.Ids i when !positions && isGiven(plan.Inputs[i.Input]):
                    yield return Indices(i.Input, ".Ids", "");
                    break;
                default:
                    break;
            }

            string Identifier(int input) => CSharpText.Identifier(plan.Inputs[input].Name);

            string Indices(int input, string member, string inWords)
            {
                string batch = Identifier(input), what = CSharpText.Literal(plan.Inputs[input].Name + inWords);
                return $"{Check}Indices({batch}.Offsets, {batch}{member}, {row}, {what}, {path});";
            }
        }
    }
}
