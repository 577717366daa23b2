namespace KernelForge.Emulation.Memory;

/// <summary>
/// The reads of a place since its last write, in one word: nobody (0), one epoch, or the number of a set here. Few places are read by
/// many threads that nothing orders and are written afterwards, so sets are short.
/// </summary>
internal sealed class ReaderSets
{
    private const ulong Single = 1ul << 62;

    private readonly List<ReaderSet> sets = [];
    private readonly Stack<int> free = [];

    public void Clear()
    {
        sets.Clear();
        free.Clear();
    }

    public void Add(ref ulong reads, ref int place, in Accessor who)
    {
        if (reads == 0 || ((reads & Single) != 0 && IsSuperseded(reads, who)))
        {
            reads = who.Epoch;
            place = who.Place;
            return;
        }
        if ((reads & Single) != 0)
        {
            int number = Rent();
            sets[number].Add(reads, place);
            reads = (ulong)number + 1;
        }
        sets[(int)reads - 1].Add(who);
    }

    /// <summary>A reader that the writer does not come after; Place is -1 where it is the cell's own.</summary>
    public (ulong Epoch, int Place)? FindUnordered(ulong reads, in Accessor writer)
    {
        if ((reads & Single) != 0) return writer.IsAfter(reads) ? null : (reads, -1);
        return sets[(int)reads - 1].FindUnordered(writer);
    }

    public void Drop(ref ulong reads)
    {
        if (reads != 0 && (reads & Single) == 0)
        {
            sets[(int)reads - 1].Clear();
            free.Push((int)reads - 1);
        }
        reads = 0;
    }

    public ulong Copy(ulong reads)
    {
        if (reads == 0 || (reads & Single) != 0) return reads;
        int number = Rent();
        sets[number].CopyFrom(sets[(int)reads - 1]);
        return (ulong)number + 1;
    }

    // A weak read must not give way to a strong one, for the strong one conflicts with less.
    private static bool IsSuperseded(ulong earlier, in Accessor who) =>
        (earlier & Epoch.Strong) == (who.Epoch & Epoch.Strong) && (Epoch.SameThread(earlier, who.Epoch) || who.Clock.Covers(earlier));

    private int Rent()
    {
        if (free.TryPop(out int number)) return number;
        sets.Add(new ReaderSet());
        return sets.Count - 1;
    }
}
