namespace KernelForge;

/// <summary>
/// What a text model reads: the id of each token, with its type and its position. Where integers are wanted it is the ids.
/// </summary>
public sealed class TokenIds
{
    private readonly Integers ids;

    /// <summary>
    /// Takes one id a row, and one type a row where the model has types (else all are 0); the arrays are taken over, not copied.
    /// </summary>
    /// <exception cref="ArgumentException">There are more or fewer ids or types than rows.</exception>
    public TokenIds(RowSpace rows, int[] ids, int[]? types = null)
    {
        this.ids = new Integers(rows, ids);
        Types = new Integers(rows, types ?? new int[rows.Count]);
        Positions = Integers.PositionsOf(rows);
    }

    /// <summary>The tokens' row space.</summary>
    public RowSpace Rows => ids.Rows;

    /// <summary>The type (segment) of each token.</summary>
    public Integers Types { get; }

    /// <summary>The position of each token within its sequence, counted from 0.</summary>
    public Integers Positions { get; }

    /// <summary>The id of a lambda's row, which is of these rows.</summary>
    /// <exception cref="ArgumentException">The row is of another row space.</exception>
    public int this[Row t] => ids[t];

    /// <summary>The id at a position of a lambda's row's sequence; 0 where the sequence has no such row.</summary>
    /// <exception cref="ArgumentException">The row is of a batch with another number of sequences.</exception>
    public int this[Row t, int position] => ids[t, position];

    /// <summary>How many tokens the sequence of a lambda's row has.</summary>
    /// <exception cref="ArgumentException">The row is of a batch with another number of sequences.</exception>
    public int Length(Row t) => ids.Length(t);

    /// <summary>The ids.</summary>
    public static implicit operator Integers(TokenIds ids) => ids.ids;
}
