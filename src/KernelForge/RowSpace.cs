using System.Collections.Concurrent;
using System.Collections.Immutable;
using KernelForge.Reference;

namespace KernelForge;

/// <summary>
/// Which rows a value has. Two values may be combined row by row only if they have the very same row space: equal counts are not enough,
/// for the tokens of one batch are not those of another.
/// </summary>
/// <remarks>
/// A batch has one family of row spaces: its tokens, its sequences, and those that <see cref="WithLengths"/> derives for what has more or
/// fewer rows a sequence (a strided convolution, a class token in front). Within a family equal lengths are the same object.
/// </remarks>
public sealed class RowSpace
{
    private static readonly ConcurrentDictionary<int, RowSpace> Tables = new();

    private readonly RowSpaceKind kind;
    private readonly RowFamily? family;
    private int[]? sequenceOfRow;

    private RowSpace(RowSpaceKind kind, ImmutableArray<int> offsets, RowFamily? family)
    {
        this.kind = kind;
        this.family = family ?? (kind == RowSpaceKind.Tokens ? new RowFamily(this) : null);
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
    public RowSpace Sequences => Family.Sequences;

    /// <summary>The number of rows of each sequence, on the rows of <see cref="Sequences"/>.</summary>
    /// <exception cref="InvalidOperationException">These are the rows of a table.</exception>
    public Integers Lengths
    {
        get
        {
            int[] lengths = new int[SequenceCount];
            for (int s = 0; s < lengths.Length; s++) lengths[s] = LengthOf(s);
            return new Integers(Sequences, lengths);
        }
    }

    private RowFamily Family => family ?? throw new InvalidOperationException($"{this} of a table belong to no sequence");

    /// <summary>The tokens of a batch of sequences with these lengths, packed one after another.</summary>
    /// <exception cref="ArgumentException">A length is negative, or the lengths add up to more than an int holds.</exception>
    public static RowSpace Ragged(params ReadOnlySpan<int> lengths) => new(RowSpaceKind.Tokens, OffsetsOf(lengths), family: null);

    /// <summary>
    /// The rows of a table, such as a parameter's; tables of as many rows have the same ones. A table of one row broadcasts to every row of
    /// anything.
    /// </summary>
    /// <exception cref="ArgumentException"><paramref name="rows"/> is below 1.</exception>
    public static RowSpace Table(int rows)
    {
        if (rows < 1) throw new ArgumentException($"a table of {rows} rows: it has at least 1", nameof(rows));
        return Tables.GetOrAdd(rows, static count => new RowSpace(RowSpaceKind.Table, [0, count], family: null));
    }

    /// <summary>
    /// The rows of the same sequences with other lengths; the same object whenever the lengths are the same, and the batch's own tokens for
    /// the batch's own lengths.
    /// </summary>
    /// <param name="lengths">How many rows each sequence has, on the rows of <see cref="Sequences"/>.</param>
    /// <exception cref="ArgumentException">
    /// The lengths have other rows, one is negative, or they add up to more than an int holds.
    /// </exception>
    /// <exception cref="InvalidOperationException">These are the rows of a table.</exception>
    public RowSpace WithLengths(Integers lengths)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        if (!ReferenceEquals(lengths.Rows, Sequences))
            throw new ArgumentException(
                $"WithLengths: {lengths} are not lengths of the {SequenceCount} sequences of {this}: compute them from Lengths",
                nameof(lengths));
        return Family.WithOffsets(OffsetsOf(lengths.Values), offsets => new RowSpace(RowSpaceKind.Derived, offsets, Family));
    }

    /// <summary>How many rows here the sequence of a lambda's row has.</summary>
    /// <exception cref="ArgumentException">The row is of a batch with another number of sequences, or of a table.</exception>
    /// <exception cref="InvalidOperationException">These are the rows of a table.</exception>
    public int Length(Row t) => LengthOf(RowAccess.SequenceIn(this, t, this));

    /// <summary>Says which rows these are, as shapes name them: <c>7 tokens</c>, <c>2 sequences</c>, <c>3 table rows</c>.</summary>
    public override string ToString()
    {
        string noun = kind switch
        {
            RowSpaceKind.Tokens => "token",
            RowSpaceKind.Derived => "row",
            RowSpaceKind.Sequences => "sequence",
            _ => "table row",
        };
        return Count == 1 ? $"1 {noun}" : $"{Count} {noun}s";
    }

    /// <summary>The row at a position of a sequence.</summary>
    internal Row Row(int sequence, int position) => new(this, sequence, Offsets[sequence] + position);

    internal int LengthOf(int sequence) => Offsets[sequence + 1] - Offsets[sequence];

    /// <summary>The sequence of each row; a table counts as one.</summary>
    internal int[] SequenceOfRow()
    {
        if (sequenceOfRow is { } made) return made;
        made = new int[Count];
        for (int s = 0; s < SequenceCount; s++) made.AsSpan(Offsets[s]..Offsets[s + 1]).Fill(s);
        return sequenceOfRow = made;
    }

    internal static RowSpace SequencesOf(RowFamily family, int count) =>
        new(RowSpaceKind.Sequences, [.. Enumerable.Range(0, count + 1)], family);

    private static ImmutableArray<int> OffsetsOf(ReadOnlySpan<int> lengths)
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
        return offsets.MoveToImmutable();
    }

    private enum RowSpaceKind
    {
        Tokens,
        Derived,
        Sequences,
        Table,
    }
}
