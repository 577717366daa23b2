using KernelForge.Compiler.Kernels;

namespace KernelForge.Compiler.BackEnds.Cuda;

/// <summary>The names of a plan in its program for CUDA devices, and how its schedule asks for what a batch brings.</summary>
internal static class CudaNames
{
    private static readonly string[] Reserved =
    [
        "Weights", "Schedule", "Differences", "Lengths", "Integers", "CudaBatch", "RunCheck", "space", "lengths", "number", "Ready", "Kernels", "Run", "Dispose", "Equals", "GetHashCode", "GetType", "ToString",
        "MemberwiseClone", "Finalize", "CudaProgram", "CudaRun", "CudaSpace", "CudaView", "CudaIntegers", "CudaDevice", "DeviceArray",
        "DeviceWeights", "WeightBlock", "KernelSource", "SourceOrigin", "LoadedWeights", "Math", "Ops", "Span", "ActivationKind",
        "table", "values", "zero", "given", "ReadOnlySpan",
        "Sees", "Layout", "Coverage", "Interval", "CudaKeptKeys", "CudaKeptRows", "CudaKeptStates", "BitConverter",
    ];

    public static ProgramNames Of(KernelPlan plan) => new(plan, Reserved, "device", "weights", "run", "batch");

    extension(ProgramNames names)
    {
        public string Device => names.Variable("device");

        public string Weights => names.Variable("weights");

        /// <summary>What a schedule is given: <c>run</c>.</summary>
        public string Run => names.Variable("run");

        /// <summary>What the computing of lengths and integers is given: <c>batch</c>.</summary>
        public string Batch => names.Variable("batch");

        public string Positions(int space) => $"{names.Run}.Positions({names.Space(space)})";

        public string SequenceOf(int space) => $"{names.Run}.SequenceOf({names.Space(space)})";

        public string Offsets(int space) => $"{names.Run}.Offsets({names.Space(space)})";

        /// <summary>How many rows of each sequence came before those in memory.</summary>
        public string Bases(int space) => $"{names.Run}.Bases({names.Space(space)})";

        public string Sequences(int space) => $"{names.Run}.SequenceCount({names.Space(space)})";

        /// <summary>A table of differences, and where the difference of zero lies in it.</summary>
        public string Table(int number, AttentionKernel kernel) =>
            $"{names.Run}.Differences({CudaText.Integer(number)}, {names.Space(kernel.Rows)}, {names.Space(kernel.KeyRows)})";

        public string Zero(int number, AttentionKernel kernel) =>
            $"{names.Run}.Zero({CudaText.Integer(number)}, {names.Space(kernel.Rows)}, {names.Space(kernel.KeyRows)})";
    }
}
