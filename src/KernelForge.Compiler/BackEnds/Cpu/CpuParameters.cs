using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.BackEnds.Cpu;

/// <summary>How the CPU's program keeps its weights: those of products packed for the tiles, each block by itself, others as rows.</summary>
internal static class CpuParameters
{
    public static ProgramParameters Of(KernelPlan plan, ProgramNames names)
    {
        var parameters = new ProgramParameters(plan, names);
        foreach (GemmBlock block in plan.Kernels.OfType<GemmKernel>().SelectMany(k => k.Blocks))
            parameters.Add([block.Weights], "PackedMatrix<TVector>", Packed(plan, names, parameters, block));
        foreach (PlanParameter p in plan.Parameters.Where(p => p.Use != ParameterUse.Linear))
        {
            string values = parameters.Read(p, names.Weights);
            parameters.Add(p, "Rows<TVector>", $"Keep({values}, {names.Size(p.Rows)}, {names.Size(p.Columns)})");
        }
        return parameters;
    }

    private static string Packed(KernelPlan plan, ProgramNames names, ProgramParameters parameters, GemmBlock block)
    {
        PlanParameter[] weights = [.. block.Weights.Select(w => plan.Parameters[w])];
        if (weights.Length > 2)
            throw new NotSupportedException($"{plan.Name}: a product of {weights.Length} weights at once; the CPU takes one or two");
        string parts = string.Join(", ", weights.Select(w =>
            $"new WeightPart({parameters.Read(w, names.Weights)}, {names.Size(Outputs(w))}{(w.Transposed ? ", Transposed: true" : "")})"));
        return $"Keep(PackedMatrix.{(weights.Length == 2 ? "Pair" : "Concat")}<TVector>({names.Size(Inner(weights[0]))}, {parts}))";
    }

    private static Size Outputs(PlanParameter weight) => weight.Transposed ? weight.Columns : weight.Rows;

    private static Size Inner(PlanParameter weight) => weight.Transposed ? weight.Rows : weight.Columns;
}
