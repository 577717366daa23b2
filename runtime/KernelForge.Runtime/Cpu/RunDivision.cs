using System.Globalization;

namespace KernelForge.Runtime.Cpu;

/// <summary>Neighbouring sequences of a run, which go through the whole plan together.</summary>
/// <param name="First">The first of them.</param>
/// <param name="Count">How many.</param>
/// <param name="Rows">Rows of all of them.</param>
/// <param name="Cost">Their share of the run's time, in units of its own.</param>
internal readonly record struct RunPart(int First, int Count, int Rows, long Cost)
{
    public RunPart With(RunPart next) => new(First, Count + next.Count, Rows + next.Rows, Cost + next.Cost);
}

/// <summary>
/// A run as several: parts that one thread each takes through the whole plan, and, where these would not keep all threads busy to the end, parts
/// whose kernels all threads run together. What one kernel writes is then still in the caches when the next reads it, of the very core where
/// threads are alone. Results do not depend on it, for no row's bits depend on other sequences.
/// </summary>
internal sealed class RunDivision
{
    /// <summary>
    /// Rows of a part, for each thread that works on it: few enough for the caches to hold what a layer hands on, and many enough for the weights,
    /// which come from memory for every part, to cost nothing beside them. A host sets another number by the configuration option
    /// <c>KernelForge.Cpu.RowsPerThread</c>.
    /// </summary>
    public static readonly int RowsPerThread =
        int.TryParse(AppContext.GetData("KernelForge.Cpu.RowsPerThread") as string, CultureInfo.InvariantCulture, out int rows) && rows > 0 ? rows : 128;

    /// <summary>A run of fewer rows for each thread is not divided: its products wait for weights, of which each thread then reads a share.</summary>
    private static readonly int FewestRowsPerThread = Math.Max(1, RowsPerThread / 4);

    /// <summary>A row's attention costs as much as all its products where its sequence has about as many rows as this.</summary>
    private const int AttentionRows = 2048;

    /// <summary>Percent that a part costs in threads' time if all of them work on it: they meet after each kernel, and read what others wrote.</summary>
    private const int TogetherCost = 110;

    private RunPart[] parts = [];
    private int[] owners = [], ends = [], taken = [];
    private long[] loads = [];
    private int alone, count;

    /// <summary>Parts that threads take by <see cref="TryTake"/>, and have not taken yet.</summary>
    public int Left
    {
        get
        {
            if (alone == 0) return 0;
            int left = alone;
            for (int owner = 0; owner < taken.Length; owner++) left -= Math.Min(taken[owner], ends[owner]) - (owner == 0 ? 0 : ends[owner - 1]);
            return left;
        }
    }

    /// <summary>Parts that are for all threads together.</summary>
    public ReadOnlySpan<RunPart> Together => parts.AsSpan(alone, count - alone);

    /// <summary>Divides a run.</summary>
    /// <param name="starts">Where each sequence begins, and the rows of all: [sequences + 1].</param>
    /// <param name="threads">Threads of the pool.</param>
    public void Cut(ReadOnlySpan<int> starts, int threads)
    {
        int rows = starts[^1], wanted = rows / RowsPerThread / threads * threads;
        if (wanted == 0) wanted = rows >= FewestRowsPerThread * threads ? threads : 1;
        if (wanted == 1)
        {
            Keep(starts.Length - 1, rows);
            return;
        }
        Reserve(wanted, threads);
        CutEvenly(starts, wanted);
        parts.AsSpan(0, count).Sort(LongestFirst);
        Share(threads);
        Order(threads);
        Join(RowsPerThread * threads);
    }

    /// <summary>The next part for a thread: of its own, else of those of others.</summary>
    /// <param name="worker">The thread.</param>
    /// <param name="owner">Whose part it is. Nobody's first part has fewer rows than what is left for others to take when all have begun.</param>
    /// <param name="part">The part.</param>
    /// <returns>Whether there was one left.</returns>
    public bool TryTake(int worker, out int owner, out RunPart part)
    {
        for (int i = 0; i < taken.Length; i++)
        {
            owner = (worker + i) % taken.Length;
            if (Volatile.Read(ref taken[owner]) >= ends[owner]) continue;
            int own = Interlocked.Increment(ref taken[owner]) - 1;
            if (own >= ends[owner]) continue;
            part = parts[own];
            return true;
        }
        (owner, part) = (worker, default);
        return false;
    }

    /// <summary>Takes a run as one part, for all threads together.</summary>
    private void Keep(int sequences, int rows)
    {
        if (parts.Length == 0) parts = new RunPart[1];
        (alone, count) = (0, 1);
        parts[0] = new RunPart(0, sequences, rows, 0);
    }

    private void Reserve(int most, int threads)
    {
        if (owners.Length < most) (parts, owners) = (new RunPart[most * 2], new int[most * 2]);
        if (taken.Length == threads) return;
        (ends, taken, loads) = (new int[threads], new int[threads], new long[threads]);
    }

    /// <summary>Whole sequences, in shares of the rows that are as even as these allow.</summary>
    private void CutEvenly(ReadOnlySpan<int> starts, int wanted)
    {
        count = 0;
        for (int first = 0; first < starts.Length - 1; wanted--)
        {
            int end = first + 1, share = (starts[^1] - starts[first]) / wanted;
            // The next sequence too, if that comes closer to an even share.
            while (end < starts.Length - 1 && (wanted == 1 || starts[end] + starts[end + 1] <= 2 * (starts[first] + share))) end++;
            long cost = 0;
            for (int s = first; s < end; s++)
            {
                long length = starts[s + 1] - starts[s];
                cost += length * (AttentionRows + length);
            }
            parts[count++] = new RunPart(first, end - first, starts[end] - starts[first], cost);
            first = end;
        }
    }

    private static int LongestFirst(RunPart a, RunPart b) => a.Rows != b.Rows ? b.Rows.CompareTo(a.Rows) : a.First.CompareTo(b.First);

    /// <summary>
    /// Gives the longest parts to threads, each to the one that has least to do, as long as the whole, with the others' kernels run by all threads,
    /// is done the sooner.
    /// </summary>
    private void Share(int threads)
    {
        Array.Clear(loads);
        long rest = 0, longest = 0;
        for (int i = 0; i < count; i++) rest += parts[i].Cost;
        double least = RestTogether();
        alone = 0;
        for (int i = 0; i < count; i++)
        {
            int owner = 0;
            for (int other = 1; other < threads; other++)
            {
                if (loads[other] < loads[owner]) owner = other;
            }
            owners[i] = owner;
            loads[owner] += parts[i].Cost;
            longest = Math.Max(longest, loads[owner]);
            rest -= parts[i].Cost;
            if (longest + RestTogether() >= least) continue;
            least = longest + RestTogether();
            alone = i + 1;
        }

        double RestTogether() => rest * (TogetherCost / 100.0) / threads;
    }

    /// <summary>Puts the parts of each thread one after another, the longest first: what others take at the end is then little.</summary>
    private void Order(int threads)
    {
        owners.AsSpan(0, alone).Sort(parts.AsSpan(0, alone));
        for (int owner = 0, end = 0; owner < threads; owner++)
        {
            taken[owner] = end;
            while (end < alone && owners[end] == owner) end++;
            ends[owner] = end;
            parts.AsSpan(taken[owner]..end).Sort(LongestFirst);
        }
    }

    /// <summary>Makes one part of neighbouring ones among those for all threads, up to so many rows.</summary>
    private void Join(int most)
    {
        Span<RunPart> together = parts.AsSpan(alone, count - alone);
        together.Sort(static (a, b) => a.First.CompareTo(b.First));
        int last = alone;
        for (int i = alone + 1; i < count; i++)
        {
            RunPart before = parts[last], next = parts[i];
            if (before.First + before.Count == next.First && before.Rows + next.Rows <= most) parts[last] = before.With(next);
            else parts[++last] = next;
        }
        if (alone < count) count = last + 1;
    }
}
