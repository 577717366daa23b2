using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds.Cpu;

/// <summary>An element kernel as a struct that computes some features of a row: a vector of them at a time where its lambda allows that.</summary>
internal sealed class CpuElementKernel
{
    private readonly ElementKernel kernel;
    private readonly CpuArguments arguments;
    private readonly CodeBlock ofRow = new();
    private readonly CodeBlock ofStretch, ofFeature;
    private readonly CpuRowNames rows;
    private readonly CpuRanges ranges;
    private readonly KernelPlan plan;
    private readonly string output;
    private readonly CpuKeptRows kept;

    private CpuElementKernel(KernelPlan plan, ProgramNames names, ProgramParameters parameters, ElementKernel kernel)
    {
        (this.plan, this.kernel) = (plan, kernel);
        arguments = new CpuArguments(names, parameters);
        ofStretch = new CodeBlock(ofRow, e => e is Expression.Feature);
        ofFeature = new CodeBlock(ofRow, e => e is Expression.Feature);
        rows = new CpuRowNames(plan, arguments, ofRow, _ => kernel.Rows);
        ranges = new CpuRanges(kernel.Output.Columns, Size.Zero, kernel.Value);
        kept = new CpuKeptRows(plan, names, kernel.Operands);
        output = arguments.View(kernel.Output, plan.Buffers[kernel.Output.Buffer].Name);
    }

    /// <summary>Writes the struct; returns the statements that run it.</summary>
    public static IEnumerable<string> Write(KernelPlan plan, ProgramNames names, ProgramParameters parameters, ElementKernel kernel, CodeWriter structs)
    {
        var writer = new CpuElementKernel(plan, names, parameters, kernel);
        CodeWriter loop = CpuLanes.Of(kernel) is { } lanes ? writer.Lanes(lanes) : writer.OneByOne();

        string name = names.Unique(ProgramNames.Pascal(kernel.Name));
        structs.Line();
        structs.Line($"/// <summary>Features of a row of <c>{kernel.Name}</c>.</summary>");
        structs.Open(LongLine.Broken($"private readonly struct {name}({writer.arguments.Declaration}) : IElementKernel"));
        structs.Line(CpuKernels.Inlined).Open("public void Run(int row, int first, int end)");
        if (!writer.ofRow.IsEmpty) structs.Line(writer.ofRow.Text);
        structs.Line(loop.ToString().TrimEnd('\n')).Close().Close();
        bool folds = kernel.Value.All().Any(e => e is Expression.Fold);
        string run = $"ElementKernels.Run({names.Workspace}.Pool, {names.Space(kernel.Rows)}.Count, {names.Size(kernel.Output.Columns)}, folds: {(folds ? "true" : "false")},\n"
            + $"    new {name}({writer.arguments.Values}));";
        return writer.kept.Statements.Append(run);
    }

    private CodeWriter OneByOne()
    {
        var code = new CpuElementCode(plan, arguments, kernel.Operands, rows, ranges, kept);
        string value = code.Print(kernel.Value, ofFeature);
        CodeWriter loop = new CodeWriter().Open("for (int f = first; f < end; f++)");
        if (!ofFeature.IsEmpty) loop.Line(ofFeature.Text);
        return loop.Line($"{output}[row, f] = {value};").Close();
    }

    private CodeWriter Lanes(CpuLanes lanes)
    {
        var code = new CpuLaneCode(plan, arguments, kernel.Operands, rows, lanes, ranges, kept);
        string value = code.Print(kernel.Value, ofFeature, CpuLaneCode.Vector);
        string store = $"{output}.Store(row, f, end, {value});";
        var loop = new CodeWriter();
        CpuStretches.Write(loop, lanes, code, ofStretch, ofFeature, store, "f += TVector.Count");
        return loop;
    }
}
