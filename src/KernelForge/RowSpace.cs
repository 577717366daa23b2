using System.Collections.Immutable;

namespace KernelForge;

/// <summary>
/// Which rows a value has. Two values may be combined row by row only if they have the very same row space: equal counts are not enough,
/// for the tokens of one batch are not those of another.
/// </summary>
public sealed class RowSpace
{
    private readonly RowSpaceKind kind;
    private RowSpace? sequences;

    private RowSpace(RowSpaceKind kind, ImmutableArray<int> offsets)
    {
        this.kind = kind;
        Offsets = offsets;
    }

    /// <summary>The number of rows.</summary>
    public int Count => Offsets[^1];

    /// <summary>Where each sequence begins, and at the end the number of rows: <c>[SequenceCount + 1]</c>.</summary>
    public ImmutableArray<int> Offsets { get; }

    /// <summary>The number of sequences, empty ones included; 1 for a table.</summary>
    public int SequenceCount => Offsets.Length - 1;

    /// <summary>Whether the rows are those of parameters, which belong to no sequence.</summary>
    public bool IsTable => kind == RowSpaceKind.Table;

    /// <summary>The row space with one row for each sequence of this one; always the same object. Its own is itself.</summary>
    /// <exception cref="InvalidOperationException">These are the rows of a table.</exception>
    public RowSpace Sequences
    {
        get
        {
            if (kind == RowSpaceKind.Sequences) return this;
            if (IsTable) throw new InvalidOperationException($"{this} of a table belong to no sequence");
            if (sequences is null)
            {
                var made = new RowSpace(RowSpaceKind.Sequences, [.. Enumerable.Range(0, SequenceCount + 1)]);
                Interlocked.CompareExchange(ref sequences, made, null);
            }
            return sequences;
        }
    }

    /// <summary>The tokens of a batch of sequences with these lengths, packed one after another.</summary>
    /// <exception cref="ArgumentException">A length is negative, or the lengths add up to more than an int holds.</exception>
    public static RowSpace Ragged(params ReadOnlySpan<int> lengths)
    {
        ImmutableArray<int>.Builder offsets = ImmutableArray.CreateBuilder<int>(lengths.Length + 1);
        long end = 0;
        offsets.Add(0);
        for (int s = 0; s < lengths.Length; s++)
        {
            if (lengths[s] < 0)
                throw new ArgumentException($"sequence {s} has length {lengths[s]}: a length is at least 0", nameof(lengths));
            end += lengths[s];
            if (end > int.MaxValue)
                throw new ArgumentException($"sequences 0 to {s} have {end} tokens: a batch holds at most {int.MaxValue}", nameof(lengths));
            offsets.Add((int)end);
        }
        return new RowSpace(RowSpaceKind.Tokens, offsets.MoveToImmutable());
    }

    /// <summary>The rows of a table, such as a parameter's. A table of one row broadcasts to every row of anything.</summary>
    /// <exception cref="ArgumentException"><paramref name="rows"/> is below 1.</exception>
    public static RowSpace Table(int rows)
    {
        if (rows < 1) throw new ArgumentException($"a table of {rows} rows: it has at least 1", nameof(rows));
        return new RowSpace(RowSpaceKind.Table, [0, rows]);
    }

    /// <summary>Says which rows these are, as shapes name them: <c>7 tokens</c>, <c>2 sequences</c>, <c>3 table rows</c>.</summary>
    public override string ToString()
    {
        string noun = kind switch { RowSpaceKind.Tokens => "token", RowSpaceKind.Sequences => "sequence", _ => "table row" };
        return Count == 1 ? $"1 {noun}" : $"{Count} {noun}s";
    }

    /// <summary>The row at a position of a sequence.</summary>
    internal Row Row(int sequence, int position) => new(this, sequence, Offsets[sequence] + position);

    private enum RowSpaceKind
    {
        Tokens,
        Sequences,
        Table,
    }
}
