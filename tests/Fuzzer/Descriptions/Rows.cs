namespace KernelForge.Fuzzer.Descriptions;

internal enum RowsKind
{
    Input,
    Sequences,
    Derived,
    Table,
}

/// <summary>A row space; two values have the same rows where this is the same object.</summary>
/// <param name="kind">Where its rows come from.</param>
/// <param name="family">Which batch's sequences these are; null for a table.</param>
internal sealed class Rows(RowsKind kind, object? family)
{
    public RowsKind Kind { get; } = kind;

    public object? Family { get; } = family;

    public bool IsTable => Kind == RowsKind.Table;

    /// <summary>How it is said, from the entry's parameters alone.</summary>
    public Node Expression { get; set; } = null!;

    /// <summary>How many rows a table has.</summary>
    public Size? TableRows { get; init; }

    /// <summary>Whether a value of these rows counts for every row of others: one row for each of their sequences.</summary>
    public bool IsSequencesOf(Rows others) => Kind == RowsKind.Sequences && !ReferenceEquals(this, others) && Family == others.Family;
}
