using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Kernels;

/// <summary>One launch on a GPU, one parallel sweep on a CPU.</summary>
/// <param name="Name">From the user's names; unique in the plan; a C# and CUDA C identifier.</param>
/// <param name="Rows">The row space over which it runs.</param>
/// <param name="Summary">What it computes, in the user's terms: a line of the fusion table.</param>
public abstract record Kernel(string Name, int Rows, string Summary)
{
    /// <summary>Views that it reads and writes: what memory planning needs.</summary>
    public abstract IEnumerable<View> Reads { get; }

    public abstract IEnumerable<View> Writes { get; }

    /// <summary>Numbers of the parameters of which it reads rows or elements.</summary>
    public virtual IEnumerable<int> Tables => [];

    internal static IEnumerable<int> TablesOf(IEnumerable<KernelOperand> operands) => operands.SelectMany(o => o switch
    {
        KernelOperand.Vector v => [v.Parameter],
        KernelOperand.Gather g => [g.Parameter],
        _ => (IEnumerable<int>)[],
    });

    internal static IEnumerable<View> ViewsOf(IEnumerable<KernelOperand> operands) => operands.SelectMany(o => o switch
    {
        KernelOperand.Rows r => [r.View],
        KernelOperand.PerSequence p => [p.View],
        _ => (IEnumerable<View>)[],
    });
}

/// <summary>
/// Rows times weights. Its blocks share the input and lie side by side: merged projections are one kernel of several blocks.
/// Each output is one chain of multiply-adds over ascending k.
/// </summary>
/// <param name="Input">[rows, inner].</param>
public sealed record GemmKernel(string Name, int Rows, string Summary, View Input, EquatableArray<GemmBlock> Blocks) : Kernel(Name, Rows, Summary)
{
    public Size Inner => Input.Columns;

    public override IEnumerable<View> Reads => Blocks.SelectMany(b => ViewsOf(b.Operands)).Prepend(Input);

    public override IEnumerable<View> Writes => Blocks.Select(b => b.Output);

    public override IEnumerable<int> Tables => TablesOf(Blocks.SelectMany(b => b.Operands));
}

/// <summary>
/// <paramref name="Output"/>[row, column] = <paramref name="Epilogue"/>, whose leaves are <see cref="Expression.Accumulator"/>s (one a weight: the
/// same column of two weights is at hand at once, for gates) and <see cref="Expression.Read"/>s of <paramref name="Operands"/>.
/// </summary>
/// <param name="Weights">Parameters of use <see cref="ParameterUse.Linear"/>, all of the output's columns.</param>
public sealed record GemmBlock(EquatableArray<int> Weights, EquatableArray<KernelOperand> Operands, Expression Epilogue, View Output);

/// <summary>A chain over each row by itself, in one sweep.</summary>
public sealed record RowKernel(string Name, int Rows, string Summary, EquatableArray<KernelOperand> Operands, EquatableArray<RowPhase> Phases)
    : Kernel(Name, Rows, Summary)
{
    public override IEnumerable<View> Reads => ViewsOf(Operands);

    public override IEnumerable<View> Writes => Phases.OfType<RowPhase.Write>().Select(w => w.Output);

    public override IEnumerable<int> Tables => TablesOf(Operands);
}

/// <summary>
/// A sweep over the columns of one row. Leaves of its expression: <see cref="Expression.Read"/> of an operand, <see cref="Expression.Local"/> of an
/// earlier <see cref="Compute"/>, <see cref="Expression.Reduced"/> of an earlier <see cref="Reduce"/>.
/// </summary>
public abstract record RowPhase(Size Columns, Expression Value)
{
    /// <summary>Keeps the row for later phases.</summary>
    public sealed record Compute(Size OfColumns, Expression OfValue) : RowPhase(OfColumns, OfValue);

    /// <summary>
    /// Reduces the row to one value, which later phases read as <see cref="Expression.Reduced"/>; or, where <paramref name="Groups"/> is not one, each of
    /// that many equal groups of its columns, and later phases read a row of that width as <see cref="Expression.Local"/>.
    /// </summary>
    public sealed record Reduce(Size OfColumns, Expression OfValue, Reduction Reduction, Size Groups) : RowPhase(OfColumns, OfValue);

    /// <summary>Stores the row.</summary>
    public sealed record Write(View Output, Expression OfValue) : RowPhase(Output.Columns, OfValue);
}

public enum Reduction { Sum, Mean, Max }

/// <summary>
/// softmax(score(scale · q·k) where mask)·v for each (sequence, head, query row), or the scores themselves as weights (0 where masked) without
/// <paramref name="Softmax"/>; an empty key set gives zeros. Head h of the queries uses head h · keyValueHeads / heads of the keys.
/// </summary>
/// <param name="Rows">Row space of the queries and the output.</param>
/// <param name="KeyRows">Row space of keys and values: the same sequences.</param>
/// <param name="Query">[query rows, heads × head width].</param>
/// <param name="Key">[key rows, keyValueHeads × head width].</param>
/// <param name="Value">[key rows, keyValueHeads × value width].</param>
/// <param name="Score">The logit from <see cref="Expression.Logit"/>, or null for the logit itself.</param>
/// <param name="Mask">Which pairs exist, from positions; null for all.</param>
/// <param name="Operands">What score and mask read: see <see cref="ElementOperand"/>.</param>
/// <param name="Output">[query rows, heads × value width].</param>
public sealed record AttentionKernel(
    string Name, int Rows, string Summary, int KeyRows, View Query, View Key, View Value, Size Heads, Size KeyValueHeads, Scalar Scale,
    Expression? Score, Expression? Mask, bool Softmax, EquatableArray<ElementOperand> Operands, View Output) : Kernel(Name, Rows, Summary)
{
    /// <summary>Whether keys and values of earlier runs are among those that are attended to.</summary>
    public bool IsKept { get; init; }

    public Size HeadWidth => Query.Columns.DivideBy(Heads);

    public Size ValueWidth => Value.Columns.DivideBy(KeyValueHeads);

    public override IEnumerable<View> Reads =>
        ElementOperand.ViewsOf(Operands).Concat([Query, Key, Value]);

    public override IEnumerable<View> Writes => [Output];

    public override IEnumerable<int> Tables => ElementOperand.ParametersOf(Operands);
}

/// <summary>
/// An expression at each row and column, whose leaves are those of lambdas: it reads any columns, any rows of the row's sequence, tables and parameters.
/// </summary>
/// <param name="Output">[rows, columns].</param>
public sealed record ElementKernel(string Name, int Rows, string Summary, EquatableArray<ElementOperand> Operands, Expression Value, View Output)
    : Kernel(Name, Rows, Summary)
{
    public override IEnumerable<View> Reads => ElementOperand.ViewsOf(Operands);

    public override IEnumerable<View> Writes => [Output];

    public override IEnumerable<int> Tables => ElementOperand.ParametersOf(Operands);
}

/// <summary>
/// For each sequence, feature f and state n: h ← <paramref name="Step"/> from row to row, from h = 0; <paramref name="Output"/>[row, f] = Σₙ <paramref name="Value"/>.
/// Features and states are independent of each other.
/// </summary>
/// <param name="States">States a feature.</param>
/// <param name="Step">The new state, from <see cref="Expression.StateValue"/> (the old one), <see cref="Expression.StateIndex"/>, the row and the column.</param>
/// <param name="Value">What is summed over the states, from the new state.</param>
/// <param name="Backwards">From the last row of a sequence to the first.</param>
public sealed record ScanKernel(
    string Name, int Rows, string Summary, EquatableArray<ElementOperand> Operands, Size States, Expression Step, Expression Value, bool Backwards, View Output)
    : Kernel(Name, Rows, Summary)
{
    /// <summary>Whether it goes on from the states that an earlier run left.</summary>
    public bool IsKept { get; init; }

    /// <summary>
    /// The step where it is affine in the state, so that long sequences can be gone through in chunks side by side; else null. So it is where rows of earlier
    /// runs are read: these are put together for one kernel.
    /// </summary>
    public LinearStep? Linear => Operands.Any(o => o is ElementOperand.Rows { Kept: not null }) ? null : LinearStep.Of(Step);

    /// <summary>The scan as linear attention, where it has that form: then the CPU goes through long sequences in chunks that are products of matrices.</summary>
    public LinearAttention? Attention => LinearAttention.Of(this);

    public override IEnumerable<View> Reads => ElementOperand.ViewsOf(Operands);

    public override IEnumerable<View> Writes => [Output];

    public override IEnumerable<int> Tables => ElementOperand.ParametersOf(Operands);
}

/// <summary>
/// Each row times the weight of a bank that the row names: Output[row] = W[index[row]] · Input[row] + b[index[row]]; zeros where the index is not a number of
/// the bank.
/// </summary>
/// <param name="Input">[rows, inner].</param>
/// <param name="Index">[rows, 1]: whole numbers.</param>
/// <param name="Weight">A parameter of use <see cref="ParameterUse.Bank"/>.</param>
/// <param name="Bias">A parameter of use <see cref="ParameterUse.Table"/>, [count, outputs], or null.</param>
/// <param name="Count">The number of weights.</param>
public sealed record BankKernel(
    string Name, int Rows, string Summary, View Input, View Index, int Weight, int? Bias, Size Count, View Output) : Kernel(Name, Rows, Summary)
{
    public override IEnumerable<View> Reads => [Input, Index];

    public override IEnumerable<View> Writes => [Output];

    public override IEnumerable<int> Tables => Bias is { } bias ? [bias] : [];
}

/// <summary>One row a sequence, from its rows; an empty sequence gives zeros.</summary>
/// <param name="Rows">The row space that is read; <paramref name="Output"/> has one row for each of its sequences.</param>
public sealed record SegmentKernel(string Name, int Rows, string Summary, SegmentReduction Reduction, View Input, View Output) : Kernel(Name, Rows, Summary)
{
    public override IEnumerable<View> Reads => [Input];

    public override IEnumerable<View> Writes => [Output];
}

public enum SegmentReduction { Sum, Mean, Max, First }
