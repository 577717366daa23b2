using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds.Cuda;

/// <summary>A segment kernel: the device library's, over the layer's views.</summary>
internal static class CudaSegmentKernel
{
    public static CudaKernel Write(KernelPlan plan, ProgramNames names, ProgramParameters parameters, SegmentKernel kernel, string field)
    {
        var arguments = new CudaArguments(plan, names, parameters);
        string input = arguments.View(kernel.Input), output = arguments.View(kernel.Output, written: true);
        string offsets = arguments.Integers("offsets", names.Offsets(kernel.Rows));
        string sequences = arguments.Integers("sequenceCount", names.Sequences(kernel.Rows));
        var writer = new CodeWriter();
        CudaKernel.WriteHead(writer, kernel.Summary,
        [
            "Grid: columns / 64, rounded up, by sequences. Block: SLOTS rows of eight threads, each of eight columns.",
            "Shared memory: a piece of each thread.",
        ]);
        CudaKernel.WriteSignature(writer, CudaKernel.NameOf(kernel), "segment_threads", arguments);
        writer.Line($"segment<Segment{kernel.Reduction}>({input}, {offsets}, {output}, *{sequences});");
        writer.Close();
        string launch = $".Segment({names.Space(kernel.Rows)}, {names.Size(kernel.Input.Columns)})";
        return new CudaKernel(
            CudaKernel.NameOf(kernel), field, ["types", "math", "views", "async", "segment"], writer.ToString(), kernel.Summary,
            CudaKernel.LaunchStatement(field, arguments, launch));
    }
}
