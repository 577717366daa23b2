using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Ir.Build;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.BackEnds;

/// <summary>
/// Rows (or columns) of a table that integers of rows name: number <paramref name="Factor"/> · <paramref name="Source"/> + <paramref name="Offset"/> of
/// <paramref name="Count"/>. What the host knows, it checks before a kernel reads.
/// </summary>
/// <param name="Rows">The row space that has the integers.</param>
internal sealed record TableLookup(int Rows, RowInteger Source, Scalar Factor, Scalar Offset, PlanParameter Table, Size Count)
{
    /// <summary>Every lookup of a plan, each once, in tables whose size no loop changes.</summary>
    public static IEnumerable<TableLookup> Of(KernelPlan plan) => plan.Kernels
        .SelectMany(k => Gathers(k).Select(g => Of(plan, k.Rows, g.Index, g.Parameter, plan.Parameters[g.Parameter].Rows)).Concat(InLambdas(plan, k)))
        .Where(l => !l.Table.Path.Loops.Any() && !l.Count.LoopIndices.Any())
        .Distinct();

    private static TableLookup Of(KernelPlan plan, int rows, RowInteger index, int parameter, Size count)
    {
        (RowInteger source, Scalar factor, Scalar offset) = Flatten(index);
        return new TableLookup(rows, source, factor, offset, plan.Parameters[parameter], count);
    }

    private static IEnumerable<KernelOperand.Gather> Gathers(Kernel kernel) => kernel switch
    {
        RowKernel r => r.Operands.OfType<KernelOperand.Gather>(),
        GemmKernel g => g.Blocks.SelectMany(b => b.Operands).OfType<KernelOperand.Gather>(),
        _ => [],
    };

    private static IEnumerable<TableLookup> InLambdas(KernelPlan plan, Kernel kernel)
    {
        switch (kernel)
        {
            case ElementKernel e: return InLambda(plan, e.Value, e.Operands, _ => e.Rows);
            case ScanKernel s: return InLambda(plan, s.Step, s.Operands, _ => s.Rows).Concat(InLambda(plan, s.Value, s.Operands, _ => s.Rows));
            // A pair that is not there reads nothing.
            case AttentionKernel { Mask: null, Score: { } score } a when a.Rows == a.KeyRows: return InLambda(plan, score, a.Operands, _ => a.Rows);
            default: return [];
        }
    }

    private static IEnumerable<TableLookup> InLambda(KernelPlan plan, Expression lambda, EquatableArray<ElementOperand> operands, Func<RowOf, int> space)
    {
        foreach (Expression.Element element in Evaluated(lambda).OfType<Expression.Element>())
        {
            if (operands[element.Number] is not ElementOperand.Parameter { Number: var parameter } || plan.Parameters[parameter].Present is not null) continue;
            for (int i = 0; i < element.Indices.Count; i++)
            {
                Size count = i == element.Indices.Count - 1 ? plan.Parameters[parameter].Columns : plan.Parameters[parameter].Rows;
                if (IntegerOf(element.Indices[i], operands, space) is (var value, { } rows)) yield return Of(plan, rows, value, parameter, count);
            }
        }
    }

    /// <summary>What is computed for every row: neither what a condition chooses nor the terms of a fold that may have none.</summary>
    private static List<Expression> Evaluated(Expression e)
    {
        List<Expression> all = [];
        e.Replace(x =>
        {
            all.Add(x);
            Expression? first = x switch
            {
                Expression.Select s => s.Condition,
                Expression.Binary { Op: BinaryOp.And or BinaryOp.Or } b => b.Left,
                Expression.Fold { Count: not Expression.Host } f => f.Count,
                _ => null,
            };
            if (first is not null) all.AddRange(Evaluated(first));
            return first is null ? null : x;
        });
        return all;
    }

    /// <summary>The integer of each row that an index is, and the row space that has it; null where the host does not know it.</summary>
    private static (RowInteger Value, int? Rows) IntegerOf(Expression index, EquatableArray<ElementOperand> operands, Func<RowOf, int> space)
    {
        switch (index)
        {
            case Expression.RowPosition: return (new RowInteger.Position(), space(RowOf.Row));
            case Expression.QueryPosition: return (new RowInteger.Position(), space(RowOf.Query));
            case Expression.KeyPosition: return (new RowInteger.Position(), space(RowOf.Key));
            case Expression.IntegerElement { Position: null } i when operands[i.Number] is ElementOperand.Integers o && o.Space == space(i.Row):
                return (o.Value, o.Space);
            case Expression.Binary { Left: var left, Right: Expression.Host { Value: { IsInteger: true } n } } b:
                (RowInteger value, int? rows) = IntegerOf(left, operands, space);
                return b.Op switch
                {
                    BinaryOp.Add => (new RowInteger.Affine(value, Scalar.Of(1), n), rows),
                    BinaryOp.Subtract => (new RowInteger.Affine(value, Scalar.Of(1), Scalars.Unary(UnaryOp.Negate, n)), rows),
                    BinaryOp.Multiply => (new RowInteger.Affine(value, n, Scalar.Of(0)), rows),
                    _ => (value, null),
                };
            default: return (new RowInteger.Position(), null);
        }
    }

    /// <summary>The integers of a batch that are looked up, and what they are multiplied by and added to.</summary>
    private static (RowInteger Source, Scalar Factor, Scalar Offset) Flatten(RowInteger value)
    {
        if (value is not RowInteger.Affine a) return (value, Scalar.Of(1), Scalar.Of(0));
        (RowInteger source, Scalar factor, Scalar offset) = Flatten(a.Value);
        Scalar scaled = Scalars.Binary(BinaryOp.Multiply, offset, a.Factor);
        return (source, Scalars.Binary(BinaryOp.Multiply, factor, a.Factor), Scalars.Binary(BinaryOp.Add, scaled, a.Offset));
    }
}
