using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;

namespace KernelForge.Cli.Verification;

/// <summary>What a model's tables allow its inputs to be.</summary>
internal sealed class InputLimits
{
    private readonly Dictionary<(int Input, bool Types), int> largest = [];

    public InputLimits(KernelPlan plan, HyperValues values)
    {
        foreach (KernelOperand.Gather gather in plan.Kernels.SelectMany(Operands).OfType<KernelOperand.Gather>())
        {
            // A size that is not known here leaves the smallest ids: 0 alone.
            int rows = values.Of(plan.Parameters[gather.Parameter].Rows) ?? 1;
            Narrow(gather.Index, rows - 1, values);
        }
    }

    /// <summary>Tokens that a sequence can have.</summary>
    public int LongestSequence { get; private set; } = int.MaxValue;

    /// <summary>The largest id, type or integer of an input; 0 where no table says how large it may be.</summary>
    public int Largest(int input, bool types) => largest.GetValueOrDefault((input, types));

    private static IEnumerable<KernelOperand> Operands(Kernel kernel) => kernel switch
    {
        RowKernel r => r.Operands,
        GemmKernel g => g.Blocks.SelectMany(b => b.Operands),
        _ => [],
    };

    /// <param name="index">How the row is computed.</param>
    /// <param name="most">The largest row.</param>
    /// <param name="values">Sizes of the model.</param>
    private void Narrow(RowInteger index, int most, HyperValues values)
    {
        switch (index)
        {
            case RowInteger.Ids i:
                Narrow((i.Input, false), most);
                break;
            case RowInteger.Types t:
                Narrow((t.Input, true), most);
                break;
            case RowInteger.Position:
                LongestSequence = Math.Min(LongestSequence, most + 1);
                break;
            case RowInteger.Affine a:
                int factor = values.Of(Size.From(a.Factor)) ?? int.MaxValue, offset = values.Of(Size.From(a.Offset)) ?? 0;
                Narrow(a.Value, factor <= 0 ? most : Math.Max(0, most - offset) / factor, values);
                break;
        }
    }

    private void Narrow((int Input, bool Types) key, int most) =>
        largest[key] = largest.TryGetValue(key, out int known) ? Math.Min(known, most) : most;
}
