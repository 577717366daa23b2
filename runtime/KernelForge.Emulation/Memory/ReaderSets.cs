namespace KernelForge.Emulation.Memory;

/// <summary>
/// The reads of a place since its last write, in one word: nobody (0), one epoch, the number of a <see cref="ReaderSet"/> here, or
/// <see cref="Many"/>. Sets are short: places that several blocks read, weights for one, are hardly ever written in the same launch. Those
/// that grow beyond a limit are <see cref="Many"/>, and all such places of a table together know each block's last read: a writer may then
/// seem ordered after less than it is, never after more.
/// </summary>
internal sealed class ReaderSets
{
    private const ulong Single = 1ul << 62;
    private const ulong Many = 1ul << 61;
    private const ulong ThreadBits = 1023ul << 30;

    private readonly List<ReaderSet> sets = [];
    private readonly Stack<int> free = [];
    private readonly Dictionary<int, (ulong Epoch, int Place)> lastOfMany = [];
    private ulong noted;
    private int used;

    public void Clear()
    {
        used = 0;
        free.Clear();
        lastOfMany.Clear();
        noted = 0;
    }

    public void Release()
    {
        Clear();
        sets.Clear();
        lastOfMany.TrimExcess();
    }

    public void Add(ref ulong reads, ref int place, in Accessor who)
    {
        if (reads == 0 || ((reads & Single) != 0 && IsSuperseded(reads, who)))
        {
            reads = who.Epoch;
            place = who.Place;
            return;
        }
        if (reads == Many)
        {
            NoteMany(who.Epoch, who.Place);
            return;
        }
        if ((reads & Single) != 0)
        {
            int number = Rent();
            sets[number].Add(reads, place);
            reads = (ulong)number + 1;
        }
        ReaderSet set = sets[(int)reads - 1];
        set.Add(who);
        if (!set.IsFull) return;
        foreach ((ulong epoch, int its) in set.Reads) NoteMany(epoch, its);
        Drop(ref reads);
        reads = Many;
    }

    /// <summary>A reader that the writer does not come after; Place is -1 where it is the cell's own.</summary>
    public (ulong Epoch, int Place)? FindUnordered(ulong reads, in Accessor writer)
    {
        if ((reads & Single) != 0) return writer.IsAfter(reads) ? null : (reads, -1);
        if (reads != Many) return sets[(int)reads - 1].FindUnordered(writer);
        foreach ((ulong epoch, int place) in lastOfMany.Values)
            if (!writer.Clock.CoversWhole(Epoch.Block(epoch), Epoch.Time(epoch))) return (epoch, place);
        return null;
    }

    public void Drop(ref ulong reads)
    {
        if (reads != 0 && reads != Many && (reads & Single) == 0)
        {
            sets[(int)reads - 1].Clear();
            free.Push((int)reads - 1);
        }
        reads = 0;
    }

    public ulong Copy(ulong reads)
    {
        if (reads is 0 or Many || (reads & Single) != 0) return reads;
        int number = Rent();
        sets[number].CopyFrom(sets[(int)reads - 1]);
        return (ulong)number + 1;
    }

    // A weak read must not give way to a strong one, for the strong one conflicts with less.
    private static bool IsSuperseded(ulong earlier, in Accessor who) =>
        (earlier & Epoch.Strong) == (who.Epoch & Epoch.Strong) && (Epoch.SameThread(earlier, who.Epoch) || who.Clock.Covers(earlier));

    private void NoteMany(ulong epoch, int place)
    {
        ulong key = epoch & ~ThreadBits;
        if (key == noted) return;
        noted = key;
        int block = Epoch.Block(epoch);
        if (!lastOfMany.TryGetValue(block, out var known) || Epoch.Time(known.Epoch) < Epoch.Time(epoch)) lastOfMany[block] = (epoch, place);
    }

    private int Rent()
    {
        if (free.TryPop(out int number)) return number;
        if (used == sets.Count) sets.Add(new ReaderSet());
        else sets[used].Clear();
        return used++;
    }
}
