namespace KernelForge;

/// <summary>
/// One row that a lambda is called for: it reads per-token values (<c>x[i, column]</c>), and where a number is wanted it is the position
/// within its sequence (<c>i - j</c>, <c>j &lt;= i</c>).
/// </summary>
public readonly struct Row
{
    internal Row(RowSpace rows, int sequence, int absolute)
    {
        Rows = rows;
        Sequence = sequence;
        Absolute = absolute;
    }

    /// <summary>The row space this row lies in.</summary>
    public RowSpace Rows { get; }

    /// <summary>The index of its sequence.</summary>
    public int Sequence { get; }

    /// <summary>The index among all rows of its row space.</summary>
    public int Absolute { get; }

    /// <summary>The index within its sequence, counted from 0.</summary>
    public int Position => Absolute - Rows.Offsets[Sequence];

    /// <summary>The position within the sequence.</summary>
    public static implicit operator int(Row row) => row.Position;

    /// <summary>Says which row this is, for messages.</summary>
    public override string ToString() => $"row {Absolute} (position {Position} of sequence {Sequence})";
}
