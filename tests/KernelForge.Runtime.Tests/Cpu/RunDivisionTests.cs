using KernelForge.Runtime.Cpu;

namespace KernelForge.Runtime.Tests.Cpu;

public sealed class RunDivisionTests
{
    private static int Rows => RunDivision.RowsPerThread;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(16)]
    public void Every_sequence_is_in_one_part_however_a_run_is_divided(int threads)
    {
        var random = new Random(threads);
        var division = new RunDivision();
        for (int run = 0; run < 300; run++)
        {
            int longest = random.Next(1, 4 * Rows);
            int[] lengths = [.. Enumerable.Range(0, random.Next(0, 80)).Select(_ => random.Next(0, longest))];
            division.Cut(Starts(lengths), threads);
            List<RunPart> parts = [.. division.Together];
            int left = division.Left;
            for (int taken = 0; division.TryTake(random.Next(threads), out _, out RunPart part); taken++)
            {
                parts.Add(part);
                Assert.Equal(left - taken - 1, division.Left);
            }
            Assert.Equal(left, parts.Count - division.Together.Length);
            parts.Sort((a, b) => a.First.CompareTo(b.First));
            int next = 0;
            foreach (RunPart part in parts)
            {
                Assert.Equal(next, part.First);
                Assert.Equal(lengths.Skip(part.First).Take(part.Count).Sum(), part.Rows);
                next += part.Count;
            }
            Assert.Equal(lengths.Length, next);
        }
    }

    [Theory]
    [InlineData(1, 60)]
    [InlineData(2, 60)]
    [InlineData(4, 120)]
    public void Parts_are_about_as_long_and_threads_have_about_as_much(int threads, int sequences)
    {
        var random = new Random(5);
        int[] lengths = [.. Enumerable.Range(0, sequences).Select(_ => random.Next(10, 70))];
        var division = new RunDivision();
        division.Cut(Starts(lengths), threads);
        Assert.True(division.Together.IsEmpty);
        Assert.Equal(lengths.Sum() / Rows / threads * threads, division.Left);
        int[] sums = new int[threads];
        while (division.Left > 0)
        {
            // Each takes its next when it has done least: as on threads that are as fast as each other.
            int worker = sums.IndexOf(sums.Min());
            Assert.True(division.TryTake(worker, out _, out RunPart taken));
            Assert.InRange(taken.Rows, Rows - 70, Rows + 100);
            sums[worker] += taken.Rows;
        }
        Assert.InRange(sums.Max(), lengths.Sum() / threads, lengths.Sum() / threads * 1.05);
    }

    [Fact]
    public void What_would_leave_threads_idle_is_for_all_of_them_together()
    {
        Assert.Equal($"2 alone; 2 + 1: {3 * Rows} rows", Divide(threads: 2, 3 * Rows, 3 * Rows, 3 * Rows));
        Assert.Equal("4 alone", Divide(threads: 2, 3 * Rows, 3 * Rows, 3 * Rows, 3 * Rows));
        // Neighbours are one part, up to what all threads together take at once.
        Assert.Equal($"4 alone; 4 + 2: {4 * Rows} rows", Divide(threads: 4, 2 * Rows, 2 * Rows, 2 * Rows, 2 * Rows, 2 * Rows, 2 * Rows));
        Assert.Equal($"0 alone; 0 + 1: {9 * Rows} rows; 1 + 1: {Rows} rows", Divide(threads: 2, 9 * Rows, Rows));
        Assert.Equal($"0 alone; 0 + 1: {20 * Rows} rows", Divide(threads: 2, 20 * Rows));
    }

    [Fact]
    public void A_run_of_few_rows_is_not_divided()
    {
        int few = Rows / 4;
        Assert.Equal($"0 alone; 0 + 2: {(2 * few) - 1} rows", Divide(threads: 2, few, few - 1));
        Assert.Equal("2 alone", Divide(threads: 2, few, few));
        Assert.Equal($"0 alone; 0 + 0: 0 rows", Divide(threads: 2));
    }

    [Fact]
    public void A_thread_takes_its_own_parts_first_and_then_those_of_others()
    {
        var division = new RunDivision();
        division.Cut(Starts([Rows, 2 * Rows, 3 * Rows, 4 * Rows]), threads: 2);
        Assert.Equal([4 * Rows, Rows, 3 * Rows, 2 * Rows], Enumerable.Range(0, 4).Select(_ => Take(0)));
        Assert.False(division.TryTake(1, out _, out _));

        int Take(int worker)
        {
            Assert.True(division.TryTake(worker, out _, out RunPart part));
            return part.Rows;
        }
    }

    [Fact]
    public void A_division_allocates_nothing_once_warm()
    {
        var division = new RunDivision();
        int[] starts = Starts([.. Enumerable.Range(0, 50).Select(i => 10 + (i * 37 % 90))]), few = Starts([3]);
        for (int i = 0; i < 50; i++) Divide();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 50; i++) Divide();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Divide()
        {
            division.Cut(starts, 3);
            division.Cut(few, 3);
        }
    }

    /// <summary>How many parts are for threads alone, and first sequence, number of sequences and rows of those that are for all of them.</summary>
    private static string Divide(int threads, params int[] lengths)
    {
        var division = new RunDivision();
        division.Cut(Starts(lengths), threads);
        return string.Join("; ", division.Together.ToArray().Select(p => $"{p.First} + {p.Count}: {p.Rows} rows").Prepend($"{division.Left} alone"));
    }

    private static int[] Starts(int[] lengths) => [0, .. lengths.Select((_, i) => lengths.Take(i + 1).Sum())];
}
