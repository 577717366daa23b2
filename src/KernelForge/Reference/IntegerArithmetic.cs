namespace KernelForge.Reference;

/// <summary>
/// Functions of two integers a row whose rows are the same, or one of which has one integer a sequence; of one integer a sequence of two
/// batches with as many sequences the result is the first's.
/// </summary>
internal static class IntegerArithmetic
{
    public static Integers Map(string operation, Integers a, Integers b, Func<int, int, int> function)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        RowSpace rows = CommonRows(operation, a, b);
        return Map(operation, rows, row => a.Values[RowOf(a, row)], row => b.Values[RowOf(b, row)], function);

        int RowOf(Integers value, int row) => ReferenceEquals(value.Rows, rows) ? row : rows.SequenceOfRow()[row];
    }

    public static Integers Map(string operation, Integers a, int b, Func<int, int, int> function)
    {
        ArgumentNullException.ThrowIfNull(a);
        return Map(operation, a.Rows, row => a.Values[row], _ => b, function);
    }

    public static Integers Map(string operation, int a, Integers b, Func<int, int, int> function)
    {
        ArgumentNullException.ThrowIfNull(b);
        return Map(operation, b.Rows, _ => a, row => b.Values[row], function);
    }

    private static Integers Map(string operation, RowSpace rows, Func<int, int> left, Func<int, int> right, Func<int, int, int> function)
    {
        int[] result = new int[rows.Count];
        for (int row = 0; row < result.Length; row++)
        {
            int a = left(row), b = right(row);
            if (b == 0 && operation is "/" or "%")
                throw new DivideByZeroException($"{a} {operation} {b} at row {row} of [{rows}] of integers");
            try
            {
                result[row] = function(a, b);
            }
            catch (OverflowException)
            {
                throw new OverflowException($"{a} {operation} {b} at row {row} of [{rows}] of integers leaves the range of an int");
            }
        }
        return new Integers(rows, result);
    }

    private static RowSpace CommonRows(string operation, Integers a, Integers b)
    {
        if (ReferenceEquals(a.Rows, b.Rows)) return a.Rows;
        if (a.Rows is { IsTable: false } && ReferenceEquals(a.Rows.Sequences, b.Rows)) return a.Rows;
        if (b.Rows is { IsTable: false } && ReferenceEquals(b.Rows.Sequences, a.Rows)) return b.Rows;
        if (IsOneASequence(a) && IsOneASequence(b) && a.Rows.Count == b.Rows.Count) return a.Rows;
        throw new ArgumentException(
            $"{operation}: {a} and {b} do not go together: their rows are neither the same, nor one a sequence of the other's batch");
    }

    private static bool IsOneASequence(Integers value) => value.Rows is { IsTable: false } && ReferenceEquals(value.Rows.Sequences, value.Rows);
}
