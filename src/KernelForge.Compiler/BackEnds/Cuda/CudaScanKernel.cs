using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds.Cuda;

/// <summary>
/// A scan: some lanes take one feature through a sequence, its states in their registers. What depends on the row alone is computed once for all
/// states of a lane.
/// </summary>
internal sealed class CudaScanKernel
{
    private readonly KernelPlan plan;
    private readonly ProgramNames names;
    private readonly ScanKernel kernel;
    private readonly CudaArguments arguments;
    private readonly CodeBlock ofThread = new(), ofRow, ofState, ofStep, ofValue;

    private CudaScanKernel(KernelPlan plan, ProgramNames names, ProgramParameters parameters, ScanKernel kernel)
    {
        (this.plan, this.names, this.kernel) = (plan, names, kernel);
        arguments = new CudaArguments(plan, names, parameters);
        ofRow = new CodeBlock(ofThread, IsOfRow);
        ofState = new CodeBlock(ofRow, e => e is Expression.StateIndex);
        // The step knows the state before the row, the value that after it: nothing of the one may be taken for the other's.
        ofStep = new CodeBlock(ofState, e => e is Expression.StateValue);
        ofValue = new CodeBlock(ofState, e => e is Expression.StateValue);
    }

    public static CudaKernel Write(KernelPlan plan, ProgramNames names, ProgramParameters parameters, ScanKernel kernel, string field) =>
        new CudaScanKernel(plan, names, parameters, kernel).Write(field);

    private CudaKernel Write(string field)
    {
        // The text's own variables, before any operand could take their names.
        string[] keptNames = kernel.IsKept ? ["places", "place", "kept"] : [];
        string[] ownNames = ["f", "n", "h", "k", "sequence", "position", "first", "count", "turn", "states", "total", .. keptNames];
        foreach (string own in ownNames) arguments.Local(own);
        string output = arguments.View(kernel.Output, written: true), offsets = arguments.Integers("offsets", names.Offsets(kernel.Rows));
        var rows = new CudaRowNames(plan, names, arguments, ofThread, _ => kernel.Rows, "sequence", "position");
        var extents = new Dictionary<Expression, Size>
        {
            [new Expression.Feature()] = kernel.Output.Columns,
            [new Expression.StateIndex()] = kernel.States,
        };
        var kept = new CudaKeptRows(plan, names, kernel.Operands);
        var code = new CudaElementCode(plan, names, arguments, kernel.Operands, rows, extents, kept);
        string step = code.Print(kernel.Step, ofStep), value = code.Print(kernel.Value, ofValue);
        string sequences = arguments.Integers("sequenceCount", names.Sequences(kernel.Rows));
        string columns = arguments.Size(kernel.Output.Columns), count = arguments.Size(kernel.States);

        var writer = new CodeWriter();
        CudaKernel.WriteHead(writer, kernel.Summary,
        [
            "Grid: padded features / scan_features, rounded up, by sequences. Block: STATE_LANES lanes for each feature.",
        ]);
        string bases = kernel.IsKept ? arguments.Integers("bases", names.Bases(kernel.Rows)) : "";
        CudaKernel.WriteSignature(writer, CudaKernel.NameOf(kernel), "scan_threads", arguments, kernel.IsKept ? ["const u64* places", "int place"] : []);
        writer.Line("const ScanThread at;").Line("const int sequence = blockIdx.y;");
        writer.Line("let_next_grid_start();").Line($"if (sequence >= *{sequences}) return;").Line("wait_for_previous_grid();");
        // Lanes beyond the last feature go with it, so that every lane has its part in the sums.
        writer.Line($"const int f = min(at.feature, {columns} - 1);");
        writer.Line($"const int first = {offsets}[sequence], count = {offsets}[sequence + 1] - first;");
        WriteBlock(writer, ofThread);
        writer.Line("float states[STATES_OF_LANE] = {};");
        if (kernel.IsKept)
        {
            writer.Open($"if constexpr ({arguments.Kept})").Line("const KeptStates<float> kept(places, sequence, place);");
            writer.Line($"if (kept.before != nullptr) at.load(states, kept.before + f * ({count}), {count});").Close();
        }
        writer.Line("#pragma unroll 1").Open("for (int turn = 0; turn < count; ++turn)");
        if (kernel.IsKept) writer.Line($"const int position = {bases}[sequence] + turn, row = first + turn;");
        else writer.Line($"const int position = {(kernel.Backwards ? "count - 1 - turn" : "turn")}, row = first + position;");
        WriteBlock(writer, ofRow);
        writer.Line("float total = 0.0f;").Line("#pragma unroll").Open("for (int k = 0; k < STATES_OF_LANE; ++k)");
        writer.Line("const int n = k * STATE_LANES + at.lane;");
        writer.Line($"if (({count}) % STATE_LANES != 0 && n >= {count}) continue;");
        WriteBlock(writer, ofState);
        writer.Line("float h = states[k];");
        WriteBlock(writer, ofStep);
        writer.Line($"h = {step};");
        WriteBlock(writer, ofValue);
        writer.Line($"total += {value};").Line("states[k] = h;").Close();
        writer.Line("total = at.sum(total);");
        writer.Line($"if (at.lane == 0 && at.feature < padded({columns})) {output}.store(row, at.feature, at.feature < {columns} ? total : 0.0f);");
        writer.Close();
        if (kernel.IsKept)
        {
            // Lanes beyond the last feature have its states too: those of the feature itself write.
            writer.Line($"if constexpr ({arguments.Kept})");
            writer.Line($"    if (at.feature < {columns}) at.store(states, KeptStates<float>(places, sequence, place).after + f * ({count}), {count});");
        }
        writer.Close();

        string shape = $"{names.Space(kernel.Rows)}, {names.Size(kernel.Output.Columns)}, {names.Size(kernel.States)}", variable = "";
        List<string> preparing = [.. kept.Statements];
        if (kernel.IsKept)
        {
            variable = names.Unique("kept" + ProgramNames.Pascal(kernel.Name));
            preparing.Add($"CudaKeptStates {variable} = {names.Run}.KeepStates({shape});");
            variable = $".Add({variable})";
        }
        string launch = variable + $".Scan({shape})";
        string[] files = kernel.IsKept ? ["types", "math", "views", "kept", "async", "scan"] : ["types", "math", "views", "async", "scan"];
        return new CudaKernel(
            CudaKernel.NameOf(kernel), field, files, writer.ToString(), kernel.Summary,
            CudaKernel.LaunchStatement(field, arguments, launch, preparing));
    }

    private static void WriteBlock(CodeWriter writer, CodeBlock block)
    {
        if (!block.IsEmpty) writer.Line(block.Text);
    }

    /// <summary>Whether a leaf differs from row to row: what has one row a sequence does not.</summary>
    private bool IsOfRow(Expression leaf) => leaf switch
    {
        Expression.RowPosition => true,
        Expression.TokenElement t => t.Position is null && !IsOneASequence(((ElementOperand.Rows)kernel.Operands[t.Number]).Space),
        Expression.IntegerElement i => i.Position is null && !IsOneASequence(((ElementOperand.Integers)kernel.Operands[i.Number]).Space),
        _ => false,
    };

    private bool IsOneASequence(int space) => plan.RowSpaces[space].SequencesOf is not null;
}
