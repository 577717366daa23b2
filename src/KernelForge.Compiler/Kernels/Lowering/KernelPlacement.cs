using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Kernels.Lowering;

/// <summary>The same kernel with each view of a value turned into a view of the buffer where it lies.</summary>
internal static class KernelPlacement
{
    public static Kernel Place(Kernel kernel, Func<View, View> place) => kernel switch
    {
        GemmKernel g => g with
        {
            Input = place(g.Input),
            Blocks = g.Blocks.Select(b => b with { Operands = Place(b.Operands, place), Output = place(b.Output) }).ToEquatableArray(),
        },
        RowKernel r => r with
        {
            Operands = Place(r.Operands, place),
            Phases = r.Phases.Select(p => p is RowPhase.Write w ? w with { Output = place(w.Output) } : p).ToEquatableArray(),
        },
        AttentionKernel a => a with
        {
            Query = place(a.Query),
            Key = place(a.Key),
            Value = place(a.Value),
            Output = place(a.Output),
            Operands = Place(a.Operands, place),
        },
        ElementKernel e => e with { Operands = Place(e.Operands, place), Output = place(e.Output) },
        ScanKernel s => s with { Operands = Place(s.Operands, place), Output = place(s.Output) },
        BankKernel b => b with { Input = place(b.Input), Index = place(b.Index), Output = place(b.Output) },
        SegmentKernel s => s with { Input = place(s.Input), Output = place(s.Output) },
        _ => throw new NotSupportedException(kernel.GetType().Name),
    };

    private static EquatableArray<KernelOperand> Place(EquatableArray<KernelOperand> operands, Func<View, View> place) => operands.Select(o => o switch
    {
        KernelOperand.Rows r => r with { View = place(r.View) },
        KernelOperand.PerSequence p => p with { View = place(p.View) },
        _ => o,
    }).ToEquatableArray();

    private static EquatableArray<ElementOperand> Place(EquatableArray<ElementOperand> operands, Func<View, View> place) => operands.Select(o => o switch
    {
        ElementOperand.Rows r => r with { View = place(r.View) },
        ElementOperand.Table t => t with { View = place(t.View) },
        _ => o,
    }).ToEquatableArray();
}
