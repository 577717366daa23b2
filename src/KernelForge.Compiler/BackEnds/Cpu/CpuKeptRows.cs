using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.BackEnds.Cpu;

/// <summary>
/// Rows of earlier runs that a kernel's lambdas read: each such operand is a variable in front of the kernel's call, which in an ordinary run holds the
/// operand itself.
/// </summary>
internal sealed class CpuKeptRows
{
    private readonly Dictionary<int, string> variables = [];
    private readonly List<string> statements = [];
    private readonly KernelPlan plan;

    public CpuKeptRows(KernelPlan plan, ProgramNames names, EquatableArray<ElementOperand> operands)
    {
        this.plan = plan;
        for (int i = 0; i < operands.Count; i++)
        {
            if (operands[i] is not ElementOperand.Rows { Kept: not null } rows) continue;
            variables[i] = names.Unique("kept" + ProgramNames.Pascal(plan.Buffers[rows.View.Buffer].Name));
            statements.Add($"KeptRows<TVector> {variables[i]} = {names.Workspace}.Keep({names.View(rows.View)}, {names.Space(rows.Space)});");
        }
    }

    /// <summary>The statements that declare the variables, in the order of the operands.</summary>
    public IEnumerable<string> Statements => statements;

    /// <summary>The rows of an operand, in the struct.</summary>
    public string Rows(CpuArguments arguments, int operand) => arguments.Variable("Rows<TVector>", variables[operand] + ".Rows", variables[operand]);

    /// <summary>Where these rows lie, in the struct.</summary>
    public string Space(CpuArguments arguments, int operand) =>
        arguments.Variable("RaggedRows", variables[operand] + ".Space", variables[operand] + "Space");

    /// <summary>What a sequence keeps for these operands, as the cache's layout takes it.</summary>
    public static IEnumerable<ElementOperand.Rows> Of(Kernel kernel) => Operands(kernel).OfType<ElementOperand.Rows>().Where(r => r.Kept is not null);

    private static EquatableArray<ElementOperand> Operands(Kernel kernel) => kernel switch
    {
        AttentionKernel a => a.Operands,
        ElementKernel e => e.Operands,
        ScanKernel s => s.Operands,
        _ => [],
    };
}
