using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds.Cuda;

/// <summary>
/// What the kernels of a scan share: their arguments, and where the statements of the lambdas go. What depends on the row alone is computed once for all
/// states of a lane.
/// </summary>
internal sealed class CudaScanText
{
    private readonly KernelPlan plan;
    private readonly ScanKernel kernel;
    private readonly CodeBlock ofThread = new(), ofRow, ofState, ofStep, ofValue;
    private readonly CudaElementCode code;

    public CudaScanText(KernelPlan plan, ProgramNames names, ProgramParameters parameters, ScanKernel kernel)
    {
        (this.plan, this.kernel) = (plan, kernel);
        Arguments = new CudaArguments(plan, names, parameters);
        ofRow = new CodeBlock(ofThread, IsOfRow);
        ofState = new CodeBlock(ofRow, e => e is Expression.StateIndex);
        // The step knows the state before the row, the value that after it: nothing of the one may be taken for the other's.
        ofStep = new CodeBlock(ofState, e => e is Expression.StateValue);
        ofValue = new CodeBlock(ofState, e => e is Expression.StateValue);
        // The texts' own variables, before any operand could take their names.
        string[] own =
        [
            "f", "n", "h", "k", "sequence", "position", "first", "count", "turn", "states", "total", "chunk", "begin", "end", "products", .. kernel.IsKept ? (string[])["places", "place", "kept"] : [],
        ];
        foreach (string name in own) Arguments.Local(name);
        Offsets = Arguments.Integers("offsets", names.Offsets(kernel.Rows));
        var rows = new CudaRowNames(plan, names, Arguments, ofThread, _ => kernel.Rows, "sequence", "position");
        var extents = new Dictionary<Expression, Size>
        {
            [new Expression.Feature()] = kernel.Output.Columns,
            [new Expression.StateIndex()] = kernel.States,
        };
        Kept = new CudaKeptRows(plan, names, kernel.Operands);
        code = new CudaElementCode(plan, names, Arguments, kernel.Operands, rows, extents, Kept);
        Step = code.Print(kernel.Step, ofStep);
        SequenceCount = Arguments.Integers("sequenceCount", names.Sequences(kernel.Rows));
        Columns = Arguments.Size(kernel.Output.Columns);
        States = Arguments.Size(kernel.States);
    }

    public CudaArguments Arguments { get; }

    /// <summary>Rows of earlier runs among the operands.</summary>
    public CudaKeptRows Kept { get; }

    public string Offsets { get; }

    public string SequenceCount { get; }

    public string Columns { get; }

    public string States { get; }

    /// <summary>The next state, from <c>h</c>.</summary>
    public string Step { get; }

    /// <summary>What a state adds to the result.</summary>
    public string Value() => code.Print(kernel.Value, ofValue);

    /// <summary>What the step multiplies the state by.</summary>
    public string Factor(LinearStep linear) => code.Print(linear.Factor, ofState);

    /// <summary>What a thread knows of its feature and sequence.</summary>
    public void WriteOfThread(CodeWriter writer)
    {
        // Lanes beyond the last feature go with it, so that every lane has its part in the sums.
        writer.Line($"const int f = min(at.feature, {Columns} - 1);");
        writer.Line($"const int first = {Offsets}[sequence], count = {Offsets}[sequence + 1] - first;");
        Write(writer, ofThread);
    }

    /// <summary>Opens the loop over some turns: from one row to the next, or to the one before.</summary>
    /// <param name="bases">How many rows of each sequence came in earlier runs; null where none did.</param>
    public void OpenTurns(CodeWriter writer, string begin, string end, string? bases = null)
    {
        writer.Line("#pragma unroll 1").Open($"for (int turn = {begin}; turn < {end}; ++turn)");
        writer.Line(bases is not null ? $"const int position = {bases}[sequence] + turn, row = first + turn;"
            : $"const int position = {(kernel.Backwards ? "count - 1 - turn" : "turn")}, row = first + position;");
        Write(writer, ofRow);
    }

    /// <summary>Opens the loop over the states of a lane.</summary>
    public void OpenStates(CodeWriter writer)
    {
        writer.Line("#pragma unroll").Open("for (int k = 0; k < STATES_OF_LANE; ++k)");
        writer.Line("const int n = k * STATE_LANES + at.lane;");
        writer.Line($"if (({States}) % STATE_LANES != 0 && n >= {States}) continue;");
    }

    /// <summary>From a state in <c>h</c> to the next one there.</summary>
    public void WriteStep(CodeWriter writer)
    {
        Write(writer, ofStep);
        writer.Line($"h = {Step};");
    }

    public void WriteOfState(CodeWriter writer) => Write(writer, ofState);

    public void WriteOfValue(CodeWriter writer) => Write(writer, ofValue);

    private static void Write(CodeWriter writer, CodeBlock block)
    {
        if (!block.IsEmpty) writer.Line(block.Text);
    }

    /// <summary>Whether a leaf differs from row to row: what has one row a sequence does not, but for the rows of the scan itself.</summary>
    private bool IsOfRow(Expression leaf) => leaf switch
    {
        Expression.RowPosition => true,
        Expression.TokenElement t => t.Position is null && !IsOneASequence(((ElementOperand.Rows)kernel.Operands[t.Number]).Space),
        Expression.IntegerElement i => i.Position is null && !IsOneASequence(((ElementOperand.Integers)kernel.Operands[i.Number]).Space),
        _ => false,
    };

    private bool IsOneASequence(int space) => plan.RowSpaces[space].SequencesOf is not null && plan.RowSpaces[kernel.Rows].SequencesOf is null;
}
