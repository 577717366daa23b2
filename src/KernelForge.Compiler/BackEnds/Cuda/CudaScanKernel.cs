using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds.Cuda;

/// <summary>
/// A scan: some lanes take one feature through a sequence, or through a chunk of it (see <see cref="CudaScanChunks"/>), its states in their registers.
/// </summary>
internal static class CudaScanKernel
{
    public static CudaKernel Write(KernelPlan plan, ProgramNames names, ProgramParameters parameters, ScanKernel kernel, string field)
    {
        bool inChunks = kernel.Linear is not null;
        var text = new CudaScanText(plan, names, parameters, kernel);
        CudaArguments arguments = text.Arguments;
        string output = arguments.View(kernel.Output, written: true), value = text.Value();
        CudaScanChunks.Given? given = inChunks ? CudaScanChunks.Given.Of(arguments, names, kernel, written: false) : null;

        var writer = new CodeWriter();
        CudaKernel.WriteHead(writer, kernel.Summary,
        [
            $"Grid: padded features / scan_features, rounded up, by {(inChunks ? "chunks" : "sequences")}. Block: STATE_LANES lanes for each feature.",
        ]);
        string? bases = kernel.IsKept ? arguments.Integers("bases", names.Bases(kernel.Rows)) : null;
        CudaKernel.WriteSignature(writer, CudaKernel.NameOf(kernel), "scan_threads", arguments, kernel.IsKept ? ["const u64* places", "int place"] : []);
        writer.Line("const ScanThread at;");
        if (given is null) writer.Line("const int sequence = blockIdx.y;");
        writer.Line("let_next_grid_start();");
        writer.Line(given is null ? $"if (sequence >= *{text.SequenceCount}) return;" : $"if (blockIdx.y >= {given.Count(text)}) return;");
        writer.Line("wait_for_previous_grid();");
        if (given is not null) writer.Line(given.Chunk).Line("const int sequence = chunk.sequence;");
        text.WriteOfThread(writer);
        writer.Line("float states[STATES_OF_LANE] = {};");
        if (kernel.IsKept)
        {
            writer.Open($"if constexpr ({arguments.Kept})").Line("const KeptStates<float> kept(places, sequence, place);");
            writer.Line($"if (kept.before != nullptr) at.load(states, kept.before + f * ({text.States}), {text.States});").Close();
        }
        if (given is not null)
        {
            writer.Open("if (chunk.number > 0)");
            text.OpenStates(writer);
            writer.Line($"states[k] = {given.Links}[at.place(blockIdx.y - 1, k)].state;").Close().Close();
            writer.Line("const int end = chunk.end(count);");
        }
        text.OpenTurns(writer, inChunks ? "chunk.begin()" : "0", inChunks ? "end" : "count", bases);
        writer.Line("float total = 0.0f;");
        text.OpenStates(writer);
        text.WriteOfState(writer);
        writer.Line("float h = states[k];");
        text.WriteStep(writer);
        text.WriteOfValue(writer);
        writer.Line($"total += {value};").Line("states[k] = h;").Close();
        writer.Line("total = at.sum(total);");
        writer.Line($"if (at.lane == 0 && at.feature < padded({text.Columns})) {output}.store(row, at.feature, at.feature < {text.Columns} ? total : 0.0f);");
        writer.Close();
        if (kernel.IsKept)
        {
            // Lanes beyond the last feature have its states too: those of the feature itself write.
            writer.Line($"if constexpr ({arguments.Kept})");
            writer.Line(
                $"    if (at.feature < {text.Columns}) at.store(states, KeptStates<float>(places, sequence, place).after + f * ({text.States}), {text.States});");
        }
        writer.Close();

        string shape = $"{names.Space(kernel.Rows)}, {names.Size(kernel.Output.Columns)}, {names.Size(kernel.States)}", variable = "";
        List<string> preparing = [.. text.Kept.Statements];
        if (kernel.IsKept)
        {
            variable = names.Unique("kept" + ProgramNames.Pascal(kernel.Name));
            preparing.Add($"CudaKeptStates {variable} = {names.Run}.KeepStates({shape});");
            variable = $".Add({variable})";
        }
        string[] files = ["types", "math", "views", .. kernel.IsKept ? (string[])["kept"] : [], "async", "scan", .. inChunks ? (string[])["scan_chunks"] : []];
        return new CudaKernel(
            CudaKernel.NameOf(kernel), field, files, writer.ToString(), kernel.Summary,
            CudaKernel.LaunchStatement(field, arguments, $"{variable}.{(inChunks ? "ScanOfChunks" : "Scan")}({shape})", preparing));
    }
}
