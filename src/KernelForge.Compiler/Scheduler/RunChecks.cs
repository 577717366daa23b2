using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Ir.Build;
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

    /// <summary>Attention between two inputs pairs their sequences.</summary>
    private static IEnumerable<string> Sequences(KernelPlan plan)
    {
        IEnumerable<(int Rows, int KeyRows)> pairs = plan.Kernels.OfType<AttentionKernel>().Select(a => (a.Rows, a.KeyRows));
        foreach ((int a, int b) in pairs.Where(p => p.Rows != p.KeyRows).Distinct())
        {
            PlanInput x = plan.Inputs[plan.RowSpaces[a].Input], y = plan.Inputs[plan.RowSpaces[b].Input];
            if (x == y) continue;
            string counts = string.Join(", ", ((PlanInput[])[x, y]).Select(i => CSharpText.Identifier(i.Name) + ".Offsets.Length - 1"));
            yield return $"{Check}SameSequences({counts}, {CSharpText.Literal(x.Name)}, {CSharpText.Literal(y.Name)});";
        }
    }

    /// <summary>Integers and positions that look rows up.</summary>
    private static IEnumerable<string> Tables(KernelPlan plan)
    {
        foreach ((Kernel kernel, KernelOperand.Gather gather) in plan.Kernels.SelectMany(k => Gathers(k).Select(g => (k, g))))
        {
            PlanParameter table = plan.Parameters[gather.Parameter];
            if (table.Path.Loops.Any() || table.Rows.LoopIndices.Any()) continue;
            (RowInteger source, Scalar factor, Scalar offset) = Flatten(gather.Index);
            string row = $"{HostPart.Text(factor)}, {HostPart.Text(offset)}, {HostPart.Text(table.Rows.ToScalar())}";
            string path = CSharpText.Literal(table.Path.ToString());
            yield return source switch
            {
                RowInteger.Position => $"{Check}Positions({Identifier(plan.RowSpaces[kernel.Rows].Input)}.Offsets, {row}, {path});",
                RowInteger.Types t => Indices(t.Input, ".Types", ".Types"),
                RowInteger.Ids i => Indices(i.Input, ".Ids", ""),
                _ => throw new NotSupportedException(source.GetType().Name),
            };

            string Identifier(int input) => CSharpText.Identifier(plan.Inputs[input].Name);

            string Indices(int input, string member, string inWords)
            {
                string batch = Identifier(input), what = CSharpText.Literal(plan.Inputs[input].Name + inWords);
                return $"{Check}Indices({batch}, {batch}{member}, {row}, {what}, {path});";
            }
        }
    }

    private static IEnumerable<KernelOperand.Gather> Gathers(Kernel kernel) => kernel switch
    {
        RowKernel r => r.Operands.OfType<KernelOperand.Gather>(),
        GemmKernel g => g.Blocks.SelectMany(b => b.Operands).OfType<KernelOperand.Gather>(),
        _ => [],
    };

    /// <summary>The integers of a batch that are looked up, and what they are multiplied by and added to.</summary>
    private static (RowInteger Source, Scalar Factor, Scalar Offset) Flatten(RowInteger value)
    {
        if (value is not RowInteger.Affine a) return (value, Scalar.Of(1), Scalar.Of(0));
        (RowInteger source, Scalar factor, Scalar offset) = Flatten(a.Value);
        Scalar scaled = Scalars.Binary(BinaryOp.Multiply, offset, a.Factor);
        return (source, Scalars.Binary(BinaryOp.Multiply, factor, a.Factor), Scalars.Binary(BinaryOp.Add, scaled, a.Offset));
    }
}
