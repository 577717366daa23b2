using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime.Caches;

/// <summary>What a run needs of a cache's memory: taken before it begins; kept where it ends well, undone where it does not.</summary>
internal sealed class Reservation(CacheMemory memory)
{
    private readonly List<(BlockTable Table, int Index, int Shared, BlockPool Pool)> copied = [];
    private readonly BlockAddresses[] addresses = [.. memory.Layout.Spaces.Select(_ => new BlockAddresses())];

    /// <summary>Where the blocks of the batch lie, [spaces of the layout].</summary>
    public ReadOnlySpan<BlockAddresses> Addresses => addresses;

    /// <summary>Bytes that a run will take.</summary>
    /// <param name="batch">Its sequences.</param>
    /// <param name="added">New rows of each, [spaces of the layout][sequences].</param>
    public long Needed(ReadOnlySpan<CachedSequence> batch, int[][] added)
    {
        long needed = 0;
        for (int s = 0; s < batch.Length; s++)
        {
            if (batch[s].States == BlockTable.None) needed += memory.StateBytes;
            for (int slot = 0; slot < added.Length; slot++)
            {
                if (memory.Pool(slot) is not { } pool || added[slot][s] == 0) continue;
                int held = batch[s].Tables[slot]?.Count ?? 0, past = batch[s].Lengths[slot];
                int copies = WritesShared(batch[s].Tables[slot], past, pool) ? 1 : 0;
                needed += (BlocksOf(past + added[slot][s]) - held + copies) * pool.BlockBytes;
            }
        }
        return needed;
    }

    /// <summary>Takes the memory; what another sequence shares and the run will write to is copied.</summary>
    public void Take(ReadOnlySpan<CachedSequence> batch, int[][] added)
    {
        foreach (CachedSequence sequence in batch)
        {
            if (sequence.States == BlockTable.None) memory.TakeStates(sequence);
        }
        for (int slot = 0; slot < added.Length; slot++)
        {
            if (memory.Pool(slot) is not { } pool) continue;
            addresses[slot].Begin(batch.Length);
            for (int s = 0; s < batch.Length; s++)
            {
                BlockTable table = batch[s].Tables[slot] ??= new BlockTable();
                int past = batch[s].Lengths[slot], rows = added[slot][s];
                if (rows > 0 && WritesShared(table, past, pool)) Copy(table, past / CacheLayout.BlockRows, pool);
                for (int block = BlocksOf(past + rows); table.Count < block;) table.Add(pool.Take());
                addresses[slot].Add(s, table, pool);
            }
        }
    }

    /// <summary>The run ended well; the sequences have their new lengths.</summary>
    public void Keep(ReadOnlySpan<CachedSequence> batch)
    {
        foreach ((_, _, int shared, BlockPool pool) in copied) pool.Release(shared);
        copied.Clear();
        for (int slot = 0; slot < addresses.Length; slot++)
        {
            if (memory.Pool(slot) is not { } pool) continue;
            int reach = memory.Layout.Spaces[slot].Reach;
            foreach (CachedSequence sequence in batch)
                sequence.Tables[slot]!.GiveBack(Math.Max(0, sequence.Lengths[slot] - reach) / CacheLayout.BlockRows, pool);
        }
    }

    /// <summary>Nothing has happened.</summary>
    public void Undo(ReadOnlySpan<CachedSequence> batch)
    {
        foreach ((BlockTable table, int index, int shared, BlockPool pool) in copied)
        {
            pool.Release(table[index]);
            table[index] = shared;
        }
        copied.Clear();
        foreach (CachedSequence sequence in batch)
        {
            if (!sequence.HasRun) memory.ReleaseStates(sequence);
            for (int slot = 0; slot < addresses.Length; slot++)
                sequence.Tables[slot]?.Cut(BlocksOf(sequence.Lengths[slot]), memory.Pool(slot)!);
        }
    }

    private void Copy(BlockTable table, int index, BlockPool pool)
    {
        int shared = table[index], own = pool.Take();
        table[index] = own;
        copied.Add((table, index, shared, pool));
        pool.Copy(shared, own);
    }

    /// <summary>Whether the block that the next row goes into has rows of several sequences' past.</summary>
    private static bool WritesShared(BlockTable? table, int past, BlockPool pool) =>
        past % CacheLayout.BlockRows != 0 && table is not null && pool.IsShared(table[past / CacheLayout.BlockRows]);

    private static int BlocksOf(int rows) => (int)(((long)rows + CacheLayout.BlockRows - 1) / CacheLayout.BlockRows);
}
