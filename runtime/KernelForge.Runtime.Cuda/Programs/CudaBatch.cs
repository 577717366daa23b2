using KernelForge.Runtime.Caches;
using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>
/// What the host knows of the batch that is run: where the sequences of each row space lie, and the integers that it computes for kernels. Both
/// are computed when they are first asked for; it allocates only to grow.
/// </summary>
public sealed class CudaBatch
{
    private readonly ProgramPlan plan;
    private readonly ComputeIntegers computeLengths, computeIntegers;
    private readonly Dictionary<int, Kept> offsets = [], bases = [], firstRows = [], integers = [];
    private RunInput[] inputs = [];
    private int[] noTypes = [], noBases = [];

    internal CudaBatch(ProgramPlan plan, ComputeIntegers computeLengths, ComputeIntegers computeIntegers)
    {
        this.plan = plan;
        this.computeLengths = computeLengths;
        this.computeIntegers = computeIntegers;
    }

    internal ReadOnlySpan<RunInput> Inputs => inputs;

    /// <summary>The token ids or integers of an input, one a row.</summary>
    public ReadOnlySpan<int> Ids(int input) => inputs[input].Ids;

    /// <summary>The token types of an input, one a row; zeros where the batch has none.</summary>
    public ReadOnlySpan<int> Types(int input)
    {
        ReadOnlySpan<int> types = inputs[input].Types;
        int rows = inputs[input].RowCount;
        if (!types.IsEmpty) return types;
        if (noTypes.Length < rows) noTypes = new int[(int)Math.Min(Array.MaxLength, rows * 3L / 2)];
        return noTypes.AsSpan(0, rows);
    }

    /// <summary>Where each sequence of a row space begins, and last the number of rows: [sequences + 1].</summary>
    /// <param name="space">The space's number.</param>
    /// <exception cref="ArgumentException">A sequence would have less than no rows, or all together more than can be counted.</exception>
    public ReadOnlySpan<int> Offsets(int space)
    {
        CudaSpace of = plan.Space(space);
        if (of.Kind == SpaceKind.Input) return inputs[of.Input].Offsets;
        int count = (of.Input < 0 ? 1 : inputs[of.Input].SequenceCount) + 1;
        Kept kept = Of(offsets, space);
        if (kept.IsComputed) return kept.Values.AsSpan(0, count);
        Span<int> values = kept.Reserve(count);
        Fill(of, values);
        kept.IsComputed = true;
        return values;
    }

    /// <summary>How many rows of a sequence came before those in memory: 0 in an ordinary run.</summary>
    /// <inheritdoc cref="Offsets(int)"/>
    public int Base(int space, int sequence) => Bases(plan.Space(space))[sequence];

    /// <summary>Rows of a sequence, earlier ones included.</summary>
    /// <inheritdoc cref="Offsets(int)"/>
    public int Length(int space, int sequence) => Length(plan.Space(space), sequence);

    internal int Length(CudaSpace space, int sequence)
    {
        ReadOnlySpan<int> bounds = Offsets(space);
        return Bases(space)[sequence] + bounds[sequence + 1] - bounds[sequence];
    }

    /// <summary>What was kept of the sequences; null in an ordinary run.</summary>
    internal CacheRun? Cache { get; private set; }

    /// <summary>How many rows of each sequence came before those in memory: [sequences].</summary>
    internal ReadOnlySpan<int> Bases(CudaSpace space)
    {
        int count = SequenceCount(space);
        if (Cache is not null && space.Kind is SpaceKind.Input or SpaceKind.Lengths && space.Number >= 0) return Cache.Past(space.Number);
        if (Cache is null || space.Kind != SpaceKind.Kept)
        {
            if (noBases.Length < count) noBases = new int[(int)Math.Min(Array.MaxLength, count * 3L / 2)];
            return noBases.AsSpan(0, count);
        }
        Kept kept = Of(bases, space.Number);
        if (kept.IsComputed) return kept.Values.AsSpan(0, count);
        Span<int> values = kept.Reserve(count);
        Cache.Past(space.Parent!.Number).CopyTo(values);
        foreach (ref int value in values) value -= Math.Min(value, space.Reach);
        kept.IsComputed = true;
        return values;
    }

    /// <summary>The first row that each sequence still keeps in blocks: [sequences].</summary>
    internal ReadOnlySpan<int> FirstRows(CudaSpace space)
    {
        int count = SequenceCount(space);
        Kept kept = Of(firstRows, space.Number);
        if (kept.IsComputed) return kept.Values.AsSpan(0, count);
        Span<int> values = kept.Reserve(count);
        BlockAddresses blocks = Cache!.Blocks(space.Number);
        for (int s = 0; s < count; s++) values[s] = blocks.FirstRow(s);
        kept.IsComputed = true;
        return values;
    }

    /// <summary>Integers that the program computes, one a row of the space for which they were asked.</summary>
    internal ReadOnlySpan<int> Integers(int number)
    {
        Kept kept = Of(integers, number);
        int count = Rows(plan.SpaceOfIntegers(number));
        if (kept.IsComputed) return kept.Values.AsSpan(0, count);
        Span<int> values = kept.Reserve(count);
        Computation computation = plan.Integers(number);
        computeIntegers(computation.Number, computation.Given, this, values);
        kept.IsComputed = true;
        return values;
    }

    internal ReadOnlySpan<int> Offsets(CudaSpace space) => Offsets(space.Number);

    internal int Rows(CudaSpace space) => Offsets(space.Number)[^1];

    internal int SequenceCount(CudaSpace space) => space.Input < 0 ? 1 : inputs[space.Input].SequenceCount;

    /// <summary>Takes a batch.</summary>
    internal void Set(ReadOnlySpan<RunInput> batch, CacheRun? run = null)
    {
        Cache = run;
        if (inputs.Length != batch.Length) inputs = new RunInput[batch.Length];
        batch.CopyTo(inputs);
        foreach (Kept kept in offsets.Values) kept.IsComputed = false;
        foreach (Kept kept in bases.Values) kept.IsComputed = false;
        foreach (Kept kept in firstRows.Values) kept.IsComputed = false;
        foreach (Kept kept in integers.Values) kept.IsComputed = false;
    }

    /// <summary>Lets go of the batch.</summary>
    internal void Clear()
    {
        Array.Clear(inputs);
        Cache = null;
    }

    private void Fill(CudaSpace space, Span<int> bounds)
    {
        switch (space.Kind)
        {
            case SpaceKind.Table:
                (bounds[0], bounds[1]) = (0, space.Size);
                break;
            case SpaceKind.Sequences:
                for (int s = 0; s < bounds.Length; s++) bounds[s] = s;
                break;
            case SpaceKind.Kept:
                bounds[0] = 0;
                ReadOnlySpan<int> past = Bases(space.Parent!), first = Bases(space), added = Offsets(space.Parent!);
                for (int s = 0; s < past.Length; s++)
                    bounds[s + 1] = checked(bounds[s] + past[s] - first[s] + added[s + 1] - added[s]);
                break;
            default:
                bounds[0] = 0;
                computeLengths(space.Lengths!.Number, space.Lengths.Given, this, bounds[1..]);
                ReadOnlySpan<int> before = Bases(space);
                for (int s = 1; s < bounds.Length; s++)
                {
                    bounds[s] -= before[s - 1];
                    if (bounds[s] < 0)
                        throw new ArgumentException($"sequence {s - 1} is too short for this layer: it would have {bounds[s]} rows later on");
                    long end = (long)bounds[s - 1] + bounds[s];
                    if (end > int.MaxValue)
                        throw new ArgumentException($"sequences 0 to {s - 1} have {end} rows later on, at most {int.MaxValue} can be: split the batch");
                    bounds[s] = (int)end;
                }
                break;
        }
    }

    private static Kept Of(Dictionary<int, Kept> all, int number)
    {
        if (!all.TryGetValue(number, out Kept? kept)) all.Add(number, kept = new Kept());
        return kept;
    }

    private sealed class Kept
    {
        public int[] Values { get; private set; } = [];

        public bool IsComputed { get; set; }

        public Span<int> Reserve(int count)
        {
            if (Values.Length < count) Values = new int[(int)Math.Min(Array.MaxLength, Math.Max(16, count * 3L / 2))];
            return Values.AsSpan(0, count);
        }
    }
}

/// <summary>Computes lengths or integers of a batch: see <see cref="CudaProgram.Lengths"/> and <see cref="CudaProgram.Integers"/>.</summary>
internal delegate void ComputeIntegers(int number, ReadOnlySpan<int> given, CudaBatch batch, Span<int> values);
