using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds.Cpu;

/// <summary>Each kernel as a call of the runtime, and the small struct over which that call is generic.</summary>
internal sealed class CpuKernels(KernelPlan plan, ProgramNames names, ProgramParameters parameters)
{
    public const string Inlined = "[MethodImpl(MethodImplOptions.AggressiveInlining)]";

    private readonly CodeWriter structs = new();
    private int tables, grouped;

    private readonly Dictionary<string, string> states = new(StringComparer.Ordinal);

    /// <summary>What the memory of a scan that was written depends on: <c>features, states, stretches</c>.</summary>
    public string StatesOf(ScanKernel kernel) => states[kernel.Name];

    /// <summary>The structs of all kernels that were asked for.</summary>
    public string Structs => structs.ToString();

    /// <summary>The statements that run a kernel.</summary>
    public IEnumerable<string> Calls(Kernel kernel) => Statements(kernel).Select(LongLine.Broken);

    private IEnumerable<string> Statements(Kernel kernel) => kernel switch
    {
        GemmKernel g => Gemm(g),
        RowKernel r => [CpuRowKernel.Write(plan, names, parameters, r, structs)],
        AttentionKernel a => Attention(a),
        SegmentKernel s => [Segment(s)],
        ElementKernel e => CpuElementKernel.Write(plan, names, parameters, e, structs),
        ScanKernel s => CpuScanKernel.Write(plan, names, parameters, s, structs, states),
        BankKernel b => [Bank(b)],
        _ => throw new NotSupportedException(kernel.GetType().Name),
    };

    /// <summary>All blocks that share the input in one pass, three at a time at most.</summary>
    private IEnumerable<string> Gemm(GemmKernel kernel)
    {
        string[] blocks = [.. kernel.Blocks.Select(b => Block(kernel, b))];
        string head = $"Gemm.Run({names.Workspace}.Pool, {names.View(kernel.Input)}, ";
        for (int first = 0; first < blocks.Length; first += 3)
        {
            string[] together = [.. blocks.Skip(first).Take(3)];
            yield return together.Length == 1 && head.Length + together[0].Length < LongLine.Width
                ? head + together[0] + ");"
                : head.TrimEnd() + string.Concat(together.Select((b, i) => (i == 0 ? "" : ",") + "\n    " + b)) + ");";
        }
    }

    private string Block(GemmKernel kernel, GemmBlock block)
    {
        bool pair = block.Weights.Count == 2;
        var arguments = new CpuArguments(names, parameters);
        var operands = new CpuOperands(plan, arguments, kernel.Rows, block.Operands);
        string output = arguments.View(block.Output, plan.Buffers[block.Output.Buffer].Name);
        string value = new VectorExpression(arguments, e => e switch
        {
            Expression.Accumulator a => pair ? (a.Number == 0 ? "first" : "second") : "value",
            Expression.Read r => operands.Load(r.Number, block.Output.Columns),
            _ => throw new NotSupportedException(e.GetType().Name),
        }).Print(block.Epilogue);

        string wanted = kernel.Blocks.Count == 1 ? kernel.Name : plan.Buffers[block.Output.Buffer].Name;
        string name = names.Unique(ProgramNames.Pascal(wanted) + "Epilogue");
        structs.Line();
        structs.Line($"/// <summary>Ends <c>{kernel.Name}</c>: stores <c>{plan.Buffers[block.Output.Buffer].Name}</c>.</summary>");
        string contract = pair ? "IGemmPairEpilogue" : "IGemmEpilogue";
        structs.Open(LongLine.Broken($"private readonly struct {name}({arguments.Declaration}) : {contract}<TVector>"));
        structs.Line(Inlined).Open($"public void Apply(int row, int column, {(pair ? "TVector first, TVector second" : "TVector value")})");
        foreach (string line in operands.Preamble) structs.Line(line);
        structs.Line($"{output}.Store(row, column, {value});").Close().Line();
        IEnumerable<string?> reads = block.Epilogue.All().OfType<Expression.Read>().Select(r => operands.Ask(r.Number, block.Output.Columns));
        structs.Line(Inlined).Open("public void Ask(int row, int column)");
        foreach (string line in reads.OfType<string>().Prepend($"{output}.Ask(row, column);").Distinct()) structs.Line(line);
        structs.Close().Close();

        return $"Gemm.{(pair ? "PairBlock" : "Block")}({parameters.Field([block.Weights])}, new {name}({arguments.Values}))";
    }

    private List<string> Attention(AttentionKernel kernel)
    {
        var kept = new CpuKeptRows(plan, names, kernel.Operands);
        List<string> statements = [.. kept.Statements];
        string score = "default(PlainScore)", mask = "default(NoMask)";
        if (kernel.Score is { } logit)
        {
            score = PairStruct(kernel, kept, "Score", "IScore", statements, logit, (_, value) =>
            [
                .. logit.All().Any(e => e is Expression.Logit) ? (string[])[] : ["public static bool ReadsLogit => false;", ""],
                Inlined,
                Method("public float Apply(float s, AttentionRow i, AttentionRow j, int head)", value),
            ]);
        }
        if (kernel.Mask is { } included)
        {
            mask = PairStruct(kernel, kept, "Mask", "IMask", statements, included, (arguments, value) =>
            {
                string sequence = arguments.Local("sequence");
                string cover = CoverExpression.CSharp(new MaskBounds(kernel.Operands, plan.RowSpaces), arguments.Host, OfSequence).Print(included);
                return
                [
                    Inlined,
                    Method("public bool Includes(AttentionRow i, AttentionRow j)", value),
                    "",
                    LongLine.Broken($"public Coverage Cover(Interval i, Interval j, int {sequence}) => {cover};"),
                ];

                string OfSequence(Expression e) => e switch
                {
                    Expression.Length l when plan.RowSpaces[l.Space].SequencesOf is not null => "1",
                    Expression.Length l => $"{arguments.Space(l.Space)}.Length({sequence})",
                    Expression.IntegerElement i => CpuIntegers.Text(arguments, ((ElementOperand.Integers)kernel.Operands[i.Number]).Value, sequence, () => "0"),
                    _ => throw new NotSupportedException(e.GetType().Name),
                };
            });
        }
        string heads = $"new AttentionHeads({names.Size(kernel.Heads)}, {names.Size(kernel.KeyValueHeads)}, (float)({names.Scalar(kernel.Scale)})"
            + (kernel.Softmax ? "" : ", Softmax: false") + (plan.GoesOn is null ? ", Rounded: RoundsAttention)" : ")");
        statements.Add("Attention.Run(\n"
            + $"    {names.Workspace}.Pool, {Views(kernel.Query, kernel.Key, kernel.Value, kernel.Output)},\n"
            + $"    {names.Space(kernel.Rows)}, {names.Space(kernel.KeyRows)}, {heads},\n"
            + $"    {score}, {mask}{(kernel.IsKept ? $", {names.Workspace}.KeptAttention()" : "")});");
        return statements;
    }

    /// <summary>Writes the struct of a score or mask; returns the expression that makes one.</summary>
    private string PairStruct(
        AttentionKernel kernel, CpuKeptRows kept, string role, string contract, List<string> statements, Expression value,
        Func<CpuArguments, (CodeBlock Block, string Text), string[]> members)
    {
        var arguments = new CpuArguments(names, parameters);
        var differences = new DifferenceTables(names, arguments, kernel, () => tables++);
        var block = new CodeBlock();
        var rows = new CpuRowNames(plan, arguments, block, of => of == RowOf.Key ? kernel.KeyRows : kernel.Rows);
        var code = new CpuElementCode(plan, arguments, kernel.Operands, rows, new CpuRanges(Size.Zero, Size.Zero, value), kept, differences.Lookup);
        string[] text = members(arguments, (block, code.Print(value, block)));
        statements.AddRange(differences.Statements);
        string name = names.Unique(ProgramNames.Pascal(kernel.Name) + role);
        structs.Line();
        structs.Line($"/// <summary>The {role.ToLowerInvariant()} of <c>{kernel.Name}</c>, for query row i and key row j.</summary>");
        string given = arguments.Count == 0 ? "" : "(" + arguments.Declaration + ")";
        structs.Open(LongLine.Broken($"private readonly struct {name}{given} : {contract}"));
        structs.Line("public static bool Exists => true;").Line();
        foreach (string line in text) structs.Line(line);
        structs.Close();
        return $"new {name}({arguments.Values})";
    }

    private string Bank(BankKernel kernel)
    {
        string bias = kernel.Bias is { } table ? ", " + parameters.Field(table) : "";
        string memory = $"{names.Workspace}.Grouped({grouped++})";
        return $"Banks.Run({names.Workspace}.Pool, {memory}, {Views(kernel.Input, kernel.Index)}, {parameters.Field(kernel.Weight)}, {Views(kernel.Output)}{bias});";
    }

    /// <summary>A method that returns what a block ends with.</summary>
    private static string Method(string signature, (CodeBlock Block, string Text) value) => value.Block.IsEmpty
        ? $"{signature} => {value.Text};"
        : new CodeWriter().Open(signature).Line(value.Block.Text).Line($"return {value.Text};").Close().ToString().TrimEnd('\n');

    private string Segment(SegmentKernel kernel) =>
        $"Segments.Run({names.Workspace}.Pool, SegmentOperation.{kernel.Reduction}, {Views(kernel.Input)}, {names.Space(kernel.Rows)}, {Views(kernel.Output)});";

    private string Views(params View[] views) => string.Join(", ", views.Select(v => names.View(v)));
}
