namespace KernelForge.Runtime.Cpu;

/// <summary>Rows in the order of the numbers that they have, those of one number together, those with none last. Grows, and is used again.</summary>
public sealed class GroupedRows : IDisposable
{
    private readonly RowBuffer buffer = new();
    private int[] order = [], ends = [];
    private int rows;

    /// <summary>Rows that have a number.</summary>
    internal int GroupedCount { get; private set; }

    public void Dispose() => buffer.Dispose();

    /// <summary>Takes the numbers of all rows, [rows, 1]; one that is not 0 … <paramref name="count"/> - 1 is none.</summary>
    internal void Group<TVector>(Rows<TVector> numbers, int count) where TVector : unmanaged, IVector<TVector>
    {
        rows = numbers.Count;
        if (order.Length < rows) order = new int[(int)Math.Min(Array.MaxLength, rows * 3L / 2)];
        if (ends.Length < count + 1) ends = new int[count + 1];
        Span<int> places = ends.AsSpan(0, count + 1);
        places.Clear();
        for (int row = 0; row < rows; row++) places[NumberOf(numbers[row, 0], count)]++;
        int start = 0;
        for (int number = 0; number <= count; number++) (places[number], start) = (start, start + places[number]);
        GroupedCount = places[count];
        // Each place moves to the end of its group as the rows come in, in their order.
        for (int row = 0; row < rows; row++) order[places[NumberOf(numbers[row, 0], count)]++] = row;
    }

    /// <summary>Room for the rows that have a number, together.</summary>
    internal Rows<TVector> Reserve<TVector>(int columns) where TVector : unmanaged, IVector<TVector>
    {
        buffer.Reserve(rows, columns);
        return buffer.View<TVector>(rows, columns);
    }

    /// <summary>Where the rows of a number lie together, and how many they are.</summary>
    internal (int First, int Count) Of(int number)
    {
        int first = number == 0 ? 0 : ends[number - 1];
        return (first, ends[number] - first);
    }

    /// <summary>The row at a place of the order.</summary>
    internal int RowAt(int place) => order[place];

    private static int NumberOf(float value, int count) => value >= 0 && value < count && value == (int)value ? (int)value : count;
}
