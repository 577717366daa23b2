using KernelForge.Compiler.Diagnostics;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds.Cuda;

/// <summary>
/// KernelPlan → C# with CUDA C in it: one class a layer, whose text is the schedule, and a short kernel for each of the plan's. What is the same
/// for every layer (the product's pipeline, the softmax, sweeps over rows) is the device library's, which NVRTC gets in front of the kernel.
/// </summary>
/// <remarks>
/// For a layer <c>x + down[Silu(gate[x]) * up[x]]</c> with a stack of them around it, the class reads so:
/// <code>
/// internal sealed class BlockCuda : CudaProgram
/// {
///     private readonly int hidden, inner, depth;
///     private readonly DeviceArray[] layersGateWeightAndLayersUpWeight;
///     private readonly DeviceArray[] layersDownWeight;
///
///     public BlockCuda(CudaDevice device, LoadedWeights weights, int hidden, int inner, int depth)
///         : base(device)
///     {
///         // fields, then: weights.Read($"layers[{i}].gate.weight") … packed by Weights.Packed(hidden, Weights.Pair(…))
///         Ready();
///     }
///
///     protected override void Schedule(CudaRun run)
///     {
///         CudaSpace tokens = run.Space(0, input: 0);
///         CudaView x = run.Slot(0, tokens, hidden);
///         run.CopyIn(0, x);
///         for (int i = 0; i &lt; depth; i++)
///         {
///             run.Kernel(GateUpKernel)
///                 .Define("INNER", inner).Define("HIDDEN", hidden)
///                 .Add(x).Add(layersGateWeightAndLayersUpWeight[i]).Add(gated).Add(tokens)
///                 .Gemm(tokens, CudaRun.Packed(2 * inner), hidden);
///             …
///         }
///         run.CopyOut(0, x);
///     }
///
///     private static readonly KernelSource GateUpKernel = new("gate_up", """ struct Epilogue { … } … """) { DeviceFiles = […] };
/// }
/// </code>
/// </remarks>
internal sealed class CudaBackEnd : IBackEnd
{
    private static readonly string[] Usings =
    [
        "System", "KernelForge", "KernelForge.Runtime", "KernelForge.Runtime.Cuda", "KernelForge.Runtime.Cuda.Nvrtc",
        "KernelForge.Runtime.Cuda.Programs", "KernelForge.Runtime.Execution",
    ];

    private const string Device = "Cuda";

    public string ProgramType => "KernelForge.Runtime.Cuda.Programs.CudaProgram";

    public string DeviceType => "global::KernelForge.Runtime.Cuda.CudaDevice";

    public string ProgramName(LayerSpec layer) => ProgramClass.FullName(layer, Device);

    /// <summary>Elements have one type in a whole program: what a pinned precision means for it.</summary>
    public IEnumerable<Finding> Notes(LayerSpec layer)
    {
        foreach (FieldSpec field in layer.Fields)
        {
            if (field.Precision == ProductPrecision.Float32)
            {
                yield return Found(field.Span,
                    $"a CUDA program has one precision: for '{field.Name}' all of it is Float32, and a device that names another is refused");
            }
            if (field.Precision == ProductPrecision.Int8) yield return Found(field.Span, Bytes(field.Name));
        }
        if (layer.Precision == ProductPrecision.Int8) yield return Found(layer.Span, Bytes(layer.Name));

        Finding Found(SourceSpan span, string message) => new(Rules.OnePrecision, layer.Id, span, message);

        static string Bytes(string name) => $"CUDA has no products of bytes: there '{name}' is multiplied in the program's precision";
    }

    public GeneratedFile Write(LayerSpec layer, KernelPlan plan) => new(ProgramClass.HintName(layer, Device), Text(layer, plan));

    /// <summary>The kernels alone, in the order in which they first run.</summary>
    public static IReadOnlyList<CudaKernel> Kernels(KernelPlan plan)
    {
        ProgramNames names = CudaNames.Of(plan);
        var kernels = new CudaKernels(plan, names, CudaParameters.Of(plan, names), new CudaTables(names), new CudaMasks(plan, names));
        new CudaSchedule(plan, names, kernels, new CodeWriter()).Write();
        return kernels.All;
    }

    private static string Text(LayerSpec layer, KernelPlan plan)
    {
        ProgramNames names = CudaNames.Of(plan);
        string name = names.Unique(ProgramClass.Name(layer, Device));
        ProgramParameters parameters = CudaParameters.Of(plan, names);
        var tables = new CudaTables(names);
        var masks = new CudaMasks(plan, names);
        var kernels = new CudaKernels(plan, names, parameters, tables, masks);
        var writer = new CodeWriter();
        ProgramClass.WriteHead(writer, layer, plan, plan.GoesOn is null ? Usings : [.. Usings, "KernelForge.Runtime.Cpu"]);
        writer.Line("/// <summary>The layer's program for CUDA devices.</summary>");
        writer.Open($"internal sealed class {name} : CudaProgram");
        ProgramClass.WriteHyperParameters(writer, plan, names);
        parameters.WriteFields(writer);
        writer.Line();

        string given = ProgramClass.Parameters(plan, names, "CudaDevice " + names.Device, "LoadedWeights " + names.Weights);
        writer.Line(LongLine.Broken($"public {name}({given})"));
        writer.Line($"    : base({names.Device})");
        writer.Open();
        ProgramClass.KeepHyperParameters(writer, plan, names);
        parameters.WriteLoading(writer);
        writer.Line("Ready();");
        writer.Close().Line();

        IEnumerable<string> hypers = plan.HyperParameters.Select(h => names.Hyper(h.Name));
        string arguments = string.Join(", ", hypers.Prepend(names.Weights).Prepend(names.Device));
        writer.Line("/// <summary>The program on a device.</summary>");
        writer.Line(LongLine.Broken($"public static CompiledProgram Create({given}) =>"));
        writer.Line($"    new {name}({arguments});").Line();

        new CudaSchedule(plan, names, kernels, writer).Write();
        tables.WriteFilling(writer);
        masks.WriteSight(writer);
        CudaHostIntegers.Write(writer, plan, names);
        RecurringWidths.Write(plan, writer, names.Hyper);
        kernels.WriteSources(writer);
        writer.Close();
        return writer.ToString();
    }
}
