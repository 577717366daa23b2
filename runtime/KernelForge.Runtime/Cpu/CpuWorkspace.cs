using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime.Cpu;

/// <summary>Buffers of one run: they grow with the batches and are used again, so that a run allocates nothing once warm.</summary>
public sealed class CpuWorkspace : IDisposable
{
    private readonly RaggedRows[] spaces;
    private readonly RowBuffer[] slots;
    private readonly int[][] integers;
    private readonly List<int[]> tables = [];
    private readonly List<int[]> computed = [];
    private readonly List<GroupedRows> grouped = [];

    private readonly CpuWorkspace?[] alone;
    private readonly int[] lent;

    /// <param name="spaces">Row spaces of the plan.</param>
    /// <param name="slots">Buffers of the plan that are in use at the same time.</param>
    /// <param name="integers">Rows of integers that the inputs bring.</param>
    /// <param name="pool">Who runs the kernels.</param>
    internal CpuWorkspace(int spaces, int slots, int integers, WorkerPool pool)
    {
        Pool = pool;
        alone = new CpuWorkspace?[pool.Threads];
        lent = new int[pool.Threads];
        this.spaces = new RaggedRows[spaces];
        for (int i = 0; i < spaces; i++) this.spaces[i] = new RaggedRows();
        this.slots = new RowBuffer[slots];
        for (int i = 0; i < slots; i++) this.slots[i] = new RowBuffer();
        this.integers = new int[integers][];
        for (int i = 0; i < integers; i++) this.integers[i] = [];
    }

    /// <summary>Who runs the kernels.</summary>
    public WorkerPool Pool { get; private set; }

    /// <summary>What was kept of the run's sequences; null in an ordinary run, which has them whole.</summary>
    public CacheRun? Cache { get; internal set; }

    /// <summary>The parts of the run.</summary>
    internal RunDivision Division { get; } = new();

    /// <summary>What the run, or the part of it that is in progress, is given and gives.</summary>
    internal RunPartView View { get; } = new();

    /// <summary>
    /// Buffers for a part that a worker runs alone, until they are given back. Where nobody else uses them they are those of whose part it is,
    /// who ever runs it: so they have the room that they need once a batch has run.
    /// </summary>
    internal CpuWorkspace Lend(int owner, int worker)
    {
        // There are as many as workers: one is free.
        while (Interlocked.CompareExchange(ref lent[owner], 1, 0) != 0) owner = (owner + 1) % lent.Length;
        CpuWorkspace workspace = alone[owner] ??= new CpuWorkspace(spaces.Length, slots.Length, integers.Length, Pool);
        workspace.Pool = Pool.Alone(worker);
        return workspace;
    }

    /// <summary>Takes back what was lent.</summary>
    internal void TakeBack(CpuWorkspace workspace) => Volatile.Write(ref lent[Array.IndexOf(alone, workspace)], 0);

    /// <summary>A row space with the sequences that an input brings, and the past that they have there.</summary>
    public RaggedRows Space(int number, ReadOnlySpan<int> offsets)
    {
        spaces[number].Set(offsets, Cache is null ? [] : Cache.Past(number));
        return spaces[number];
    }

    /// <summary>The row space with one row for each sequence of another.</summary>
    public RaggedRows SequencesOf(int number, RaggedRows parent)
    {
        ArgumentNullException.ThrowIfNull(parent);
        spaces[number].SetSequencesOf(parent);
        return spaces[number];
    }

    /// <summary>The row space of a table's rows.</summary>
    public RaggedRows Table(int number, int rows)
    {
        spaces[number].Set([0, rows]);
        return spaces[number];
    }

    /// <summary>A row space whose sequences are told next.</summary>
    public RaggedRows Space(int number) => spaces[number];

    /// <summary>Memory that buffers of the plan take in turn. Reserve for all of them before taking a view of any.</summary>
    public RowBuffer Slot(int number) => slots[number];

    /// <summary>A copy of integers that an input brings, one a row.</summary>
    public int[] Integers(int number, ReadOnlySpan<int> values)
    {
        if (integers[number].Length < values.Length) integers[number] = new int[(int)Math.Min(Array.MaxLength, values.Length * 3L / 2)];
        values.CopyTo(integers[number]);
        return integers[number];
    }

    /// <summary>Room for integers that the program computes, one a row.</summary>
    public int[] Computed(int number, int rows) => Room(computed, number, rows);

    /// <summary>Where a bank's kernel puts the rows of each weight together.</summary>
    public GroupedRows Grouped(int number)
    {
        while (grouped.Count <= number) grouped.Add(new GroupedRows());
        return grouped[number];
    }

    /// <summary>
    /// Room for an integer function of the difference of a query's and a key's position: of every difference there is, from
    /// 1 - the longest keys to the longest queries - 1.
    /// </summary>
    public int[] Differences(int number, RaggedRows queries, RaggedRows keys)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(keys);
        return Room(tables, number, queries.Longest + keys.Longest);
    }

    /// <summary>Keys and values that the next attention of the layout has of earlier rows; null in an ordinary run.</summary>
    public KeptAttention? KeptAttention() => Cache?.Entries.NextAttention();

    /// <summary>States that the next scan of the layout left; null in an ordinary run.</summary>
    public KeptStates? KeptStates() => Cache?.Entries.NextStates();

    /// <summary>
    /// In an incremental run, of each sequence the earlier rows that the layout's next entry of rows reaches, then the given ones, which
    /// are kept for later runs by this; in an ordinary run the rows as they are. Valid until the run ends.
    /// </summary>
    public KeptRows<TVector> Keep<TVector>(Rows<TVector> view, RaggedRows space) where TVector : unmanaged, IVector<TVector>
    {
        ArgumentNullException.ThrowIfNull(space);
        return Cache is null ? new(view, space) : Cache.Entries.NextRows().Keep(view, space);
    }

    private static int[] Room(List<int[]> arrays, int number, int length)
    {
        while (arrays.Count <= number) arrays.Add([]);
        if (arrays[number].Length < length) arrays[number] = new int[(int)Math.Min(Array.MaxLength, length * 3L / 2)];
        return arrays[number];
    }

    public void Dispose()
    {
        foreach (RowBuffer slot in slots) slot.Dispose();
        foreach (GroupedRows rows in grouped) rows.Dispose();
        foreach (CpuWorkspace? workspace in alone) workspace?.Dispose();
    }
}
