using KernelForge.Runtime.Cuda.Nvrtc;

namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>
/// What a schedule is given. It is run when the program is made, to learn what it needs, and for each size of batch that comes, to record its
/// kernels: it asks for the same things in the same order each time, whatever the batch.
/// </summary>
public sealed partial class CudaRun
{
    private readonly FillDifferences fillDifferences;

    internal CudaRun(ProgramPlan plan, ProgramKernels kernels, CudaPrecision precision, DeviceLimits limits, FillDifferences fillDifferences)
    {
        (Plan, Kernels, Precision, Limits) = (plan, kernels, precision, limits);
        this.fillDifferences = fillDifferences;
    }

    internal ProgramPlan Plan { get; }

    internal ProgramKernels Kernels { get; }

    internal CudaPrecision Precision { get; }

    internal DeviceLimits Limits { get; }

    /// <summary>Where kernels go; null while the program is planned.</summary>
    internal GraphRecorder? Recorder { get; set; }

    /// <summary>Columns of a product with so many: each block of its weights is padded to a multiple of 32.</summary>
    public static int Packed(int columns) => checked(columns + 31) & -32;

    /// <summary>The row space with the sequences that an input brings.</summary>
    public CudaSpace Space(int number, int input) => Plan.Space(number, SpaceKind.Input, input);

    /// <summary>
    /// The row space with the sequences of an input and lengths that <see cref="CudaProgram.Lengths"/> computes for each batch.
    /// </summary>
    /// <param name="number">The computation's number.</param>
    /// <param name="input">The input.</param>
    /// <param name="given">What a pass of a loop gives to the computation: each time it gives something else, the rows are others.</param>
    public CudaSpace SpaceOfLengths(int number, int input, params ReadOnlySpan<int> given) => Plan.SpaceOfLengths(number, input, given);

    /// <summary>The rows of a table, the same for every batch: one sequence.</summary>
    public CudaSpace TableSpace(int number, int rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        return Plan.Space(number, SpaceKind.Table, input: -1, rows);
    }

    /// <summary>The row space with one row for each sequence of another.</summary>
    public CudaSpace SequencesOf(int number, CudaSpace parent)
    {
        ArgumentNullException.ThrowIfNull(parent);
        return Plan.Space(number, SpaceKind.Sequences, parent.Input);
    }

    /// <summary>The token ids or integers of an input, one a row.</summary>
    public CudaIntegers Ids(int input)
    {
        Plan.UseInput(input);
        return new(Plan.Part(("ids of input", input, 0), place => new IdsPart(input) { Number = place }));
    }

    /// <summary>The token types of an input, one a row; zeros where the batch has none.</summary>
    public CudaIntegers Types(int input)
    {
        Plan.UseInput(input);
        return new(Plan.Part(("types of input", input, 0), place => new TypesPart(input) { Number = place }));
    }

    /// <summary>Integers that <see cref="CudaProgram.Integers"/> computes for each batch, one a row.</summary>
    /// <param name="number">The computation's number.</param>
    /// <param name="space">The rows.</param>
    /// <param name="given">What a pass of a loop gives to the computation.</param>
    public CudaIntegers HostIntegers(int number, CudaSpace space, params ReadOnlySpan<int> given)
    {
        ArgumentNullException.ThrowIfNull(space);
        int integers = Plan.Integers(number, given);
        return new(Plan.Part((HostIntegersPart.Kind, integers, 0), place => new HostIntegersPart(integers, space) { Number = place }));
    }

    /// <summary>Each row's position within its sequence, from 0.</summary>
    public CudaIntegers Positions(CudaSpace space)
    {
        ArgumentNullException.ThrowIfNull(space);
        return new(Plan.Part(("positions of space", space.Number, 0), place => new PositionsPart(space) { Number = place }));
    }

    /// <summary>The sequence of each row.</summary>
    public CudaIntegers SequenceOf(CudaSpace space)
    {
        ArgumentNullException.ThrowIfNull(space);
        return new(Plan.Part(("sequences of the rows of space", space.Number, 0), place => new SequenceOfPart(space) { Number = place }));
    }

    /// <summary>Where each sequence begins, and last the number of rows: [sequences + 1].</summary>
    public CudaIntegers Offsets(CudaSpace space)
    {
        ArgumentNullException.ThrowIfNull(space);
        return new(Plan.Part(("offsets of space", space.Number, 0), place => new OffsetsPart(space) { Number = place }));
    }

    /// <summary>One integer: the rows.</summary>
    public CudaIntegers RowCount(CudaSpace space)
    {
        ArgumentNullException.ThrowIfNull(space);
        return new(Plan.Counts, Plan.CountOf(space));
    }

    /// <summary>One integer: the sequences.</summary>
    public CudaIntegers SequenceCount(CudaSpace space)
    {
        ArgumentNullException.ThrowIfNull(space);
        return new(Plan.Counts, Plan.CountOf(space) + 1);
    }

    /// <summary>
    /// A table of an integer function of the difference of a query's and a key's position, of every difference that the batch has. What
    /// belongs to difference d stands at <see cref="Zero"/> + d; <see cref="CudaProgram.Differences"/> fills it.
    /// </summary>
    public CudaIntegers Differences(int table, CudaSpace queries, CudaSpace keys)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(keys);
        Plan.UseTotal(queries);
        Plan.UseTotal(keys);
        return new(
            Plan.Part(
                (DifferencesPart.Kind, table, queries.Number, keys.Number),
                place => new DifferencesPart(table, queries, keys, fillDifferences) { Number = place }),
            DifferencesPart.Table);
    }

    /// <summary>One integer: where difference 0 stands in a table that was asked for before.</summary>
    public CudaIntegers Zero(int table, CudaSpace queries, CudaSpace keys)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(keys);
        return new(Plan.Part((DifferencesPart.Kind, table, queries.Number, keys.Number)));
    }

    /// <summary>
    /// A buffer, [rows, columns] with rows at multiples of eight elements, in memory that buffers of the same number take in turn.
    /// </summary>
    /// <param name="slot">The memory's number.</param>
    /// <param name="space">The rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="inFloats">Whether its elements are floats, whatever the precision: what holds whole numbers.</param>
    public CudaView Slot(int slot, CudaSpace space, int columns, bool inFloats = false)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        CudaPrecision precision = inFloats ? CudaPrecision.Float32 : Precision;
        Plan.UseSlot(slot, space, columns, precision.Bytes);
        return new CudaView(slot, space, columns, 0, columns, precision);
    }

    /// <summary>Where the rows of each weight of a bank begin in <see cref="BankOrder"/>: [weights + 2].</summary>
    /// <param name="space">The rows.</param>
    /// <param name="count">Weights of the bank.</param>
    public CudaScratch BankStarts(CudaSpace space, int count)
    {
        BankOrder(space, count);
        return new CudaScratch(0);
    }

    /// <summary>The rows in the order of the weights that they name: [rows].</summary>
    /// <inheritdoc cref="BankStarts"/>
    public CudaScratch BankOrder(CudaSpace space, int count)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        int starts = checked(count + 2);
        Plan.UseScratch(space, starts);
        return new CudaScratch(starts);
    }

    /// <summary>How many chunks of a linear scan lie before each sequence, and last all of them: [sequences + 1].</summary>
    public CudaIntegers ChunkStarts(CudaSpace space)
    {
        ArgumentNullException.ThrowIfNull(space);
        return new(Plan.ScanChunks(space));
    }

    /// <summary>The sequence of each chunk of a linear scan.</summary>
    public CudaIntegers ChunkSequences(CudaSpace space)
    {
        ArgumentNullException.ThrowIfNull(space);
        return new(Plan.ScanChunkSequences(space));
    }

    /// <summary>The links of a linear scan's chunks: two floats for each state of each.</summary>
    /// <param name="space">The rows.</param>
    /// <param name="columns">Features.</param>
    /// <param name="states">States of each feature.</param>
    public CudaScratch ScanLinks(CudaSpace space, int columns, int states)
    {
        ArgumentNullException.ThrowIfNull(space);
        (int features, KernelShape shape) = KernelShape.OfScan(states);
        int blocks = (Programs.Elements.Padded(columns) + features - 1) / features, statesOfThread = shape.Definitions.Single(d => d.Name == "STATES_OF_LANE").Value;
        Plan.UseScanScratch(space, 2L * blocks * shape.Threads * statesOfThread);
        return new CudaScratch(0);
    }

    /// <summary>Rows of floats of an input, before all kernels: into a buffer that nothing else has taken till then.</summary>
    public void CopyIn(int input, CudaView view) => Plan.CopyIn(input, view);

    /// <summary>A result, after all kernels: from a buffer that nothing else takes.</summary>
    public void CopyOut(int output, CudaView view) => Plan.CopyOut(output, view);

    /// <summary>A kernel: its constants and arguments follow, then how it is launched.</summary>
    public KernelCall Kernel(KernelSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        gathered = 0;
        return new KernelCall(this, source);
    }
}
