namespace KernelForge.Runtime.Execution;

/// <summary>What generated code checks before a run, so that no kernel meets an index or a length that it cannot serve.</summary>
public static class RunCheck
{
    /// <summary>Integers that look rows up: all of them name a row of the table.</summary>
    /// <param name="offsets">Of the sequences, to say where the offending integer stands.</param>
    /// <param name="values">The integers, [rows].</param>
    /// <param name="factor">The table's row is value · factor + offset.</param>
    /// <param name="offset">See <paramref name="factor"/>.</param>
    /// <param name="rows">Rows of the table.</param>
    /// <param name="what">What the integers are: <c>ids</c>.</param>
    /// <param name="table">The table's path in the description.</param>
    /// <exception cref="ArgumentException">An integer names no row.</exception>
    public static void Indices(ReadOnlySpan<int> offsets, ReadOnlySpan<int> values, int factor, int offset, int rows, string what, string table)
    {
        for (int i = 0; i < values.Length; i++)
        {
            long row = ((long)values[i] * factor) + offset;
            if (row >= 0 && row < rows) continue;
            int sequence = 0;
            while (offsets[sequence + 1] <= i) sequence++;
            throw new ArgumentException(
                $"sequence {sequence}, token {i - offsets[sequence]}: '{what}' is {values[i]}, and '{table}' has rows 0 to {rows - 1}" +
                (factor == 1 && offset == 0 ? "" : $" (its row would be {row})"));
        }
    }

    /// <summary>Sequences whose positions look rows up: none is longer than the table serves.</summary>
    /// <inheritdoc cref="Indices"/>
    public static void Positions(ReadOnlySpan<int> offsets, int factor, int offset, int rows, string table) =>
        Positions(offsets, [], factor, offset, rows, table);

    /// <summary>As <see cref="Positions(ReadOnlySpan{int}, int, int, int, string)"/>, for sequences with earlier rows.</summary>
    /// <param name="offsets">Of the sequences' new rows.</param>
    /// <param name="past">Earlier rows of each sequence, [sequences]; empty where none has any.</param>
    /// <param name="factor">The table's row is position · factor + offset.</param>
    /// <param name="offset">See <paramref name="factor"/>.</param>
    /// <param name="rows">Rows of the table.</param>
    /// <param name="table">The table's path in the description.</param>
    /// <exception cref="ArgumentException">A sequence is longer.</exception>
    public static void Positions(ReadOnlySpan<int> offsets, ReadOnlySpan<int> past, int factor, int offset, int rows, string table)
    {
        for (int s = 0; s + 1 < offsets.Length; s++)
        {
            int added = offsets[s + 1] - offsets[s], before = past.IsEmpty ? 0 : past[s];
            if (added == 0) continue;
            long first = ((long)before * factor) + offset, last = (((long)before + added - 1) * factor) + offset;
            if (Math.Min(first, last) >= 0 && Math.Max(first, last) < rows) continue;
            long longest = factor > 0 ? ((rows - 1L - offset) / factor) + 1 : 0;
            string has = before == 0 ? $"{added} tokens" : $"{before} tokens and {added} new ones";
            throw new ArgumentException(
                $"sequence {s} has {has}; '{table}' serves sequences of at most {Math.Max(0, longest)}: truncate it or split it");
        }
    }

    /// <summary>The rows that a layer gives a sequence by its own arithmetic.</summary>
    /// <param name="length">What the arithmetic came to.</param>
    /// <param name="sequence">Of which sequence.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="lengths">The arithmetic, in words.</param>
    /// <returns>The length.</returns>
    /// <exception cref="ArgumentException">It is below zero.</exception>
    public static int Length(int length, int sequence, string layer, string lengths) => length >= 0
        ? length
        : throw new ArgumentException($"{layer}: sequence {sequence} would have {length} rows, by '{lengths}': a length is at least 0");

    /// <summary>Two inputs that the layer reads row by row have sequences of the same lengths.</summary>
    /// <exception cref="ArgumentException">They have not.</exception>
    public static void SameRows(ReadOnlySpan<int> first, ReadOnlySpan<int> second, string firstName, string secondName)
    {
        if (!first.SequenceEqual(second))
            throw new ArgumentException($"'{firstName}' and '{secondName}' must have sequences of the same lengths: the layer uses them row by row");
    }

    /// <summary>Two inputs whose sequences the layer takes as belonging together have the same number of them.</summary>
    /// <exception cref="ArgumentException">They have not.</exception>
    public static void SameSequences(int first, int second, string firstName, string secondName)
    {
        if (first != second)
            throw new ArgumentException($"'{firstName}' has {first} sequences and '{secondName}' has {second}: the layer pairs them one to one");
    }

    /// <summary>Rows of floats are as wide as the layer takes them.</summary>
    /// <exception cref="ArgumentException">They are not.</exception>
    public static void Columns(RaggedMatrix matrix, int columns, string name)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        if (matrix.Columns != columns) throw new ArgumentException($"'{name}' is {matrix}, the layer takes [{matrix.Rows}, {columns}]");
    }

    /// <summary>Something that must hold for the hyper-parameters of a checkpoint.</summary>
    /// <exception cref="ArgumentException">It does not.</exception>
    public static void Hyperparameters(bool holds, string layer, string rule)
    {
        if (!holds) throw new ArgumentException($"{layer}: {rule}");
    }
}
