using System.Globalization;
using KernelForge.Compiler.BackEnds;
using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Reports;

/// <summary>A plan in words: what stands at the top of generated files, and what a person reads to see what was fused.</summary>
public static class PlanReport
{
    public static string Of(KernelPlan plan)
    {
        List<string> lines = [$"{plan.Name}({string.Join(", ", plan.Inputs.Select(i => Input(plan, i)))}) → {string.Join(", ", plan.Outputs.Select(o => $"[{plan.RowSpaces[o.RowSpace].Name}, {o.Columns}]"))}", "", "Kernels, in order:"];
        Steps(plan, plan.Steps, "  ", lines);
        lines.Add("");
        lines.Add("Buffers (those of one slot lie in the same memory, one after the other):");
        foreach (IGrouping<int, PlanBuffer> slot in plan.Buffers.GroupBy(b => b.Slot).OrderBy(g => g.Key))
            lines.Add($"  slot {slot.Key.ToString(CultureInfo.InvariantCulture)}: "
                + string.Join("; ", slot.Select(b => $"{b.Name} [{plan.RowSpaces[b.RowSpace].Name}, {b.Columns}]{(b.HoldsWholeNumbers ? " of whole numbers" : "")}")));
        if (plan.Checks.Count > 0)
        {
            lines.Add("");
            lines.Add("Checked when a checkpoint is loaded:");
            lines.AddRange(plan.Checks.Select(c => "  " + Check(c)));
        }
        return string.Join("\n", lines);
    }

    private static string Check(PlanCheck check)
    {
        string text = check.Message;
        for (int i = 0; i < check.Values.Count; i++) text = text.Replace("{" + i.ToString(CultureInfo.InvariantCulture) + "}", ScalarText.Of(check.Values[i]));
        return string.Concat(check.Loops.Select(l => $"for {l.Index} from {ScalarText.Of(l.Start)} to below {ScalarText.Of(l.End)}: "))
            + (check.Values.Count == 0 ? text : ScalarText.Of(check.Condition) + ", else: " + text);
    }

    private static string Input(KernelPlan plan, PlanInput input) =>
        input.Kind == InputKind.Tokens ? $"{input.Name} [{plan.RowSpaces[input.RowSpace].Name}, {input.Columns}]" : $"{input.Name} [{plan.RowSpaces[input.RowSpace].Name}]";

    private static void Steps(KernelPlan plan, IEnumerable<Step> steps, string indent, List<string> lines)
    {
        foreach (Step step in steps)
        {
            switch (step)
            {
                case Step.Run r:
                    lines.Add($"{indent}{Kind(r.Kernel)} {r.Kernel.Name}: {r.Kernel.Summary}");
                    break;
                case Step.Lengths r:
                    lines.Add($"{indent}rows '{plan.RowSpaces[r.Space].Name}': {HostIntegers.Words(plan, plan.RowSpaces[r.Space].Lengths!)}");
                    break;
                case Step.Integers:
                    break;
                case Step.Loop l:
                    lines.Add($"{indent}for {l.Index} from {ScalarText.Of(l.Start)} to below {ScalarText.Of(l.End)}:");
                    foreach (CarriedRows c in l.Carried)
                        lines.Add($"{indent}  rows '{Name(c.Inside)}': '{Name(c.Initial)}' at first, then '{Name(c.Next)}' of the pass before; '{Name(c.Result)}' after the last");
                    Steps(plan, l.Body, indent + "  ", lines);
                    break;
                case Step.Branch b:
                    lines.Add($"{indent}if {ScalarText.Of(b.Condition)}:");
                    Steps(plan, b.Then, indent + "  ", lines);
                    lines.Add($"{indent}else:");
                    Steps(plan, b.Else, indent + "  ", lines);
                    foreach (MergedRows m in b.Merged) lines.Add($"{indent}rows '{Name(m.Result)}': '{Name(m.Then)}', or else '{Name(m.Else)}'");
                    break;
                default:
                    throw new NotSupportedException(step.GetType().Name);
            }
        }

        string Name(int space) => plan.RowSpaces[space].Name;
    }

    private static string Kind(Kernel kernel) => kernel switch
    {
        GemmKernel => "gemm",
        AttentionKernel => "attention",
        RowKernel => "row",
        ElementKernel => "elements",
        ScanKernel { Attention: not null } => "linear attention",
        ScanKernel { Linear: not null } => "linear scan",
        ScanKernel => "scan",
        BankKernel => "bank",
        SegmentKernel => "segment",
        _ => throw new NotSupportedException(kernel.GetType().Name),
    };
}
