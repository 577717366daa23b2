using System.Numerics;

namespace KernelForge.Emulation.Memory;

/// <summary>
/// Several reads of one place, an entry for the lanes of a warp that read at one time. A set that grows beyond <see cref="Limit"/> entries
/// keeps only each block's last read, as if every thread of the block had read then: a writer may then seem ordered after less than it is,
/// never after more.
/// </summary>
internal sealed class ReaderSet
{
    private const int Limit = 32;
    private const int LaneShift = 30;
    private const ulong LaneBits = 31ul << LaneShift;

    private readonly List<Entry> entries = [];
    private Dictionary<int, Entry>? lastOfBlock;

    public void Clear()
    {
        entries.Clear();
        lastOfBlock = null;
    }

    public void CopyFrom(ReaderSet other)
    {
        entries.AddRange(other.entries);
        lastOfBlock = other.lastOfBlock is null ? null : new(other.lastOfBlock);
    }

    public void Add(ulong epoch, int place)
    {
        var entry = new Entry(epoch & ~LaneBits, 1u << (int)((epoch & LaneBits) >> LaneShift), place);
        if (lastOfBlock is null) entries.Add(entry);
        else Note(entry);
    }

    public void Add(in Accessor who)
    {
        if (lastOfBlock is null)
        {
            for (int i = entries.Count - 1; i >= 0; i--)
            {
                Entry entry = entries[i];
                if (entry.Epoch == (who.Epoch & ~LaneBits))
                    entries[i] = entry with { Lanes = entry.Lanes | 1u << (int)((who.Epoch & LaneBits) >> LaneShift) };
                else if (IsSuperseded(entry, who)) entries.RemoveAt(i);
                else continue;
                if (entry.Epoch == (who.Epoch & ~LaneBits)) return;
            }
        }
        Add(who.Epoch, who.Place);
        if (entries.Count > Limit) Summarise();
    }

    /// <summary>A read that the writer does not come after.</summary>
    public (ulong Epoch, int Place)? FindUnordered(in Accessor writer)
    {
        foreach (Entry entry in entries)
            if (FindUnordered(entry, writer) is { } epoch) return (epoch, entry.Place);
        if (lastOfBlock is null) return null;
        foreach (Entry entry in lastOfBlock.Values)
        {
            bool ordered = Epoch.Block(entry.Epoch) == writer.Clock.Block
                ? Epoch.Time(entry.Epoch) <= writer.Clock.Own.All
                : FindUnordered(entry, writer) is null;
            if (!ordered) return (entry.Epoch | (ulong)BitOperations.TrailingZeroCount(entry.Lanes) << LaneShift, entry.Place);
        }
        return null;
    }

    private static ulong? FindUnordered(Entry entry, in Accessor writer)
    {
        for (uint lanes = entry.Lanes; lanes != 0; lanes &= lanes - 1)
        {
            ulong epoch = entry.Epoch | (ulong)BitOperations.TrailingZeroCount(lanes) << LaneShift;
            if (!writer.IsAfter(epoch)) return epoch;
        }
        return null;
    }

    // Whoever comes after the new read comes after these as well. A weak read must not give way to a strong one, which conflicts with less.
    private static bool IsSuperseded(Entry entry, in Accessor who) =>
        ((entry.Epoch ^ who.Epoch) & Epoch.Strong) == 0 && FindUnordered(entry, who) is null;

    private void Summarise()
    {
        lastOfBlock = [];
        foreach (Entry entry in entries) Note(entry);
        entries.Clear();
    }

    private void Note(Entry entry)
    {
        int block = Epoch.Block(entry.Epoch);
        if (!lastOfBlock!.TryGetValue(block, out Entry known) || Epoch.Time(known.Epoch) < Epoch.Time(entry.Epoch)) lastOfBlock[block] = entry;
    }

    private readonly record struct Entry(ulong Epoch, uint Lanes, int Place);
}
