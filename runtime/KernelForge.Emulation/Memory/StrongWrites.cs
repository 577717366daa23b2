using System.Numerics;
using System.Runtime.InteropServices;

namespace KernelForge.Emulation.Memory;

/// <summary>
/// The atomic and otherwise strong writes of places where several met that nothing orders. They do not race with each other, but a weak
/// access must come after them all, and a cell holds only the last. A thread that wrote strongly itself has seen those before its own.
/// Of a place that very many warps write, only the last is followed.
/// </summary>
internal sealed class StrongWrites
{
    private const int WarpLimit = 64;
    private const int LaneShift = 30;
    private const ulong LaneBits = 31ul << LaneShift;
    private const ulong WarpBits = ((1ul << 60) - 1) & ~((1ul << (LaneShift + 5)) - 1);

    private readonly Dictionary<long, List<Entry>?> places = [];
    private int order;

    public void Clear()
    {
        if (places.Count > 0) places.Clear();
    }

    /// <param name="index">The place.</param>
    /// <param name="earlier">Its last write before, a strong one.</param>
    /// <param name="earlierPlace">The instruction of that write.</param>
    /// <param name="who">Who writes now, strongly too.</param>
    public void Add(long index, ulong earlier, int earlierPlace, in Accessor who)
    {
        ref List<Entry>? entries = ref CollectionsMarshal.GetValueRefOrAddDefault(places, index, out bool known);
        if (known && entries is null) return;
        if (entries is null) Add(entries = [], earlier, earlierPlace);
        Add(entries, who.Epoch, who.Place);
        if (entries.Count > WarpLimit) entries = null;
    }

    /// <summary>A write of the place that a weak access does not come after.</summary>
    public (ulong Epoch, int Place)? FindUnordered(long index, in Accessor who)
    {
        if (!places.TryGetValue(index, out List<Entry>? entries) || entries is null) return null;
        uint lane = LaneOf(who.Epoch);
        int seen = -1;
        foreach (Entry entry in entries)
            if (SameWarp(entry.Epoch, who.Epoch) && (entry.Lanes & lane) != 0) seen = Math.Max(seen, entry.Order);
        foreach (Entry entry in entries)
        {
            if (entry.Order <= seen) continue;
            for (uint lanes = entry.Lanes; lanes != 0; lanes &= lanes - 1)
            {
                ulong epoch = entry.Epoch | (ulong)BitOperations.TrailingZeroCount(lanes) << LaneShift;
                if (!who.IsAfter(epoch)) return (epoch, entry.Place);
            }
        }
        return null;
    }

    public void Drop(long index) => places.Remove(index);

    /// <summary>Every place becomes so many: <c>1 &lt;&lt; finer</c>.</summary>
    public void Refine(int finer)
    {
        (long Index, List<Entry>? Entries)[] coarse = [.. places.Select(place => (place.Key, place.Value))];
        places.Clear();
        foreach ((long index, List<Entry>? entries) in coarse)
            for (int part = 0; part < 1 << finer; part++) places.Add((index << finer) + part, entries is null ? null : [.. entries]);
    }

    // One entry for the lanes of a warp that write at one time; of a lane only the last write counts.
    private void Add(List<Entry> entries, ulong epoch, int place)
    {
        ulong key = epoch & ~LaneBits;
        uint lane = LaneOf(epoch);
        for (int i = entries.Count - 1; i >= 0; i--)
        {
            Entry entry = entries[i];
            if (entry.Epoch == key)
            {
                entries[i] = entry with { Lanes = entry.Lanes | lane };
                return;
            }
            if (!SameWarp(entry.Epoch, key) || (entry.Lanes & lane) == 0) continue;
            if (entry.Lanes == lane) entries.RemoveAt(i);
            else entries[i] = entry with { Lanes = entry.Lanes & ~lane };
        }
        entries.Add(new Entry(key, lane, place, order++));
    }

    private static uint LaneOf(ulong epoch) => 1u << (int)((epoch & LaneBits) >> LaneShift);

    private static bool SameWarp(ulong one, ulong other) => ((one ^ other) & WarpBits) == 0;

    private readonly record struct Entry(ulong Epoch, uint Lanes, int Place, int Order);
}
