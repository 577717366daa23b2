using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime.Caches;

/// <summary>Where the blocks of a batch's sequences lie in one row space.</summary>
internal sealed class BlockAddresses
{
    private int[] starts = [], givenBack = [];
    private int count;

    /// <summary>All blocks, in the order of the sequences and of their rows; 0 for one that was given back.</summary>
    public nint[] All { get; private set; } = [];

    /// <summary>How many of all there are in this run.</summary>
    public int Count => count;

    /// <summary>Where a sequence's blocks begin among all.</summary>
    public int First(int sequence) => starts[sequence];

    /// <summary>The first row of a sequence that was not given back.</summary>
    public int FirstRow(int sequence) => givenBack[sequence] * CacheLayout.BlockRows;

    public void Begin(int sequences)
    {
        if (starts.Length < sequences) (starts, givenBack) = (new int[sequences * 2], new int[sequences * 2]);
        count = 0;
    }

    public void Add(int sequence, BlockTable table, BlockPool pool)
    {
        (starts[sequence], givenBack[sequence]) = (count, table.GivenBack);
        if (All.Length < count + table.Count)
        {
            nint[] more = new nint[(count + table.Count) * 2];
            All.AsSpan(0, count).CopyTo(more);
            All = more;
        }
        for (int i = 0; i < table.Count; i++) All[count++] = table[i] == BlockTable.None ? 0 : pool.Address(table[i]);
    }
}
