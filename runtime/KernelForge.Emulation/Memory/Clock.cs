namespace KernelForge.Emulation.Memory;

/// <summary>
/// What of one block's doings a thread has been ordered after: everything up to time <see cref="All"/>, and of single threads
/// what <see cref="Extra"/> says where that is later.
/// </summary>
internal readonly record struct Segment(int All, int[]? Extra)
{
    public bool Covers(int thread, int time) => time <= All || (Extra is not null && time <= Extra[thread]);

    public Segment Join(Segment other)
    {
        int all = Math.Max(All, other.All);
        if (ReferenceEquals(Extra, other.Extra) || other.Extra is null) return new Segment(all, Extra).Simplify();
        if (Extra is null) return new Segment(all, other.Extra).Simplify();
        int[] extra = new int[Extra.Length];
        for (int i = 0; i < extra.Length; i++) extra[i] = Math.Max(Extra[i], other.Extra[i]);
        return new Segment(all, extra).Simplify();
    }

    public Segment With(int thread, int time, int threads)
    {
        if (Covers(thread, time)) return this;
        int[] extra = Extra is null ? new int[threads] : (int[])Extra.Clone();
        extra[thread] = time;
        return new Segment(All, extra);
    }

    private Segment Simplify()
    {
        if (Extra is null) return this;
        int low = int.MaxValue, high = 0;
        foreach (int time in Extra)
        {
            low = Math.Min(low, time);
            high = Math.Max(high, time);
        }
        int all = Math.Max(All, low);
        return new Segment(all, high <= all ? null : Extra);
    }
}

/// <summary>What a thread has been ordered after, in its own block and in others. Immutable: threads that met at a barrier share one.</summary>
internal sealed class Clock(int block, Segment own, Dictionary<int, Segment>? others)
{
    public int Block { get; } = block;

    public Segment Own { get; } = own;

    public bool Covers(ulong epoch)
    {
        int other = Epoch.Block(epoch);
        if (other == Block) return Own.Covers(Epoch.Thread(epoch), Epoch.Time(epoch));
        return others is not null && others.TryGetValue(other, out Segment segment)
            && segment.Covers(Epoch.Thread(epoch), Epoch.Time(epoch));
    }

    /// <summary>Whether it comes after all that a block did up to a time.</summary>
    public bool CoversWhole(int block, int time)
    {
        if (block == Block) return time <= Own.All;
        return others is not null && others.TryGetValue(block, out Segment segment) && time <= segment.All;
    }

    /// <summary>This clock, which stays its block's own, with all that another knows.</summary>
    public Clock Join(Clock? other)
    {
        if (other is null || ReferenceEquals(this, other)) return this;
        Segment joined = Own;
        Dictionary<int, Segment>? foreign = others;
        if (other.Block == Block) joined = joined.Join(other.Own);
        else foreign = Add(foreign, other.Block, other.Own);
        foreach ((int block, Segment segment) in other.Others)
        {
            if (block == Block) joined = joined.Join(segment);
            else foreign = Add(foreign, block, segment);
        }
        return new Clock(Block, joined, foreign);

        Dictionary<int, Segment> Add(Dictionary<int, Segment>? into, int block, Segment segment)
        {
            Dictionary<int, Segment> copy = into is null ? [] : ReferenceEquals(into, others) ? new(into) : into;
            copy[block] = copy.TryGetValue(block, out Segment known) ? known.Join(segment) : segment;
            return copy;
        }
    }

    /// <summary>This clock with one thread of its block known up to a time.</summary>
    public Clock With(int thread, int time, int threads) => new(Block, Own.With(thread, time, threads), others);

    /// <summary>This clock with its own block known as given.</summary>
    public Clock With(Segment own) => new(Block, own, others);

    private Dictionary<int, Segment> Others => others ?? Empty;

    private static readonly Dictionary<int, Segment> Empty = [];
}
