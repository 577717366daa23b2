using System.Numerics;

namespace KernelForge.Emulation.Memory;

/// <summary>Several reads of one place, an entry for the lanes of a warp that read at one time.</summary>
internal sealed class ReaderSet
{
    // The warps of one block, but of few blocks.
    private const int WarpLimit = 32;
    private const int BlockLimit = 2;
    private const int LaneShift = 30;
    private const ulong LaneBits = 31ul << LaneShift;
    private const ulong WarpBits = ((1ul << 60) - 1) & ~((1ul << (LaneShift + 5)) - 1);

    private Entry[] entries = new Entry[4];
    private int count;
    private int blocks;

    /// <summary>Too many readers to tell them apart.</summary>
    public bool IsFull => count > WarpLimit || blocks > BlockLimit;

    public IEnumerable<(ulong Epoch, int Place)> Reads
    {
        get
        {
            for (int i = 0; i < count; i++) yield return (First(entries[i]), entries[i].Place);
        }
    }

    public void Clear() => (count, blocks) = (0, 0);

    public void CopyFrom(ReaderSet other)
    {
        entries = (Entry[])other.entries.Clone();
        (count, blocks) = (other.count, other.blocks);
    }

    public void Add(ulong epoch, int place)
    {
        if (count == entries.Length) Array.Resize(ref entries, 2 * count);
        bool isNewBlock = true;
        for (int i = 0; i < count; i++) isNewBlock &= Epoch.Block(entries[i].Epoch) != Epoch.Block(epoch);
        if (isNewBlock) blocks++;
        entries[count++] = new Entry(epoch & ~LaneBits, 1u << (int)((epoch & LaneBits) >> LaneShift), place);
    }

    public void Add(in Accessor who)
    {
        ulong key = who.Epoch & ~LaneBits;
        uint lane = 1u << (int)((who.Epoch & LaneBits) >> LaneShift);
        // Strong accesses do not race with each other, and yet the later is not ordered after the earlier.
        Accessor ordered = who with { Epoch = who.Epoch & ~Epoch.Strong };
        for (int i = count - 1; i >= 0; i--)
        {
            ref Entry entry = ref entries[i];
            if (entry.Epoch == key)
            {
                entry.Lanes |= lane;
                return;
            }
            // Whoever comes after the new read comes after its lane's earlier ones too; a weak read must not give way to a strong one.
            if (((entry.Epoch ^ key) & Epoch.Strong) != 0) continue;
            if (((entry.Epoch ^ key) & WarpBits) == 0) entry.Lanes &= ~lane;
            if (entry.Lanes == 0 || FindUnordered(entry, ordered) is null) entries[i] = entries[--count];
        }
        if (count == 0) blocks = 0;
        Add(who.Epoch, who.Place);
    }

    /// <summary>A read that the writer does not come after.</summary>
    public (ulong Epoch, int Place)? FindUnordered(in Accessor writer)
    {
        for (int i = 0; i < count; i++)
            if (FindUnordered(entries[i], writer) is { } epoch) return (epoch, entries[i].Place);
        return null;
    }

    private static ulong? FindUnordered(Entry entry, in Accessor writer)
    {
        if (writer.Clock.CoversWhole(Epoch.Block(entry.Epoch), Epoch.Time(entry.Epoch))) return null;
        for (uint lanes = entry.Lanes; lanes != 0; lanes &= lanes - 1)
        {
            ulong epoch = entry.Epoch | (ulong)BitOperations.TrailingZeroCount(lanes) << LaneShift;
            if (!writer.IsAfter(epoch)) return epoch;
        }
        return null;
    }

    private static ulong First(Entry entry) => entry.Epoch | (ulong)BitOperations.TrailingZeroCount(entry.Lanes) << LaneShift;

    private record struct Entry(ulong Epoch, uint Lanes, int Place);
}
