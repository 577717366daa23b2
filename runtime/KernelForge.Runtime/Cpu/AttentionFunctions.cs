namespace KernelForge.Runtime.Cpu;

/// <summary>Changes a logit. Generated.</summary>
public interface IScore
{
    /// <summary>False where the logit stays as it is.</summary>
    static abstract bool Exists { get; }

    /// <summary>Whether the score depends on scale · q·k; where it does not, that is not computed.</summary>
    static virtual bool ReadsLogit => true;

    /// <param name="s">scale · q·k.</param>
    /// <param name="i">The query row.</param>
    /// <param name="j">The key row.</param>
    /// <param name="head">The query head.</param>
    float Apply(float s, AttentionRow i, AttentionRow j, int head);
}

/// <summary>Says which pairs of a query and a key exist. Generated.</summary>
public interface IMask
{
    /// <summary>False where all pairs exist.</summary>
    static abstract bool Exists { get; }

    bool Includes(AttentionRow i, AttentionRow j);

    /// <summary>The same for all pairs of positions in two intervals of a sequence at once; <see cref="Coverage.Part"/> where it cannot be told.</summary>
    Coverage Cover(Interval i, Interval j, int sequence);
}

/// <summary>A query or key row: its position within its sequence, its place among all rows, and its sequence.</summary>
public readonly record struct AttentionRow(int Position, int Row, int Sequence)
{
    public static implicit operator int(AttentionRow row) => row.Position;

    public int ToInt32() => Position;
}

/// <summary>The logit as it is.</summary>
public readonly struct PlainScore : IScore
{
    public static bool Exists => false;

    public float Apply(float s, AttentionRow i, AttentionRow j, int head) => s;
}

/// <summary>Every pair.</summary>
public readonly struct NoMask : IMask
{
    public static bool Exists => false;

    public bool Includes(AttentionRow i, AttentionRow j) => true;

    public Coverage Cover(Interval i, Interval j, int sequence) => Coverage.All;
}
