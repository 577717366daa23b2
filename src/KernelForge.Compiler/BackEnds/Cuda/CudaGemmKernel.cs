using System.Globalization;
using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds.Cuda;

/// <summary>
/// A GEMM: the product itself is the device library's; here stands what becomes of its sums. Each thread ends with eight neighbouring packed
/// columns: eight of one weight, or four of each of two.
/// </summary>
internal sealed class CudaGemmKernel
{
    private readonly KernelPlan plan;
    private readonly ProgramNames names;
    private readonly GemmKernel kernel;
    private readonly CudaArguments arguments;
    private readonly CodeWriter fetch = new(), finish = new(), inputs = new();

    /// <summary>Places for fetched operands, by type: how many there are, and how many the present block has taken.</summary>
    private readonly Dictionary<string, int> declared = new(StringComparer.Ordinal), used = new(StringComparer.Ordinal);

    private CudaGemmKernel(KernelPlan plan, ProgramNames names, ProgramParameters parameters, GemmKernel kernel)
    {
        (this.plan, this.names, this.kernel) = (plan, names, kernel);
        arguments = new CudaArguments(plan, names, parameters);
    }

    public static CudaKernel Write(KernelPlan plan, ProgramNames names, ProgramParameters parameters, GemmKernel kernel, string field) =>
        new CudaGemmKernel(plan, names, parameters, kernel).Write(parameters, field);

    private CudaKernel Write(ProgramParameters parameters, string field)
    {
        string input = arguments.Elements("input", names.Buffer(kernel.Input.Buffer));
        string weight = arguments.Elements("weight", parameters.Field(CudaParameters.Blocks(kernel)));
        string at = "0";
        for (int b = 0; b < kernel.Blocks.Count; b++)
        {
            WriteBlock(b, at);
            at = Add(at, Packed(kernel.Blocks[b]));
        }
        // The epilogue's members are the kernel's parameters behind input and weight, by the same names and in the same order.
        string[] members = [.. arguments.Declarations.Skip(2)];
        string rows = arguments.Integers("rowCount", names.Space(kernel.Rows));

        var writer = new CodeWriter();
        CudaKernel.WriteHead(writer, kernel.Summary,
        [
            "Grid: rows / TILE_M by packed columns / TILE_N, both rounded up. Block: a warp for each WARP_M x WARP_N of the tile.",
            "Shared memory: STAGES tiles, each TILE_M rows of the input and TILE_N of the weight, 128 bytes a row.",
            $"Packed columns: {Columns()}.",
        ]);
        writer.Open("struct Epilogue");
        foreach (string member in members) writer.Line(member + ";");
        writer.Line();
        writer.Open("struct Inputs").Line(inputs.ToString().TrimEnd('\n')).Close(";").Line();
        writer.Open("__device__ __forceinline__ Inputs fetch(int row, int column) const");
        writer.Line("Inputs in;");
        if (declared.Count > 0) writer.Line(fetch.ToString().TrimEnd('\n'));
        writer.Line("return in;");
        writer.Close().Line();
        writer.Open("__device__ __forceinline__ void finish(float (&sums)[8], const Inputs& in, int row, int column) const");
        writer.Line(finish.ToString().TrimEnd('\n'));
        writer.Close().Close(";").Line();

        CudaKernel.WriteSignature(writer, CudaKernel.NameOf(kernel), "gemm_threads, BLOCKS", arguments);
        string values = string.Join(", ", members.Select(m => m.Substring(m.LastIndexOf(' ') + 1)));
        string start = kernel.Input.Start.Equals(Size.Zero) ? "0" : arguments.Size(kernel.Input.Start);
        string shape = $"{at}, {arguments.Size(kernel.Inner)}, padded({arguments.Size(plan.Buffers[kernel.Input.Buffer].Columns)})";
        string aligned = start == "0" ? "true" : $"({start}) % 8 == 0";
        string from = start == "0" ? input : $"{input} + {start}";
        writer.Line(LongLine.Broken($"gemm<{shape}, {aligned}>({from}, {weight}, *{rows}, Epilogue{{{values}}});"));
        writer.Close();

        string total = string.Join(" + ", kernel.Blocks.Select(b => PackedInHost(b)));
        string launch = $".Gemm({names.Space(kernel.Rows)}, {total}, {names.Size(kernel.Inner)})";
        return new CudaKernel(
            CudaKernel.NameOf(kernel), field, ["types", "math", "views", "mma", "async", "gemm"], writer.ToString(), kernel.Summary,
            CudaKernel.LaunchStatement(field, arguments, launch));
    }

    private void WriteBlock(int number, string at)
    {
        GemmBlock block = kernel.Blocks[number];
        bool pair = block.Weights.Count == 2, first = number == 0, last = number == kernel.Blocks.Count - 1;
        int wide = pair ? 4 : 8;
        var operands = new CudaOperands(plan, names, arguments, kernel.Rows, block.Operands);
        string width = $"padded({arguments.Size(block.Output.Columns)})";

        Dictionary<int, string> values = [];
        List<string> fetches = [], unpacks = [];
        string column = kernel.Blocks.Count == 1 && !pair ? "column" : "c";
        List<string> begin = column == "column" ? [] : [$"const int c = {Inside(at, pair)};"];
        string value = new CudaExpression(arguments, e => e switch
        {
            Expression.Accumulator a => pair ? (a.Number == 0 ? "sums[e]" : "sums[4 + e]") : "sums[e]",
            Expression.Read r => Read(r.Number),
            _ => throw new NotSupportedException(e.GetType().Name),
        }).Print(block.Epilogue);
        string output = arguments.View(block.Output, written: true);

        string Read(int operand)
        {
            if (values.TryGetValue(operand, out string? known)) return known;
            (string view, string row) = operands.Source(operand);
            bool repeated = operands.IsRepeated(operand, block.Output.Columns);
            string element = operands.ElementOf(operand), type = repeated ? "float" : $"{(wide == 8 ? "Eight" : "Four")}<{element}>";
            string member = InputMember(type, view);
            fetches.Add($"in.{member} = {view}.{(repeated ? $"at({row}, 0)" : $"fetch{Number(wide)}({row}, {column})")};");
            if (repeated) return values[operand] = "in." + member;
            string local = arguments.Local(view + "Values");
            unpacks.Add($"float {local}[{Number(wide)}];");
            unpacks.Add($"unpack{Number(wide)}<{element}>({local}, in.{member});");
            return values[operand] = local + "[e]";
        }

        Open(fetch);
        if (fetches.Count > 0)
        {
            foreach (string line in begin) fetch.Line(line);
            fetch.Open($"if ({column} < {width})");
            foreach (string line in operands.Preamble.Concat(fetches)) fetch.Line(line);
            fetch.Close();
        }
        Close(fetch);

        Open(finish);
        foreach (string line in begin) finish.Line(line);
        finish.Line($"if ({column} >= {width}) return;");
        foreach (string line in unpacks) finish.Line(line);
        if (pair) finish.Line("float result[4];");
        finish.Line("#pragma unroll");
        finish.Line($"for (int e = 0; e < {Number(wide)}; ++e) {(pair ? "result" : "sums")}[e] = {value};");
        finish.Line($"{output}.store{Number(wide)}(row, {column}, {(pair ? "result" : "sums")});");
        Close(finish);
        used.Clear();

        void Open(CodeWriter writer)
        {
            if (kernel.Blocks.Count == 1) return;
            string condition = $"if (column < {Add(at, Packed(block))})";
            writer.Open(last ? "else" : first ? condition : "else " + condition);
        }

        void Close(CodeWriter writer)
        {
            if (kernel.Blocks.Count > 1) writer.Close();
        }
    }

    /// <summary>Where the fetched operand lies until the sums are there. Blocks never meet in one piece, so they share the places.</summary>
    private string InputMember(string type, string view)
    {
        if (kernel.Blocks.Count == 1)
        {
            inputs.Line($"{type} {view};");
            declared[type] = 1;
            return view;
        }
        used.TryGetValue(type, out int count);
        used[type] = count + 1;
        string stem = type switch { "float" => "one", "Eight<Element>" => "eight", "Four<Element>" => "four", "Eight<float>" => "eightFloats", _ => "fourFloats" };
        string name = stem + (count + 1).ToString(CultureInfo.InvariantCulture);
        declared.TryGetValue(type, out int known);
        if (count >= known)
        {
            inputs.Line($"{type} {name};");
            declared[type] = count + 1;
        }
        return name;
    }

    /// <summary>The column of the block's output at a packed column.</summary>
    private static string Inside(string at, bool pair)
    {
        string offset = at == "0" ? "column" : $"column - {(at.Contains('+') ? "(" + at + ")" : at)}";
        return pair ? (at == "0" ? "column / 2" : $"({offset}) / 2") : offset;
    }

    private string Packed(GemmBlock block) =>
        $"packed({(block.Weights.Count == 2 ? "2 * " : "")}{Wrapped(arguments.Size(block.Output.Columns), block.Weights.Count == 2)})";

    private string PackedInHost(GemmBlock block) =>
        $"CudaRun.Packed({(block.Weights.Count == 2 ? "2 * " : "")}{Wrapped(names.Size(block.Output.Columns), block.Weights.Count == 2)})";

    private string Columns() => string.Join(", then ", kernel.Blocks.Select(b =>
        $"{arguments.Size(b.Output.Columns)} of {plan.Buffers[b.Output.Buffer].Name}"
        + (b.Weights.Count == 2 ? " from two weights, four and four" : "")));

    private static string Wrapped(string text, bool wrap) => wrap && text.Contains(' ') ? "(" + text + ")" : text;

    private static string Add(string a, string b) => a == "0" ? b : a + " + " + b;

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
