namespace KernelForge.Emulation.Memory;

/// <summary>Who makes an access: the epoch now, what the thread has been ordered after, and the instruction's number.</summary>
internal readonly record struct Accessor(ulong Epoch, Clock Clock, int Place)
{
    /// <summary>Whether this thread comes after an access: its own, or one it was synchronised with.</summary>
    public bool IsAfter(ulong other) =>
        Memory.Epoch.SameThread(other, Epoch) || Memory.Epoch.BothStrong(other, Epoch) || Clock.Covers(other);
}

/// <summary>An earlier access that nothing orders with the one being made.</summary>
internal readonly record struct Conflict(ulong Other, int OtherPlace, bool OtherIsWrite, long Offset);

/// <summary>
/// The last write and the reads since of each few bytes. A place is sixteen bytes until an access is narrower; then the whole table
/// is refined, so that neighbours that two threads write are not taken for one.
/// Requires: accesses are aligned to their own width.
/// </summary>
internal sealed class RaceTable(long length)
{
    private const int WidestShift = 4;
    private const int PageShift = 8;
    private const int PageCells = 1 << PageShift;

    // Beside the number of the instruction: more writes of the place are among the strong ones.
    private const int HasMore = int.MinValue;

    private readonly ReaderSets readers = new();
    private readonly StrongWrites strong = new();
    private int granuleShift = WidestShift;
    private Page?[] pages = new Page?[PagesFor(length, WidestShift)];
    private int generation;

    /// <summary>Everything that comes is ordered after everything that was.</summary>
    public void Forget()
    {
        generation++;
        readers.Clear();
        strong.Clear();
    }

    /// <summary>Gives up what it holds: nothing is recorded any more.</summary>
    public void Release()
    {
        pages = [];
        readers.Release();
        strong.Clear();
    }

    /// <summary>Records a read; false where it conflicts with an earlier write.</summary>
    public bool Read(in Accessor who, long offset, int bytes, ref Conflict conflict)
    {
        Refine(bytes);
        bool clean = true;
        long first = offset >> granuleShift;
        long last = (offset + bytes - 1) >> granuleShift;
        for (long index = first; index <= last; index++)
        {
            ref Cell cell = ref CellAt(index);
            if (cell.Read == who.Epoch) continue;
            ulong write = cell.Write;
            if (write != 0 && clean && FindUnorderedWrite(cell, index, who) is { } other)
            {
                conflict = new Conflict(other.Epoch, other.Place, true, index << granuleShift);
                clean = false;
            }
            readers.Add(ref cell.Read, ref cell.ReadPlace, who);
        }
        return clean;
    }

    /// <summary>
    /// Records a write (or a read and write at once); false where it conflicts with an earlier access. A <see cref="Epoch.Pending"/> epoch
    /// is a copy that starts.
    /// </summary>
    public bool Write(in Accessor who, long offset, int bytes, ref Conflict conflict)
    {
        Refine(bytes);
        bool clean = true;
        long first = offset >> granuleShift;
        long last = (offset + bytes - 1) >> granuleShift;
        for (long index = first; index <= last; index++)
        {
            ref Cell cell = ref CellAt(index);
            ulong write = cell.Write;
            if (clean && write != 0 && FindUnorderedWrite(cell, index, who) is { } other)
            {
                conflict = new Conflict(other.Epoch, other.Place, true, index << granuleShift);
                clean = false;
            }
            if (clean && cell.Read != 0 && readers.FindUnordered(cell.Read, who) is { } reader)
            {
                conflict = new Conflict(reader.Epoch, reader.Place < 0 ? cell.ReadPlace : reader.Place, false, index << granuleShift);
                clean = false;
            }
            readers.Drop(ref cell.Read);
            cell.WritePlace = who.Place | KeepStrong(cell, index, who);
            cell.Write = who.Epoch;
        }
        return clean;
    }

    /// <summary>Whether an access of the given width wrote here since the last <see cref="Forget"/>.</summary>
    public bool WasWritten(long offset, int bytes)
    {
        Refine(bytes);
        for (long index = offset >> granuleShift; index <= (offset + bytes - 1) >> granuleShift; index++)
            if (CellAt(index).Write != 0) return true;
        return false;
    }

    /// <summary>A copy that was waited for becomes an ordinary write of the thread that waited.</summary>
    public void Complete(ulong pending, ulong now, long offset, int bytes)
    {
        long last = (offset + bytes - 1) >> granuleShift;
        for (long index = offset >> granuleShift; index <= last; index++)
        {
            ref Cell cell = ref CellAt(index);
            if (cell.Write == pending) cell.Write = now | Epoch.Async;
        }
    }

    // The write of a place that an access does not come after.
    private (ulong Epoch, int Place)? FindUnorderedWrite(in Cell cell, long index, in Accessor who)
    {
        if ((cell.Write & Epoch.Pending) != 0 || !who.IsAfter(cell.Write)) return (cell.Write, cell.WritePlace & ~HasMore);
        return (cell.WritePlace & HasMore) != 0 ? strong.FindUnordered(index, who) : null;
    }

    // A strong write leaves those before it that it is not ordered after; any other write was checked against them, and ends them.
    private int KeepStrong(in Cell cell, long index, in Accessor who)
    {
        bool hasMore = (cell.WritePlace & HasMore) != 0;
        if (!Epoch.BothStrong(cell.Write, who.Epoch))
        {
            if (hasMore) strong.Drop(index);
            return 0;
        }
        if (!hasMore && (Epoch.SameThread(cell.Write, who.Epoch) || who.Clock.Covers(cell.Write))) return 0;
        strong.Add(index, cell.Write, cell.WritePlace & ~HasMore, who);
        return HasMore;
    }

    private ref Cell CellAt(long index)
    {
        ref Page? page = ref pages[index >> PageShift];
        page ??= new Page();
        if (page.Generation != generation)
        {
            Array.Clear(page.Cells);
            page.Generation = generation;
        }
        return ref page.Cells[index & (PageCells - 1)];
    }

    private void Refine(int bytes)
    {
        if (bytes >= 1 << granuleShift) return;
        int shift = System.Numerics.BitOperations.Log2((uint)bytes);
        int finer = granuleShift - shift;
        Page?[] old = pages;
        strong.Refine(finer);
        pages = new Page?[PagesFor(length, shift)];
        granuleShift = shift;
        for (int p = 0; p < old.Length; p++)
        {
            if (old[p] is not { } page || page.Generation != generation) continue;
            for (int c = 0; c < PageCells; c++)
            {
                Cell cell = page.Cells[c];
                if (cell.Write == 0 && cell.Read == 0) continue;
                for (int part = 0; part < 1 << finer; part++)
                {
                    ref Cell fine = ref CellAt(((((long)p << PageShift) + c) << finer) + part);
                    fine = cell;
                    fine.Read = part == 0 ? cell.Read : readers.Copy(cell.Read);
                }
            }
        }
    }

    private static long PagesFor(long length, int shift) => ((length >> shift) >> PageShift) + 1;

    private struct Cell
    {
        public ulong Write;
        public ulong Read;
        public int WritePlace;
        public int ReadPlace;
    }

    private sealed class Page
    {
        public readonly Cell[] Cells = new Cell[PageCells];
        public int Generation = -1;
    }
}
