using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using KernelForge.TestData;

namespace KernelForge.Cuda.Tests.Cubins;

/// <summary>What the machine code of a kernel takes, and what bounds its main loops: a line of the report.</summary>
/// <param name="Model">A name of <see cref="PlannedKernels"/>.</param>
/// <param name="Architecture"><c>sm_80</c>.</param>
/// <param name="Precision">Of weights and intermediate values.</param>
/// <param name="Kernel">By its name in the text.</param>
/// <param name="Variant">Of the kernel, empty where there is but one.</param>
/// <param name="Registers">Of a thread.</param>
/// <param name="StaticShared">Bytes of a block that the text declares.</param>
/// <param name="DynamicShared">Bytes of a block that the launch asks for.</param>
/// <param name="SpillBytes">Of a thread.</param>
/// <param name="LocalBytes">Of a thread.</param>
/// <param name="Blocks">That a multiprocessor holds at a time.</param>
/// <param name="Occupancy">Threads of those, of all that a multiprocessor can hold.</param>
internal sealed record CubinLine(
    string Model, string Architecture, string Precision, string Kernel, string Variant, int Registers, int StaticShared, int DynamicShared,
    int SpillBytes, int LocalBytes, int Blocks, double Occupancy)
{
    /// <summary>Innermost loops with tensor instructions, the heaviest first; filled where the report is written.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<MainLoop>? MainLoops { get; init; }

    /// <inheritdoc cref="Cubin.HasSines"/>
    [JsonIgnore]
    public bool HasSines { get; init; }

    [JsonIgnore]
    public string Name => $"{Kernel}{(Variant.Length == 0 ? "" : $" ({Variant})")} of {Model} for {Architecture} in {Precision}";

    /// <summary>What became worse than a line of the same name; null where nothing did.</summary>
    /// <param name="before">The line of the report.</param>
    /// <param name="sameCompiler">Whether both are of one NVRTC: another chooses registers in another way.</param>
    public string? WorseThan(CubinLine before, bool sameCompiler)
    {
        List<string> found = [];
        if (SpillBytes > before.SpillBytes) found.Add($"{SpillBytes} bytes are spilled, {before.SpillBytes} were");
        if (LocalBytes > before.LocalBytes) found.Add($"{LocalBytes} bytes of local memory, {before.LocalBytes} were");
        if (sameCompiler && Registers > before.Registers) found.Add($"{Registers} registers, {before.Registers} were");
        if (sameCompiler && Blocks < before.Blocks) found.Add($"{Blocks} blocks a multiprocessor, {before.Blocks} were");
        return found.Count == 0 ? null : $"{Name}: {string.Join("; ", found)}";
    }
}

/// <summary>What <c>sass_report.py</c> says of a loop: shares of the tensor cores' peak, at best and with arithmetic in between.</summary>
internal sealed record MainLoop(int Instructions, string Bound, double Tensor, double Phased);

/// <summary>A file of <c>tests/Benchmarks/results</c>: <c>cubins.json</c>, <c>cubins-lambdas.json</c>, <c>cubins-kept.json</c>.</summary>
internal sealed record CubinReport(string What, string Nvrtc, string Command, IReadOnlyList<CubinLine> Kernels)
{
    private static readonly JsonSerializerOptions format = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Null where there is none yet.</summary>
    public static CubinReport? Read(string file) =>
        File.Exists(PathOf(file)) ? JsonSerializer.Deserialize<CubinReport>(File.ReadAllText(PathOf(file)), format) : null;

    /// <param name="file">Its name.</param>
    /// <param name="nvrtc">The compiler's version.</param>
    /// <param name="command">What writes it again.</param>
    /// <param name="kernels">Its lines.</param>
    public static void Write(string file, string nvrtc, string command, IEnumerable<CubinLine> kernels)
    {
        string Quoted(string text) => JsonSerializer.Serialize(text, format);
        var text = new StringBuilder("{\n");
        text.Append(" \"what\": ").Append(Quoted("machine code of generated kernels, as the assembler says; main_loops: by sass_report.py")).Append(",\n");
        text.Append(" \"nvrtc\": ").Append(Quoted(nvrtc)).Append(",\n");
        text.Append(" \"command\": ").Append(Quoted(command)).Append(",\n");
        // A kernel a line, so that a difference of two reports names it.
        text.Append(" \"kernels\": [\n  ").AppendJoin(",\n  ", kernels.Select(line => JsonSerializer.Serialize(line, format))).Append("\n ]\n}\n");
        File.WriteAllText(PathOf(file), text.ToString());
    }

    private static string PathOf(string file) => Path.Combine(Data.RepositoryRoot, "tests", "Benchmarks", "results", file);

    /// <summary>What a person has to look at: a line each.</summary>
    public IEnumerable<string> Compare(IReadOnlyList<CubinLine> now, bool sameCompiler)
    {
        var before = Kernels.ToDictionary(line => line.Name, StringComparer.Ordinal);
        foreach (CubinLine line in now)
        {
            if (!before.Remove(line.Name, out CubinLine? known)) yield return $"{line.Name}: is not in the report";
            else if (line.WorseThan(known, sameCompiler) is { } worse) yield return worse;
        }
        foreach (string name in before.Keys) yield return $"{name}: is in the report, and is no kernel any more";
    }
}
