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

    public static IEnumerable<string> Of(KernelPlan plan) => Shapes(plan).Concat(Sequences(plan)).Concat(Tables(plan).Distinct());

    /// <summary>Inputs of the same rows, and the widths of rows of floats.</summary>
    private static IEnumerable<string> Shapes(KernelPlan plan)
    {
        foreach (PlanInput i in plan.Inputs)
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
    private static IEnumerable<string> Sequences(KernelPlan plan)
    {
        IEnumerable<(int Space, RowInteger Value)> integers =
            plan.RowSpaces.Where(s => s.Lengths is not null).Select(s => (s.Id, s.Lengths!)).Concat(plan.HostIntegers.Select(i => (i.RowSpace, i.Value)));
        IEnumerable<(int, int)> lengths = integers.SelectMany(i => i.Value.All().OfType<RowInteger.Length>().Select(l => (i.Space, l.Space)));
        foreach ((int a, int b) in plan.Kernels.SelectMany(k => Read(k).Select(space => (k.Rows, space))).Concat(lengths).Distinct())
        {
            (int first, int second) = (plan.RowSpaces[a].Input, plan.RowSpaces[b].Input);
            if (first == second || first < 0 || second < 0) continue;
            PlanInput x = plan.Inputs[first], y = plan.Inputs[second];
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
    private static IEnumerable<string> Tables(KernelPlan plan)
    {
        foreach (TableLookup lookup in TableLookup.Of(plan))
        {
            string row = $"{HostPart.Text(lookup.Factor)}, {HostPart.Text(lookup.Offset)}, {HostPart.Text(lookup.Table.Rows.ToScalar())}";
            string path = CSharpText.Literal(lookup.Table.Path.ToString());
            switch (lookup.Source)
            {
                case RowInteger.Position when plan.RowSpaces[lookup.Rows].IsOfInput:
                    yield return $"{Check}Positions({Identifier(plan.RowSpaces[lookup.Rows].Input)}.Offsets, {row}, {path});";
                    break;
                case RowInteger.Types t:
                    yield return Indices(t.Input, ".Types", ".Types");
                    break;
                case RowInteger.Ids i:
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
