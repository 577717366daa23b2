using KernelForge.Compiler.Kernels;

namespace KernelForge.Compiler.BackEnds.Cpu;

/// <summary>The names of a plan in its program for the CPU.</summary>
internal static class CpuNames
{
    private static readonly string[] Reserved =
    [
        "TVector", "Run", "Keep", "Dispose", "Equals", "GetHashCode", "GetType", "ToString", "MemberwiseClone", "Finalize",
        "Rows", "RaggedRows", "RowBuffer", "Gemm", "Attention", "Segments", "RowKernels", "PackedMatrix", "WeightPart", "Interval",
        "Coverage", "AttentionRow", "AttentionHeads", "PlainScore", "NoMask", "VectorMath", "VectorActivation", "SegmentOperation",
        "Math", "MathF", "Ops", "CpuProgram", "CpuWorkspace", "CpuDevice", "LoadedWeights", "RunInput", "RunOutput", "Float512",
        "Float256", "Float128", "VectorWidth", "ActivationKind", "MethodImpl", "MethodImplOptions", "IGemmEpilogue",
        "IGemmPairEpilogue", "IRowKernel", "IElementKernel", "ElementKernels", "IScanKernel", "Scans", "Banks", "Bank", "Stretch", "ScanStates", "KeepTransposed", "IScore", "IMask",
        "IVector", "RunCheck",
    ];

    public static ProgramNames Of(KernelPlan plan) => new(plan, Reserved, "device", "weights", "workspace", "inputs", "outputs", "sequence", "row");

    extension(ProgramNames names)
    {
        public string Device => names.Variable("device");

        public string Weights => names.Variable("weights");

        public string Workspace => names.Variable("workspace");

        public string Inputs => names.Variable("inputs");

        public string Outputs => names.Variable("outputs");

        public string Sequence => names.Variable("sequence");

        public string Row => names.Variable("row");

        public string View(View view) => names.View(view, "Slice");
    }
}
