namespace KernelForge.Runtime.Caches;

/// <summary>The blocks of one sequence in one row space, in the order of its rows.</summary>
internal sealed class BlockTable
{
    /// <summary>Stands for a block whose rows nobody reads any more.</summary>
    public const int None = -1;

    private int[] blocks = [];

    /// <summary>Blocks, those given back included.</summary>
    public int Count { get; private set; }

    /// <summary>How many of the first were given back.</summary>
    public int GivenBack { get; private set; }

    public int this[int index]
    {
        get => blocks[index];
        set => blocks[index] = value;
    }

    public void Add(int block)
    {
        if (Count == blocks.Length) Array.Resize(ref blocks, Math.Max(8, Count * 2));
        blocks[Count++] = block;
    }

    /// <summary>Releases the blocks from a number on.</summary>
    public void Cut(int count, BlockPool pool)
    {
        while (Count > count)
        {
            if (blocks[--Count] != None) pool.Release(blocks[Count]);
        }
    }

    /// <summary>Releases the first blocks, whose numbers stay taken.</summary>
    public void GiveBack(int count, BlockPool pool)
    {
        for (; GivenBack < count; GivenBack++)
        {
            pool.Release(blocks[GivenBack]);
            blocks[GivenBack] = None;
        }
    }

    /// <summary>The same blocks, shared.</summary>
    public BlockTable Fork(BlockPool pool)
    {
        var fork = new BlockTable { blocks = [.. blocks.AsSpan(0, Count)], Count = Count, GivenBack = GivenBack };
        for (int i = GivenBack; i < Count; i++) pool.Share(blocks[i]);
        return fork;
    }
}
