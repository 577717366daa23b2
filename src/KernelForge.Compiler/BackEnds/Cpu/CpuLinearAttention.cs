using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds.Cpu;

/// <summary>
/// What the rows of a scan bring where it is linear attention, as a struct that tells a row's decay, query, key and values: the products
/// are the runtime's.
/// </summary>
internal sealed class CpuLinearAttention
{
    private readonly ScanKernel kernel;
    private readonly CpuArguments arguments;
    private readonly KernelPlan plan;
    private readonly CodeBlock ofRow = new(), ofHead;
    private readonly CpuRowNames rows;
    private readonly CpuRanges ranges;
    private readonly CpuKeptRows kept;

    private CpuLinearAttention(KernelPlan plan, ProgramNames names, ProgramParameters parameters, ScanKernel kernel)
    {
        (this.plan, this.kernel) = (plan, kernel);
        arguments = new CpuArguments(names, parameters);
        foreach (string own in (string[])["sequence", "to"]) arguments.Local(own);
        ofHead = new CodeBlock(ofRow, e => e is Expression.Feature);
        rows = new CpuRowNames(plan, arguments, ofRow, _ => kernel.Rows, "sequence");
        ranges = new CpuRanges(kernel.Output.Columns, kernel.States, kernel.Step, kernel.Value);
        kept = new CpuKeptRows(plan, names, kernel.Operands);
    }

    /// <summary>Writes the struct; returns the expression that makes the runtime's view of the scan.</summary>
    public static string Write(
        KernelPlan plan, ProgramNames names, ProgramParameters parameters, ScanKernel kernel, LinearAttention attention,
        CodeWriter structs, out string name)
    {
        var writer = new CpuLinearAttention(plan, names, parameters, kernel);
        CodeWriter body = writer.Row(attention);
        name = names.Unique(ProgramNames.Pascal(kernel.Name) + "Rows");
        structs.Line();
        structs.Line($"/// <summary>What a row of <c>{kernel.Name}</c> brings to products of long sequences.</summary>");
        structs.Open(LongLine.Broken($"private readonly struct {name}({writer.arguments.Declaration}) : ILinearAttentionRows<TVector>"));
        structs.Line(CpuKernels.Inlined);
        structs.Open("public void Read(int sequence, int row, int first, int end, LinearAttentionRow<TVector> to)");
        structs.Line(body.ToString().TrimEnd('\n')).Close().Close();
        string backwards = kernel.Backwards ? "true" : "false";
        string shape = $"{names.Size(kernel.States)}, {names.Size(attention.HeadWidth)}, Backwards: {backwards}";
        return $"new LinearAttention<TVector, {name}>({names.View(kernel.Output)}, {shape}, new {name}({writer.arguments.Values}))";
    }

    private CodeWriter Row(LinearAttention attention)
    {
        string decay = Numbers().Print(attention.Decay, ofHead);
        CodeWriter query = States("Query", attention.Query), key = States("Key", attention.Key), values = Features(attention.Value);
        var row = new CodeWriter();
        if (!ofRow.IsEmpty) row.Line(ofRow.Text);
        row.Line("int f = first;");
        if (!ofHead.IsEmpty) row.Line(ofHead.Text);
        row.Line($"to.Decay({decay});");
        foreach (CodeWriter part in (CodeWriter[])[query, key, values]) row.Line(part.ToString().TrimEnd('\n'));
        return row;
    }

    /// <summary>A number for each state.</summary>
    private CodeWriter States(string member, Expression value)
    {
        var ofState = new CodeBlock(ofHead, e => e is Expression.StateIndex);
        CpuLanes? lanes = CpuLanes.OfPart(kernel, value, e => e is Expression.StateIndex);
        string text = Code(lanes).Print(value, ofState, TypeOf(lanes));
        CodeWriter loop = new CodeWriter().Open($"for (int n = 0; n < {arguments.Size(kernel.States)}; {Next("n", lanes)})");
        if (!ofState.IsEmpty) loop.Line(ofState.Text);
        return loop.Line($"to.{member}(n, {text});").Close();
    }

    /// <summary>A number for each feature.</summary>
    private CodeWriter Features(Expression value)
    {
        var ofFeature = new CodeBlock(ofRow, e => e is Expression.Feature);
        CpuLanes? lanes = CpuLanes.OfPart(kernel, value, e => e is Expression.Feature);
        string text = Code(lanes).Print(value, ofFeature, TypeOf(lanes));
        CodeWriter loop = new CodeWriter().Open($"for (; f < end; {Next("f", lanes)})");
        if (!ofFeature.IsEmpty) loop.Line(ofFeature.Text);
        return loop.Line($"to.Value(f - first, {text});").Close();
    }

    private CpuElementCode Numbers() => new(plan, arguments, kernel.Operands, rows, ranges, kept);

    private CpuElementCode Code(CpuLanes? lanes) =>
        lanes is null ? Numbers() : new CpuLaneCode(plan, arguments, kernel.Operands, rows, lanes, ranges, kept);

    private static string TypeOf(CpuLanes? lanes) => lanes is null ? "float" : CpuLaneCode.Vector;

    private static string Next(string index, CpuLanes? lanes) => lanes is null ? index + "++" : index + " += TVector.Count";
}
