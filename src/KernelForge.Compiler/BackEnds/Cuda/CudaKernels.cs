using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds.Cuda;

/// <summary>The kernels of a plan as CUDA C, in the order in which the schedule names them.</summary>
internal sealed class CudaKernels(KernelPlan plan, ProgramNames names, ProgramParameters parameters, CudaTables tables, CudaMasks masks)
{
    private readonly List<CudaKernel> all = [];

    public IReadOnlyList<CudaKernel> All => all;

    /// <summary>What a kernel of the plan becomes: one, or several that run one after another.</summary>
    public IReadOnlyList<CudaKernel> Add(Kernel kernel)
    {
        CudaKernel[] written = kernel switch
        {
            BankKernel bank => [.. CudaBankKernel.Write(plan, names, parameters, bank, Field)],
            ScanKernel scan => [.. CudaScanChunks.Write(plan, names, parameters, scan, Field), Write(kernel)],
            _ => [Write(kernel)],
        };
        all.AddRange(written);
        return written;
    }

    private CudaKernel Write(Kernel kernel)
    {
        string field = Field(kernel.Name);
        return kernel switch
        {
            GemmKernel g => CudaGemmKernel.Write(plan, names, parameters, g, field),
            RowKernel r => CudaRowKernel.Write(plan, names, parameters, r, field),
            AttentionKernel a => CudaAttentionKernel.Write(plan, names, parameters, a, field, tables, masks),
            ElementKernel e => CudaElementKernel.Write(plan, names, parameters, e, field),
            ScanKernel s => CudaScanKernel.Write(plan, names, parameters, s, field),
            SegmentKernel s => CudaSegmentKernel.Write(plan, names, parameters, s, field),
            _ => throw new NotSupportedException(kernel.GetType().Name),
        };
    }

    private string Field(string name) => names.Unique(ProgramNames.Pascal(name) + "Kernel");

    /// <summary>A static field for each kernel's text.</summary>
    public void WriteSources(CodeWriter writer)
    {
        foreach (CudaKernel kernel in all)
        {
            string[] lines = kernel.Text.TrimEnd('\n').Split('\n');
            string files = string.Join(", ", kernel.DeviceFiles.Select(f => CSharpText.Literal(f + ".cuh")));
            writer.Line($"private static readonly KernelSource {kernel.Field} = new({CSharpText.Literal(kernel.Name)},");
            writer.Line("    \"\"\"");
            foreach (string line in lines) writer.Line(line.Length == 0 ? "" : "    " + line);
            writer.Line("    \"\"\")");
            writer.Open();
            writer.Line($"DeviceFiles = [{files}],");
            int last = lines.Length;
            writer.Line($"Origins = [new SourceOrigin(1, {CudaText.Integer(last)}, {CSharpText.Literal(kernel.Expression)})],");
            writer.Close(";").Line();
        }
    }
}
