namespace KernelForge.Emulation.Memory;

/// <summary>One bit a byte: whether anybody wrote it.</summary>
internal sealed class WrittenBits(long length)
{
    private ulong[] words = new ulong[(length + 63) / 64];

    public void Clear() => Array.Clear(words);

    /// <summary>Gives up what it holds.</summary>
    public void Release() => words = [];

    /// <summary>As many bytes here count as written as there do.</summary>
    public void CopyFrom(WrittenBits source, long from, long to, long bytes)
    {
        bool backwards = ReferenceEquals(source, this) && from < to;
        for (long i = 0; i < bytes; i++)
        {
            long at = backwards ? bytes - 1 - i : i;
            bool written = source.AllSet(from + at, 1);
            ulong bit = 1ul << (int)((to + at) & 63);
            ref ulong word = ref words[(to + at) >> 6];
            word = written ? word | bit : word & ~bit;
        }
    }

    /// <summary>Whether all of many bytes are written.</summary>
    public bool AllSetInRange(long offset, long bytes)
    {
        for (; bytes > 0 && (offset & 63) != 0; offset++, bytes--)
            if (!AllSet(offset, 1)) return false;
        if (words.AsSpan((int)(offset >> 6), (int)(bytes >> 6)).ContainsAnyExcept(ulong.MaxValue)) return false;
        int rest = (int)(bytes & 63);
        return rest == 0 || AllSet(offset + bytes - rest, rest);
    }

    public void Set(long offset, int bytes)
    {
        for (int done = 0; done < bytes;)
        {
            int bit = (int)((offset + done) & 63);
            int count = Math.Min(64 - bit, bytes - done);
            words[(offset + done) >> 6] |= Mask(bit, count);
            done += count;
        }
    }

    public void SetRange(long offset, long bytes)
    {
        for (; bytes > 0 && (offset & 63) != 0; offset++, bytes--) Set(offset, 1);
        words.AsSpan((int)(offset >> 6), (int)(bytes >> 6)).Fill(ulong.MaxValue);
        int rest = (int)(bytes & 63);
        if (rest > 0) Set(offset + bytes - rest, rest);
    }

    public bool AllSet(long offset, int bytes)
    {
        for (int done = 0; done < bytes;)
        {
            int bit = (int)((offset + done) & 63);
            int count = Math.Min(64 - bit, bytes - done);
            ulong mask = Mask(bit, count);
            if ((words[(offset + done) >> 6] & mask) != mask) return false;
            done += count;
        }
        return true;
    }

    private static ulong Mask(int bit, int count) => (count == 64 ? ulong.MaxValue : (1ul << count) - 1) << bit;
}
