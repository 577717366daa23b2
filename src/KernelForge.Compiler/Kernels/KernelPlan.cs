using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Kernels;

/// <summary>
/// Which kernel computes what, from which buffers, in which order: all that a back end and the scheduler read. It knows no device.
/// Sizes are symbolic; a loop over layers stays a loop.
/// </summary>
/// <param name="Name">The layer's name.</param>
/// <param name="RowSpaces">Every row space that a buffer or kernel uses.</param>
/// <param name="Inputs">The entry's parameters, in order.</param>
/// <param name="Outputs">The entry's results, in order; each is a buffer that no other value shares.</param>
/// <param name="Parameters">Every weight that a kernel reads.</param>
/// <param name="Buffers">Every buffer, after memory planning.</param>
/// <param name="Checks">What must hold for the hyper-parameters of a checkpoint.</param>
public sealed record KernelPlan(
    string Name,
    EquatableArray<HyperParameter> HyperParameters,
    EquatableArray<RowSpace> RowSpaces,
    EquatableArray<PlanInput> Inputs,
    EquatableArray<PlanOutput> Outputs,
    EquatableArray<PlanParameter> Parameters,
    EquatableArray<PlanBuffer> Buffers,
    EquatableArray<PlanCheck> Checks,
    EquatableArray<Step> Steps)
{
    /// <summary>Integers that the host computes for kernels.</summary>
    public EquatableArray<PlanIntegers> HostIntegers { get; init; } = [];

    /// <summary>The row space whose rows go on from run to run; null for a layer that is not incremental.</summary>
    public int? GoesOn { get; init; }

    /// <summary>Whether rows, or sequences, are those that go on from run to run; other batches are given once.</summary>
    public bool HasRowsThatGoOn(int space) =>
        GoesOn is { } on && RowSpaces[space].Input >= 0 && RowSpaces[space].Input == RowSpaces[on].Input;

    /// <summary>Widths that the passes of loops make of each other: methods of generated code.</summary>
    public EquatableArray<Scalar.Recurrence> Recurrences { get; init; } = [];

    /// <summary>Every kernel, in order, those inside loops and both arms of branches included.</summary>
    public IEnumerable<Kernel> Kernels => Step.Kernels(Steps);

    /// <summary>The same, each with the condition under which it runs: that of all branches around it.</summary>
    public IEnumerable<(Kernel Kernel, Scalar Condition)> ConditionalKernels => Step.Conditional(Steps);

    /// <summary>Parameters of which kernels read rows or elements; not those that only a part of the description reads that does not count.</summary>
    public IEnumerable<PlanParameter> Tables
    {
        get
        {
            HashSet<int> read = [.. Kernels.SelectMany(k => k.Tables)];
            return Parameters.Where(p => read.Contains(p.Id));
        }
    }
}

/// <summary>
/// Rows that belong together. <paramref name="SequencesOf"/> is null for the rows of an input's ragged batch, or the id of the space whose
/// sequences these rows are, one each. Spaces of inputs that must have the same sequences are told by <see cref="PlanCheck"/>s of the caller.
/// </summary>
/// <param name="Id">Its place in <see cref="KernelPlan.RowSpaces"/>.</param>
/// <param name="Input">The number of the input whose sequences these are; -1 for a table.</param>
public sealed record RowSpace(int Id, string Name, int? SequencesOf, int Input)
{
    /// <summary>
    /// Rows with the sequences of input <see cref="Input"/> and lengths of their own, computed by the host for each sequence; null for all other rows.
    /// What it refers to are row spaces of smaller ids.
    /// </summary>
    public RowInteger? Lengths { get; init; }

    /// <summary>The number of rows of a table, which belong to no sequence and no input; null for all other rows.</summary>
    public Size? TableRows { get; init; }

    /// <summary>Whether the rows are those of another space, which a loop or a branch says as it runs: <see cref="CarriedRows"/>, <see cref="MergedRows"/>.</summary>
    public bool IsChosen { get; init; }

    /// <summary>Whether a <see cref="Step"/> says where they are computed, as they differ from pass to pass of a loop; all others are there before the first.</summary>
    public bool IsLocal { get; init; }

    /// <summary>Whether the rows are those that an input brings.</summary>
    public bool IsOfInput => SequencesOf is null && Lengths is null && TableRows is null && !IsChosen;
}

/// <summary>An integer a row (or a sequence) that the host computes for each batch.</summary>
/// <param name="Id">Its place in <see cref="KernelPlan.HostIntegers"/>.</param>
public sealed record PlanIntegers(int Id, int RowSpace, RowInteger Value)
{
    /// <summary>See <see cref="RowSpace.IsLocal"/>.</summary>
    public bool IsLocal { get; init; }
}

/// <summary>Rows that pass around a loop, by the ids of their spaces.</summary>
/// <param name="Inside">The rows in a pass: those of <paramref name="Initial"/> in the first, of the last pass's <paramref name="Next"/> in every other.</param>
/// <param name="Result">The rows after the loop.</param>
public sealed record CarriedRows(int Inside, int Initial, int Next, int Result);

/// <summary>Rows that come out of a branch: those of either arm.</summary>
public sealed record MergedRows(int Result, int Then, int Else);

public enum InputKind
{
    /// <summary>Token ids with types and positions: integers.</summary>
    TokenIds,

    /// <summary>Rows of floats.</summary>
    Tokens,

    /// <summary>One integer a row.</summary>
    Integers,
}

/// <param name="Columns">Width of a <see cref="InputKind.Tokens"/> input, else one.</param>
/// <param name="Buffer">The buffer that a <see cref="InputKind.Tokens"/> input is copied to, else -1.</param>
public sealed record PlanInput(string Name, InputKind Kind, int RowSpace, Size Columns, int Buffer);

public sealed record PlanOutput(string Name, int RowSpace, Size Columns, int Buffer);

/// <summary>
/// A buffer of [rows of its space, columns] floats. Buffers with the same <paramref name="Slot"/> lie in the same memory at different times;
/// a slot is as wide as the widest of them.
/// </summary>
/// <param name="Id">Its place in <see cref="KernelPlan.Buffers"/>.</param>
public sealed record PlanBuffer(int Id, string Name, int RowSpace, Size Columns, int Slot)
{
    /// <summary>Whether it holds numbers that are read as whole ones, which no device rounds to fewer bits than a float has.</summary>
    public bool HoldsWholeNumbers { get; init; }
}

/// <summary>
/// A condition on hyper-parameters that is checked when a model is loaded, and what to say when it does not hold, with <c>{0}</c> for the first of
/// <see cref="Values"/>.
/// </summary>
/// <param name="Loops">Loops, outermost first, for every index of which it must hold.</param>
public sealed record PlanCheck(Scalar Condition, string Message, EquatableArray<PlanLoop> Loops)
{
    /// <summary>Numbers of the message; none where it names hyper-parameters.</summary>
    public EquatableArray<Scalar> Values { get; init; } = [];
}

/// <summary>The index of a loop, which counts from <paramref name="Start"/> to below <paramref name="End"/>.</summary>
public sealed record PlanLoop(string Index, Scalar Start, Scalar End);

public enum ParameterUse
{
    /// <summary>The weight of a linear: [rows = outputs, columns = inputs], or the reverse where <see cref="PlanParameter.Transposed"/>.</summary>
    Linear,

    /// <summary>A vector of <see cref="PlanParameter.Columns"/> values (rows is one), read by column.</summary>
    Vector,

    /// <summary>A table of rows, read by a computed row, or an array read by the expressions of lambdas.</summary>
    Table,

    /// <summary>
    /// The weights of a bank, one below the other: [count × outputs, inputs], or [count × inputs, outputs] where <see cref="PlanParameter.Transposed"/>.
    /// </summary>
    Bank,
}

/// <param name="Id">Its place in <see cref="KernelPlan.Parameters"/>.</param>
/// <param name="Path">Where it lies in the description.</param>
/// <param name="Present">
/// A condition under which the checkpoint has it; otherwise it reads as zeros, or (the weight of a linear) is not read at all. Null: always.
/// </param>
public sealed record PlanParameter(
    int Id, ParameterPath Path, ParameterUse Use, Size Rows, Size Columns, bool Transposed, Scalar? Present)
{
    /// <summary>The passes of its loops in which it is used at all; null: all of them.</summary>
    public Scalar? Used { get; init; }

    /// <summary>In which numbers its products are computed, whatever the layer is loaded in; null: in those that it is loaded in.</summary>
    public ProductPrecision? Precision { get; init; }
}

/// <summary>
/// The way from the outermost layer to a weight: <c>layers[i].query.weight</c>. The plan's loops that run around every use of the weight
/// are the indices in it.
/// </summary>
public sealed record ParameterPath(EquatableArray<PathSegment> Segments)
{
    /// <summary>A name for generated code: <c>layers_query_weight</c>.</summary>
    public string Identifier => string.Join("_", Segments.Select(s => s.Name + (s.Index is { Constant: { } c } ? c.ToString("0", System.Globalization.CultureInfo.InvariantCulture) : "")));

    /// <summary>Indices of loops in the path, outermost first.</summary>
    public IEnumerable<Scalar.Index> Loops => Segments.Select(s => s.Index).OfType<Scalar.Index>();

    public override string ToString() =>
        string.Join(".", Segments.Select(s => s.Index is null ? s.Name : s.Name + "[" + ScalarText.Of(s.Index) + "]"));
}

/// <param name="Index">The element of a <c>Layers&lt;T&gt;</c>: a loop's index, a constant, or an expression of them; else null.</param>
public sealed record PathSegment(string Name, Scalar? Index);
