using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds.Cuda;

/// <summary>An element kernel: a thread computes one feature of one row.</summary>
internal static class CudaElementKernel
{
    public static CudaKernel Write(KernelPlan plan, ProgramNames names, ProgramParameters parameters, ElementKernel kernel, string field)
    {
        var arguments = new CudaArguments(plan, names, parameters);
        string f = arguments.Local("f"), output = arguments.View(kernel.Output, written: true);
        var block = new CodeBlock();
        var rows = new CudaRowNames(plan, names, arguments, block, _ => kernel.Rows);
        var extents = new Dictionary<Expression, Size> { [new Expression.Feature()] = kernel.Output.Columns };
        var kept = new CudaKeptRows(plan, names, kernel.Operands);
        string value = new CudaElementCode(plan, names, arguments, kernel.Operands, rows, extents, kept).Print(kernel.Value, block);
        string count = arguments.Integers("rowCount", names.Space(kernel.Rows)), columns = arguments.Size(kernel.Output.Columns);

        var writer = new CodeWriter();
        CudaKernel.WriteHead(writer, kernel.Summary,
        [
            "Grid: rows / ROWS by padded features / LANES, both rounded up. Block: a thread for each of LANES features of ROWS rows.",
        ]);
        CudaKernel.WriteSignature(writer, CudaKernel.NameOf(kernel), "elements_threads", arguments);
        writer.Line("const ElementThread at;").Line($"const int row = at.row, {f} = at.feature;");
        writer.Line("let_next_grid_start();").Line($"if (row >= *{count} || {f} >= padded({columns})) return;").Line("wait_for_previous_grid();");
        writer.Line($"if ({f} >= {columns}) return {output}.store(row, {f}, 0.0f);");
        if (!block.IsEmpty) writer.Line(block.Text);
        writer.Line($"{output}.store(row, {f}, {value});");
        writer.Close();
        string launch = $".Elements({names.Space(kernel.Rows)}, {names.Size(kernel.Output.Columns)})";
        return new CudaKernel(
            CudaKernel.NameOf(kernel), field, ["types", "math", "views", "async", "element"], writer.ToString(), kernel.Summary,
            CudaKernel.LaunchStatement(field, arguments, launch, kept.Statements));
    }
}
