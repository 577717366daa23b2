using KernelForge.Compiler.Diagnostics;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Ir;

/// <summary>
/// What a layer computes, before it is decided which kernel computes it. A <see cref="View"/>'s buffer is here the <see cref="Value.Id"/> of what it reads.
/// </summary>
/// <param name="Notes">What a person should know of it, though it breaks no rule that is an error.</param>
public sealed record Graph(
    LayerSpec Layer,
    EquatableArray<RowSpace> RowSpaces,
    EquatableArray<GraphInput> Inputs,
    EquatableArray<View> Outputs,
    EquatableArray<string> OutputNames,
    EquatableArray<PlanParameter> Parameters,
    EquatableArray<PlanCheck> Checks,
    EquatableArray<Value> Values,
    EquatableArray<Node> Body,
    EquatableArray<Finding> Notes)
{
    /// <summary>Integers that the host computes for kernels; <see cref="RowInteger.Host"/> refers to them.</summary>
    public EquatableArray<PlanIntegers> HostIntegers { get; init; } = [];

    /// <summary>Widths that the passes of loops make of each other.</summary>
    public EquatableArray<Scalar.Recurrence> Recurrences { get; init; } = [];

    /// <summary>Every node, those inside loops and branches included.</summary>
    public IEnumerable<Node> AllNodes => Node.All(Body);
}

/// <summary>One value of the graph: [rows of its space, columns]. Each is defined once.</summary>
/// <param name="Id">Its place in <see cref="Graph.Values"/>.</param>
/// <param name="Name">From the user's names where there is one.</param>
public sealed record Value(int Id, string Name, int Rows, Size Columns)
{
    public View Whole => new(Id, Size.Zero, Columns);
}

/// <param name="Value">The value that a <see cref="InputKind.Tokens"/> input brings, else -1.</param>
public sealed record GraphInput(string Name, InputKind Kind, int RowSpace, Size Columns, int Value);
