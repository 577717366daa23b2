using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds.Cuda;

/// <summary>A bank: one kernel puts the rows in the order of the weights that they name, another multiplies. Both are the device library's.</summary>
internal static class CudaBankKernel
{
    /// <summary>The two in the order in which they run.</summary>
    /// <param name="field">Makes a field's name from the one that it would like to have.</param>
    public static IEnumerable<CudaKernel> Write(
        KernelPlan plan, ProgramNames names, ProgramParameters parameters, BankKernel kernel, Func<string, string> field) =>
        [WriteOrder(plan, names, parameters, kernel, field(kernel.Name + "_order")), WriteProduct(plan, names, parameters, kernel, field(kernel.Name))];

    private static CudaKernel WriteOrder(KernelPlan plan, ProgramNames names, ProgramParameters parameters, BankKernel kernel, string field)
    {
        var arguments = new CudaArguments(plan, names, parameters);
        string index = arguments.View(kernel.Index), starts = Starts(arguments, names, kernel, "int*"), order = Order(arguments, names, kernel, "int*");
        string rows = arguments.Integers("rowCount", names.Space(kernel.Rows)), summary = "the order of rows for: " + kernel.Summary;
        var writer = new CodeWriter();
        CudaKernel.WriteHead(writer, summary, ["Grid: a block for each weight, and one for rows that name none. Block: ORDER_WARPS warps."]);
        string name = kernel.Name + "_order_kernel";
        CudaKernel.WriteSignature(writer, name, "order_threads", arguments);
        writer.Line($"order_rows<{arguments.Size(kernel.Count)}>({index}, {starts}, {order}, *{rows});");
        writer.Close();
        return new CudaKernel(
            name, field, ["types", "math", "views", "async", "order"], writer.ToString(), summary,
            CudaKernel.LaunchStatement(field, arguments, $".BankOrder({names.Size(kernel.Count)})"));
    }

    private static CudaKernel WriteProduct(KernelPlan plan, ProgramNames names, ProgramParameters parameters, BankKernel kernel, string field)
    {
        var arguments = new CudaArguments(plan, names, parameters);
        string input = arguments.Elements("input", names.Buffer(kernel.Input.Buffer)), weight = arguments.Elements("weight", parameters.Field(kernel.Weight));
        string starts = Starts(arguments, names, kernel, "const int*"), order = Order(arguments, names, kernel, "const int*");
        string bias = kernel.Bias is { } b ? arguments.Parameter(b) : "NoBias{}";
        string output = arguments.View(kernel.Output, written: true);
        var writer = new CodeWriter();
        CudaKernel.WriteHead(writer, kernel.Summary,
        [
            "Grid: row tiles by packed columns / TILE_N, rounded up. Row tiles: rows / TILE_M, and one more for each weight and for rows that name",
            "none. Block: a warp for each WARP_M x WARP_N of the tile. Shared memory: as a product.",
        ]);
        CudaKernel.WriteSignature(writer, CudaKernel.NameOf(kernel), "gemm_threads, BLOCKS", arguments);
        bool isStart = kernel.Input.Start.Equals(Ir.Size.Zero);
        string start = arguments.Size(kernel.Input.Start);
        string shape = $"{arguments.Size(kernel.Count)}, packed({arguments.Size(kernel.Output.Columns)}), {arguments.Size(kernel.Input.Columns)}, "
            + $"padded({arguments.Size(plan.Buffers[kernel.Input.Buffer].Columns)}), {(isStart ? "true" : $"({start}) % 8 == 0")}";
        writer.Line(LongLine.Broken($"bank<{shape}>({(isStart ? input : $"{input} + {start}")}, {weight}, {starts}, {order}, {output}, {bias});"));
        writer.Close();
        string launch = $".Bank({names.Space(kernel.Rows)}, CudaRun.Packed({names.Size(kernel.Output.Columns)}), {names.Size(kernel.Input.Columns)}, "
            + $"{names.Size(kernel.Count)})";
        return new CudaKernel(
            CudaKernel.NameOf(kernel), field, ["types", "math", "views", "mma", "async", "gemm", "bank"], writer.ToString(), kernel.Summary,
            CudaKernel.LaunchStatement(field, arguments, launch));
    }

    private static string Starts(CudaArguments arguments, ProgramNames names, BankKernel kernel, string type) =>
        arguments.Number(type, "starts", $"{names.Run}.BankStarts({names.Space(kernel.Rows)}, {names.Size(kernel.Count)})");

    private static string Order(CudaArguments arguments, ProgramNames names, BankKernel kernel, string type) =>
        arguments.Number(type, "order", $"{names.Run}.BankOrder({names.Space(kernel.Rows)}, {names.Size(kernel.Count)})");
}
