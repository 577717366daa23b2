namespace KernelForge.Runtime.Caches;

/// <summary>
/// Blocks of one size, each with a number and a count of who uses it. Memory grows with them; a block that nobody uses serves the next.
/// </summary>
internal sealed class BlockPool
{
    /// <summary>Blocks are taken from the system by some at a time: large enough for large pages.</summary>
    private const long SlabBytes = 16 << 20;

    private readonly CacheStore store;
    private readonly int perSlab;
    private readonly List<nint> slabs = [];
    private readonly Stack<int> free = [];
    private int[] users = [];
    private int made;

    /// <param name="store">Where they lie.</param>
    /// <param name="bytes">Bytes of a block.</param>
    /// <param name="budget">Bytes that all blocks together will not exceed.</param>
    public BlockPool(CacheStore store, long bytes, long budget)
    {
        (this.store, BlockBytes) = (store, bytes);
        perSlab = (int)Math.Clamp(Math.Min(SlabBytes, budget) / BlockBytes, 1, int.MaxValue);
    }

    public long BlockBytes { get; }

    /// <summary>Blocks in use, each counted once.</summary>
    public int Taken { get; private set; }

    /// <summary>A block of unspecified content, with one user.</summary>
    public int Take()
    {
        if (!free.TryPop(out int block))
        {
            if (made == (long)slabs.Count * perSlab) slabs.Add(store.Allocate(BlockBytes * perSlab));
            block = made++;
            if (users.Length < made) Array.Resize(ref users, Math.Max(16, made * 2));
        }
        users[block] = 1;
        Taken++;
        return block;
    }

    public void Share(int block) => users[block]++;

    public bool IsShared(int block) => users[block] > 1;

    public void Release(int block)
    {
        if (--users[block] > 0) return;
        free.Push(block);
        Taken--;
    }

    public nint Address(int block) => slabs[block / perSlab] + (nint)(block % perSlab * BlockBytes);

    public void Copy(int from, int to) => store.Copy(Address(from), Address(to), BlockBytes);
}
