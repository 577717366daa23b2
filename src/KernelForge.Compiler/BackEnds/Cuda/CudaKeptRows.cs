using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.BackEnds.Cuda;

/// <summary>
/// Rows of earlier runs that a kernel's lambdas read: each such operand is a variable of the schedule in front of the kernel, which in an
/// ordinary run holds the operand itself.
/// </summary>
internal sealed class CudaKeptRows
{
    private readonly Dictionary<int, string> variables = [];
    private readonly List<string> statements = [];

    public CudaKeptRows(KernelPlan plan, ProgramNames names, EquatableArray<ElementOperand> operands)
    {
        for (int i = 0; i < operands.Count; i++)
        {
            if (operands[i] is not ElementOperand.Rows { Kept: { } kept } rows) continue;
            variables[i] = names.Unique("kept" + ProgramNames.Pascal(plan.Buffers[rows.View.Buffer].Name));
            string given = $"{names.View(rows.View, "Columns")}, {names.Space(rows.Space)}, {KeptReach.Text(names, kept.Reach)}";
            statements.Add($"CudaKeptRows {variables[i]} = {names.Run}.KeepRows({given});");
        }
    }

    /// <summary>The statements that declare the variables, in the order of the operands.</summary>
    public IReadOnlyList<string> Statements => statements;

    /// <summary>The variable of an operand; null where nothing of earlier runs is read.</summary>
    public string? Variable(int operand) => variables.TryGetValue(operand, out string? name) ? name : null;
}
