using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Ir;

/// <summary>A computation of the graph. Nodes of a body stand in an order in which they can run.</summary>
public abstract record Node
{
    /// <summary>Values that it makes, by id.</summary>
    public abstract IEnumerable<int> Defines { get; }

    /// <summary>Views that it reads, those of nested bodies included.</summary>
    public abstract IEnumerable<View> Reads { get; }

    /// <summary>An expression at each row and column.</summary>
    public sealed record Map(int Result, EquatableArray<KernelOperand> Operands, Expression Value) : Node
    {
        public override IEnumerable<int> Defines => [Result];
        public override IEnumerable<View> Reads => Kernel.ViewsOf(Operands);
    }

    /// <summary>An expression at each of <paramref name="Columns"/> columns, reduced to <paramref name="Groups"/> values a row.</summary>
    public sealed record Reduce(int Result, EquatableArray<KernelOperand> Operands, Expression Value, Size Columns, Reduction Reduction, Size Groups) : Node
    {
        public override IEnumerable<int> Defines => [Result];
        public override IEnumerable<View> Reads => Kernel.ViewsOf(Operands);
    }

    /// <summary>Values side by side.</summary>
    public sealed record Concat(int Result, EquatableArray<KernelOperand> Parts) : Node
    {
        public override IEnumerable<int> Defines => [Result];
        public override IEnumerable<View> Reads => Kernel.ViewsOf(Parts);
    }

    /// <summary>Products of one input with weights, each block with its own epilogue.</summary>
    public sealed record Gemm(View Input, EquatableArray<GemmNodeBlock> Blocks) : Node
    {
        public override IEnumerable<int> Defines => Blocks.Select(b => b.Result);
        public override IEnumerable<View> Reads => Blocks.SelectMany(b => Kernel.ViewsOf(b.Operands)).Prepend(Input);
    }

    public sealed record Attention(
        int Result, View Query, View Key, View Value, int KeyRows, Size Heads, Size KeyValueHeads, Scalar Scale,
        Expression? Score, Expression? Mask, bool Softmax, EquatableArray<ElementOperand> Operands) : Node
    {
        public override IEnumerable<int> Defines => [Result];
        public override IEnumerable<View> Reads => ElementOperand.ViewsOf(Operands).Concat([Query, Key, Value]);
    }

    public sealed record Segment(int Result, SegmentReduction Reduction, View Input) : Node
    {
        public override IEnumerable<int> Defines => [Result];
        public override IEnumerable<View> Reads => [Input];
    }

    /// <summary>An expression at each row and column that reads at indices of its own: see <see cref="ElementKernel"/>.</summary>
    public sealed record Each(int Result, EquatableArray<ElementOperand> Operands, Expression Value) : Node
    {
        public override IEnumerable<int> Defines => [Result];
        public override IEnumerable<View> Reads => ElementOperand.ViewsOf(Operands);
    }

    /// <summary>A recurrence along each sequence: see <see cref="ScanKernel"/>.</summary>
    public sealed record Scan(int Result, EquatableArray<ElementOperand> Operands, Size States, Expression Step, Expression Value, bool Backwards) : Node
    {
        public override IEnumerable<int> Defines => [Result];
        public override IEnumerable<View> Reads => ElementOperand.ViewsOf(Operands);
    }

    /// <summary>Each row times the weight that it names: see <see cref="BankKernel"/>.</summary>
    public sealed record Bank(int Result, View Input, View Index, int Weight, int? Bias, Size Count) : Node
    {
        public override IEnumerable<int> Defines => [Result];
        public override IEnumerable<View> Reads => [Input, Index];
    }

    /// <summary>The host computes the lengths of a row space that is <see cref="RowSpace.IsLocal"/>.</summary>
    public sealed record Lengths(int Space) : Node
    {
        public override IEnumerable<int> Defines => [];
        public override IEnumerable<View> Reads => [];
    }

    /// <summary>The host computes integers that are <see cref="PlanIntegers.IsLocal"/>.</summary>
    public sealed record Integers(int Number) : Node
    {
        public override IEnumerable<int> Defines => [];
        public override IEnumerable<View> Reads => [];
    }

    /// <summary>A loop; <paramref name="Carried"/> values, and the rows that change with them, pass from one iteration to the next.</summary>
    public sealed record Loop(
        string Index, Scalar Start, Scalar End, EquatableArray<CarriedValue> Carried, EquatableArray<CarriedRows> Rows, EquatableArray<Node> Body) : Node
    {
        public override IEnumerable<int> Defines => Carried.Select(c => c.Result);
        public override IEnumerable<View> Reads => Carried.Select(c => c.Initial).Concat(Outside(Body.SelectMany(n => n.Reads).Concat(Carried.Select(c => c.Next)), this));
    }

    /// <summary>Either body, chosen by the host.</summary>
    public sealed record Branch(
        Scalar Condition, EquatableArray<Node> Then, EquatableArray<Node> Else, EquatableArray<MergedValue> Merged, EquatableArray<MergedRows> Rows) : Node
    {
        public override IEnumerable<int> Defines => Merged.Select(m => m.Result);
        public override IEnumerable<View> Reads => Outside(
            Then.Concat(Else).SelectMany(n => n.Reads).Concat(Merged.SelectMany(m => (View[])[m.Then, m.Else])), this);
    }

    internal static IEnumerable<Node> All(IEnumerable<Node> body) => body.SelectMany(n => n switch
    {
        Loop l => All(l.Body).Prepend(n),
        Branch b => All(b.Then).Concat(All(b.Else)).Prepend(n),
        _ => [n],
    });

    // Of a nested body only what comes from outside is read by the node as a whole.
    private static IEnumerable<View> Outside(IEnumerable<View> reads, Node node)
    {
        HashSet<int> inside = [.. node switch
        {
            Loop l => All(l.Body).SelectMany(n => n.Defines).Concat(l.Carried.SelectMany(c => (int[])[c.Inside, c.Entering, c.Leaving])),
            Branch b => All(b.Then).Concat(All(b.Else)).SelectMany(n => n.Defines),
            _ => [],
        }];
        return reads.Where(v => !inside.Contains(v.Buffer));
    }
}

/// <summary>A block of a <see cref="Node.Gemm"/>: see <see cref="GemmBlock"/>.</summary>
public sealed record GemmNodeBlock(int Result, EquatableArray<int> Weights, EquatableArray<KernelOperand> Operands, Expression Epilogue);

/// <param name="Inside">The value as the body reads it.</param>
/// <param name="Initial">Its value before the first iteration.</param>
/// <param name="Next">Its value at the end of an iteration.</param>
/// <param name="Result">The value after the loop.</param>
/// <param name="Entering"><paramref name="Initial"/> in the memory of the carried value, with its own rows and width: the value itself where those stay.</param>
/// <param name="Leaving"><paramref name="Next"/> in that memory, with its own rows and width.</param>
public sealed record CarriedValue(int Inside, View Initial, View Next, int Result, int Entering, int Leaving)
{
    /// <summary>All that lie in one place, one after the other.</summary>
    internal int[] OnePlace => [Inside, Result, Entering, Leaving];
}

/// <param name="Result">The value after the branch.</param>
/// <param name="OfThen"><paramref name="Then"/> in the memory of the result, with its own rows and width: the result itself where those are the same.</param>
/// <param name="OfElse"><paramref name="Else"/> in that memory.</param>
public sealed record MergedValue(int Result, View Then, View Else, int OfThen, int OfElse)
{
    /// <inheritdoc cref="CarriedValue.OnePlace"/>
    internal int[] OnePlace => [Result, OfThen, OfElse];
}
