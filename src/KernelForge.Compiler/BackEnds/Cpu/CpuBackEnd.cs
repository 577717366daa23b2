using System.Globalization;
using KernelForge.Compiler.Diagnostics;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds.Cpu;

/// <summary>
/// KernelPlan → C#: one class a layer, generic on the vector, whose text is the schedule and a small struct for each kernel. The loops over
/// rows, tiles and keys are the runtime's (<c>KernelForge.Runtime.Cpu</c>).
/// </summary>
/// <remarks>
/// For a layer <c>x + down[Silu(gate[x]) * up[x]]</c> with a stack of them around it, the class reads so:
/// <code>
/// internal sealed class BlockCpu&lt;TVector&gt; : CpuProgram&lt;TVector&gt; where TVector : unmanaged, IVector&lt;TVector&gt;
/// {
///     private readonly int hidden, inner, depth;
///     private readonly PackedMatrix&lt;TVector&gt;[] layersGateWeightAndLayersUpWeight;
///     private readonly PackedMatrix&lt;TVector&gt;[] layersDownWeight;
///
///     public BlockCpu(CpuDevice device, LoadedWeights weights, int hidden, int inner, int depth)
///         : base(device, spaces: 1, slots: 3, integers: 0)
///     {
///         // fields, then: weights.Values($"layers[{i}].gate.weight") … packed by Keep(PackedMatrix.Pair&lt;TVector&gt;(…))
///     }
///
///     protected override void Run(CpuWorkspace workspace, ReadOnlySpan&lt;RunInput&gt; inputs, ReadOnlySpan&lt;RunOutput&gt; outputs)
///     {
///         RaggedRows tokens = workspace.Space(0, inputs[0].Offsets);
///         workspace.Slot(0).Reserve(tokens.Count, hidden);
///         Rows&lt;TVector&gt; x = workspace.Slot(0).View&lt;TVector&gt;(tokens.Count, hidden);
///         x.CopyFrom(inputs[0].Values);
///         for (int i = 0; i &lt; depth; i++)
///         {
///             Gemm.Run(workspace.Pool, x, Gemm.PairBlock(layersGateWeightAndLayersUpWeight[i], new GateUpEpilogue(gated)));
///             Gemm.Run(workspace.Pool, gated, Gemm.Block(layersDownWeight[i], new DownEpilogue(x, x)));
///         }
///         x.CopyTo(outputs[0].Values);
///     }
///
///     private readonly struct GateUpEpilogue(Rows&lt;TVector&gt; gated) : IGemmPairEpilogue&lt;TVector&gt;
///     {
///         public void Apply(int row, int column, TVector first, TVector second) =>
///             gated.Store(row, column, first / (TVector.Broadcast(1f) + VectorMath.Exp(-first)) * second);
///
///         public void Ask(int row, int column) => gated.Ask(row, column);
///     }
/// }
/// </code>
/// Beside it a static class of the same name makes the program at the device's width:
/// <c>BlockCpu.Create(device, weights, hidden, inner, depth)</c>.
/// </remarks>
internal sealed class CpuBackEnd : IBackEnd
{
    private static readonly string[] Usings =
    [
        "System", "System.Runtime.CompilerServices", "KernelForge", "KernelForge.Runtime", "KernelForge.Runtime.Cpu",
        "KernelForge.Runtime.Execution",
    ];

    private const string Device = "Cpu";

    public string ProgramType => "KernelForge.Runtime.Cpu.CpuProgram`1";

    public string DeviceType => "global::KernelForge.Runtime.CpuDevice";

    public string ProgramName(LayerSpec layer) => ProgramClass.FullName(layer, Device);

    public IEnumerable<Finding> Notes(LayerSpec layer) => [];

    public GeneratedFile Write(LayerSpec layer, KernelPlan plan) => new(ProgramClass.HintName(layer, Device), Text(layer, plan));

    private static string Text(LayerSpec layer, KernelPlan plan)
    {
        var names = CpuNames.Of(plan);
        string name = names.Unique(ProgramClass.Name(layer, Device));
        var writer = new CodeWriter();
        ProgramClass.WriteHead(writer, layer, plan, Usings);
        WriteFactory(writer, name, plan, names);
        WriteProgram(writer, name, plan, names);
        return writer.ToString();
    }

    private static void WriteFactory(CodeWriter writer, string name, KernelPlan plan, ProgramNames names)
    {
        IEnumerable<string> hypers = plan.HyperParameters.Select(h => names.Hyper(h.Name));
        string values = string.Join(", ", (string[])[names.Device, names.Weights, .. hypers]);
        writer.Line("/// <summary>The layer's program for the CPU.</summary>");
        writer.Open($"internal static class {name}");
        writer.Line("/// <summary>The program at the width that the device asks for.</summary>");
        writer.Line(LongLine.Broken($"public static CompiledProgram Create({Parameters(plan, names)}) =>"));
        writer.Line($"    VectorWidth.Resolve({names.Device}.VectorBits) switch");
        writer.Open();
        writer.Line($"512 => new {name}<Float512>({values}),");
        writer.Line($"256 => new {name}<Float256>({values}),");
        writer.Line($"_ => new {name}<Float128>({values}),");
        writer.Close(";").Close().Line();
    }

    private static void WriteProgram(CodeWriter writer, string name, KernelPlan plan, ProgramNames names)
    {
        var parameters = CpuParameters.Of(plan, names);
        writer.Line($"/// <summary>See <see cref=\"{name}\"/>.</summary>");
        writer.Open($"internal sealed class {name}<TVector> : CpuProgram<TVector> where TVector : unmanaged, IVector<TVector>");
        ProgramClass.WriteHyperParameters(writer, plan, names);
        parameters.WriteFields(writer);
        writer.Line();

        string spaces = Number(plan.RowSpaces.Count), slots = Number(Slots(plan)), integers = Number(CpuSchedule.Integers(plan));
        writer.Line(LongLine.Broken($"public {name}({Parameters(plan, names)})"));
        writer.Line($"    : base({names.Device}, spaces: {spaces}, slots: {slots}, integers: {integers})");
        writer.Open();
        ProgramClass.KeepHyperParameters(writer, plan, names);
        parameters.WriteLoading(writer);
        if (plan.GoesOn is not null) writer.Line("Layout = Describe();");
        writer.Close().Line();

        var kernels = new CpuKernels(plan, names, parameters);
        new CpuSchedule(plan, names, kernels, writer).Write();
        if (plan.GoesOn is not null) new CpuCacheLayout(plan, names, kernels, writer.Line()).Write();
        if (plan.Recurrences.Count > 0) writer.Line();
        RecurringWidths.Write(plan, writer, names.Hyper);
        writer.Line(kernels.Structs.TrimEnd('\n'));
        writer.Close();
    }

    private static string Parameters(KernelPlan plan, ProgramNames names) =>
        ProgramClass.Parameters(plan, names, "CpuDevice " + names.Device, "LoadedWeights " + names.Weights);

    private static int Slots(KernelPlan plan) => plan.Buffers.Count == 0 ? 0 : plan.Buffers.Max(b => b.Slot) + 1;

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
