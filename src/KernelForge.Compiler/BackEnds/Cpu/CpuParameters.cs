using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.BackEnds.Cpu;

/// <summary>How the CPU's program keeps its weights: those of products packed for the tiles, each block by itself, others as rows.</summary>
internal static class CpuParameters
{
    /// <summary>The form of a parameter that is [columns, rows].</summary>
    public const string Transposed = "Transposed";

    public static ProgramParameters Of(KernelPlan plan, ProgramNames names)
    {
        var parameters = new ProgramParameters(plan, names);
        foreach ((Kernel kernel, Scalar condition) in plan.ConditionalKernels)
        {
            if (kernel is GemmKernel gemm)
                foreach (GemmBlock block in gemm.Blocks)
                    parameters.Add([block.Weights], "PackedMatrix<TVector>", Packed(plan, names, parameters, block), condition: condition);
            if (kernel is BankKernel bank) Add(plan, names, parameters, plan.Parameters[bank.Weight], bank.Count, condition);
        }
        foreach (PlanParameter p in plan.Tables)
        {
            string values = parameters.Values(p, names.Weights);
            parameters.Add(p, "Rows<TVector>", $"Keep({values}, {names.Size(p.Rows)}, {names.Size(p.Columns)})");
        }
        IEnumerable<CpuLanes?> lanes = plan.Kernels.OfType<ElementKernel>().Select(CpuLanes.Of)
            .Concat(plan.Kernels.OfType<ScanKernel>().Select(k => CpuLanes.OfFeatures(k) ?? CpuLanes.OfStates(k)));
        foreach (PlanParameter p in lanes.SelectMany(l => l is null ? [] : l.Transposed).Distinct().OrderBy(p => p).Select(p => plan.Parameters[p]))
        {
            string values = parameters.Values(p, names.Weights);
            parameters.Add(p, "Rows<TVector>", $"KeepTransposed({values}, {names.Size(p.Rows)}, {names.Size(p.Columns)})", Transposed);
        }
        return parameters;
    }

    private static void Add(
        KernelPlan plan, ProgramNames names, ProgramParameters parameters, PlanParameter bank, Size count, Scalar condition)
    {
        if (bank.Use != ParameterUse.Bank) throw new NotSupportedException($"{plan.Name}: '{bank.Path}' is no bank");
        string shape = $"{names.Size(count)}, {names.Size(Outputs(bank))}, {names.Size(Inner(bank))}{(bank.Transposed ? ", transposed: true" : "")}";
        parameters.Add(
            [[bank.Id]], "Bank<TVector>", $"Keep(new Bank<TVector>({parameters.Values(bank, names.Weights)}, {shape}){Pinned(bank)})", condition: condition);

        // Stored one below the other: [count × outputs, inputs], or transposed [count × inputs, outputs].
        Size Outputs(PlanParameter p) => p.Transposed ? p.Columns : p.Rows.DivideBy(count);
        Size Inner(PlanParameter p) => p.Transposed ? p.Rows.DivideBy(count) : p.Columns;
    }

    private static string Packed(KernelPlan plan, ProgramNames names, ProgramParameters parameters, GemmBlock block)
    {
        PlanParameter[] weights = [.. block.Weights.Select(w => plan.Parameters[w])];
        if (weights.Length > 2)
            throw new NotSupportedException($"{plan.Name}: a product of {weights.Length} weights at once; the CPU takes one or two");
        string parts = string.Join(", ", weights.Select(w =>
            $"new WeightPart({parameters.Values(w, names.Weights)}, {names.Size(Outputs(w))}{(w.Transposed ? ", Transposed: true" : "")})"));
        return $"Keep(PackedMatrix.{(weights.Length == 2 ? "Pair" : "Concat")}<TVector>({names.Size(Inner(weights[0]))}, {parts}){Pinned(weights[0])})";
    }

    private static string Pinned(PlanParameter weight) => weight.Precision is { } precision ? ", global::KernelForge.Precision." + precision : "";

    private static Size Outputs(PlanParameter weight) => weight.Transposed ? weight.Columns : weight.Rows;

    private static Size Inner(PlanParameter weight) => weight.Transposed ? weight.Rows : weight.Columns;
}
