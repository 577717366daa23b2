using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.BackEnds.Cuda;

/// <summary>How a CUDA program keeps its weights: those of a product packed as one matrix, all its blocks side by side, others as rows.</summary>
internal static class CudaParameters
{
    public static ProgramParameters Of(KernelPlan plan, ProgramNames names)
    {
        var parameters = new ProgramParameters(plan, names);
        foreach ((Kernel kernel, Scalar condition) in plan.ConditionalKernels)
        {
            if (kernel is GemmKernel gemm)
            {
                string blocks = string.Concat(gemm.Blocks.Select(b => ",\n    " + Block(plan, names, parameters, b)));
                parameters.Add(Blocks(gemm), "DeviceArray", $"Weights.Packed({names.Size(gemm.Inner)}{blocks})", condition: condition);
            }
            if (kernel is BankKernel bank)
            {
                PlanParameter weight = plan.Parameters[bank.Weight];
                string shape = $"{names.Size(bank.Count)}, {names.Size(bank.Output.Columns)}, {names.Size(bank.Input.Columns)}";
                string values = parameters.Read(weight, names.Weights) + ", " + shape + (weight.Transposed ? ", transposed: true" : "");
                parameters.Add([[weight.Id]], "DeviceArray", $"Weights.Bank({values})", condition: condition);
            }
        }
        foreach (PlanParameter p in plan.Tables)
        {
            string values = parameters.Read(p, names.Weights);
            parameters.Add(p, "DeviceArray", $"Weights.Table({values}, {names.Size(p.Rows)}, {names.Size(p.Columns)})");
        }
        return parameters;
    }

    /// <summary>What the packed weight of a product holds.</summary>
    public static EquatableArray<EquatableArray<int>> Blocks(GemmKernel kernel) => kernel.Blocks.Select(b => b.Weights).ToEquatableArray();

    private static string Block(KernelPlan plan, ProgramNames names, ProgramParameters parameters, GemmBlock block)
    {
        PlanParameter[] weights = [.. block.Weights.Select(w => plan.Parameters[w])];
        string[] parts = [.. weights.Select(w => parameters.Read(w, names.Weights))];
        string outputs = names.Size(weights[0].Transposed ? weights[0].Columns : weights[0].Rows);
        return weights.Length switch
        {
            1 => $"Weights.Block({parts[0]}, {outputs}{(weights[0].Transposed ? ", transposed: true" : "")})",
            2 => $"Weights.Pair({parts[0]}, {Truth(weights[0].Transposed)}, {parts[1]}, {Truth(weights[1].Transposed)}, {outputs})",
            _ => throw new NotSupportedException($"{plan.Name}: a product of {weights.Length} weights at once; CUDA takes one or two"),
        };
    }

    private static string Truth(bool value) => value ? "true" : "false";
}
