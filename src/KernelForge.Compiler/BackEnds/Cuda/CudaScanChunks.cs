using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds.Cuda;

/// <summary>
/// What runs before a linear scan, so that the chunks of long sequences can be gone through side by side: one kernel finds what each chunk makes of its
/// states (a link: a factor and what it makes of zero), another goes along the links to the state with which each chunk begins.
/// </summary>
internal static class CudaScanChunks
{
    /// <summary>What the kernels know of chunks and links, by the names of their parameters.</summary>
    /// <param name="Starts">[sequences + 1]: how many chunks lie before each sequence.</param>
    /// <param name="Sequences">The sequence of each chunk.</param>
    /// <param name="Links">Of each state of each chunk but the last of a sequence: its link, and later the state behind it.</param>
    public sealed record Given(string Starts, string Sequences, string Links)
    {
        public static Given Of(CudaArguments arguments, ProgramNames names, ScanKernel kernel, bool written)
        {
            string space = names.Space(kernel.Rows);
            return new(
                arguments.Integers("chunkStarts", $"{names.Run}.ChunkStarts({space})"),
                arguments.Integers("chunkSequences", $"{names.Run}.ChunkSequences({space})"),
                arguments.Number(
                    written ? "ScanLink*" : "const ScanLink*", "links",
                    $"{names.Run}.ScanLinks({space}, {names.Size(kernel.Output.Columns)}, {names.Size(kernel.States)})"));
        }

        /// <summary>The statement that finds a block's chunk.</summary>
        public string Chunk => $"const ScanChunk chunk({Starts}, {Sequences}, blockIdx.y);";

        /// <summary>How many chunks there are.</summary>
        public string Count(CudaScanText text) => $"{Starts}[*{text.SequenceCount}]";
    }

    /// <summary>The kernels that run before the scan itself, in their order; none where it is not linear.</summary>
    /// <param name="field">Makes a field's name from the one that it would like to have.</param>
    public static IEnumerable<CudaKernel> Write(
        KernelPlan plan, ProgramNames names, ProgramParameters parameters, ScanKernel kernel, Func<string, string> field) =>
        kernel.Linear is not { } linear ? []
        : [WriteLinks(plan, names, parameters, kernel, linear, field(kernel.Name + "_links")), WriteChain(plan, names, parameters, kernel, field(kernel.Name + "_chain"))];

    private static CudaKernel WriteLinks(
        KernelPlan plan, ProgramNames names, ProgramParameters parameters, ScanKernel kernel, LinearStep linear, string field)
    {
        string name = kernel.Name + "_links_kernel", summary = "what each chunk of a long sequence makes of its states, for: " + kernel.Summary;
        var text = new CudaScanText(plan, names, parameters, kernel);
        string factor = text.Factor(linear);
        Given given = Given.Of(text.Arguments, names, kernel, written: true);

        var writer = new CodeWriter();
        CudaKernel.WriteHead(writer, summary, ["Grid: padded features / scan_features, rounded up, by chunks. Block: STATE_LANES lanes for each feature."]);
        CudaKernel.WriteSignature(writer, name, "scan_threads", text.Arguments);
        writer.Line("const ScanThread at;").Line("let_next_grid_start();");
        // Also where no block has work: what comes next waits for this grid alone.
        writer.Line("wait_for_previous_grid();");
        writer.Line($"if (blockIdx.y >= {given.Count(text)}) return;");
        writer.Line(given.Chunk).Line("if (chunk.is_last()) return;").Line("const int sequence = chunk.sequence;");
        text.WriteOfThread(writer);
        writer.Line("float states[STATES_OF_LANE] = {};").Line("ScanFactor products[STATES_OF_LANE];").Line("const int end = chunk.end(count);");
        text.OpenTurns(writer, "chunk.begin()", "end");
        text.OpenStates(writer);
        text.WriteOfState(writer);
        writer.Line("float h = states[k];");
        text.WriteStep(writer);
        writer.Line("states[k] = h;").Line($"products[k].multiply({factor});").Close().Close();
        text.OpenStates(writer);
        writer.Line($"{given.Links}[at.place(blockIdx.y, k)] = {{products[k].value(), states[k]}};").Close().Close();
        return Kernel(name, field, writer, summary, text, names, kernel, "ScanLinks");
    }

    private static CudaKernel WriteChain(KernelPlan plan, ProgramNames names, ProgramParameters parameters, ScanKernel kernel, string field)
    {
        string name = kernel.Name + "_chain_kernel", summary = "the states with which each chunk of a long sequence begins, for: " + kernel.Summary;
        var text = new CudaScanText(plan, names, parameters, kernel);
        Given given = Given.Of(text.Arguments, names, kernel, written: true);

        var writer = new CodeWriter();
        CudaKernel.WriteHead(writer, summary, ["Grid: padded features / scan_features, rounded up, by sequences. Block: STATE_LANES lanes for each feature."]);
        CudaKernel.WriteSignature(writer, name, "scan_threads", text.Arguments);
        writer.Line("const ScanThread at;").Line("const int sequence = blockIdx.y;").Line("let_next_grid_start();").Line("wait_for_previous_grid();");
        writer.Line($"if (sequence >= *{text.SequenceCount}) return;");
        writer.Line($"const int begin = {given.Starts}[sequence], end = {given.Starts}[sequence + 1] - 1;").Line("if (begin >= end) return;");
        text.WriteOfThread(writer);
        text.OpenStates(writer);
        // A product that no float holds is not used: the chunk is gone through again, from the state in front of it.
        writer.Open(LongLine.Broken($"scan_chain({given.Links}, at, begin, end, k, [&](int chunk, float h)"));
        text.OpenTurns(writer, "(chunk - begin) * SCAN_CHUNK", "(chunk - begin + 1) * SCAN_CHUNK");
        text.WriteOfState(writer);
        text.WriteStep(writer);
        writer.Close().Line("return h;").Close(");").Close().Close();
        return Kernel(name, field, writer, summary, text, names, kernel, "ScanChain");
    }

    private static CudaKernel Kernel(
        string name, string field, CodeWriter writer, string summary, CudaScanText text, ProgramNames names, ScanKernel kernel, string launch) =>
        new(
            name, field, ["types", "math", "views", "async", "scan", "scan_chunks"], writer.ToString(), summary,
            CudaKernel.LaunchStatement(
                field, text.Arguments, $".{launch}({names.Space(kernel.Rows)}, {names.Size(kernel.Output.Columns)}, {names.Size(kernel.States)})"));
}
