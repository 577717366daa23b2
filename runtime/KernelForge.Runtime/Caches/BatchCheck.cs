using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime.Caches;

/// <summary>What must hold of a batch and the sequences that it goes on; and how many rows these had and get.</summary>
internal sealed class BatchCheck(SequenceCache cache, CacheLayout layout, string layer)
{
    private readonly int[][] past = Rows(layout), added = Rows(layout);
    private long run;

    /// <summary>New rows, [spaces of the layout][sequences].</summary>
    public int[][] Added => added;

    /// <summary>Rows before the run, [sequences] at least.</summary>
    public int[] Past(int space)
    {
        for (int slot = 0; slot < past.Length; slot++)
        {
            if (layout.Spaces[slot].Number == space) return past[slot];
        }
        throw new InvalidOperationException($"the layout of {layer} has no row space {space}");
    }

    /// <summary>Finds the sequences and counts their rows.</summary>
    /// <exception cref="ArgumentException">Numbers and rows do not fit the cache or each other.</exception>
    public void Run(ReadOnlySpan<int> numbers, Span<CachedSequence> batch, bool fresh, ReadOnlySpan<AddedRows> rows)
    {
        run++;
        for (int s = 0; s < numbers.Length; s++)
        {
            batch[s] = cache.Find(numbers[s]);
            if (batch[s].Run == run) throw new ArgumentException($"sequence {numbers[s]} is in the batch twice: once a run");
            batch[s].Run = run;
            if (batch[s].HasEnded)
                throw new ArgumentException($"sequence {numbers[s]} has had its last rows, as Finish said: add another for others");
            if (fresh && batch[s].HasRun)
            {
                throw new ArgumentException(
                    $"sequence {numbers[s]} has {batch[s].Lengths.Max()} rows already: Prefill begins one from Add, Step goes on");
            }
        }
        for (int slot = 0; slot < past.Length; slot++)
        {
            if (past[slot].Length < numbers.Length) (past[slot], added[slot]) = (new int[numbers.Length * 2], new int[numbers.Length * 2]);
            for (int s = 0; s < numbers.Length; s++) past[slot][s] = batch[s].Lengths[slot];
            Count(layout.Spaces[slot], added[slot].AsSpan(0, numbers.Length), past[slot], numbers, batch, fresh, rows);
        }
    }

    private void Count(
        CachedSpace space, Span<int> into, int[] before, ReadOnlySpan<int> numbers, Span<CachedSequence> batch, bool fresh,
        ReadOnlySpan<AddedRows> rows)
    {
        into.Clear();
        bool isInput = space.GoesOn;
        foreach (AddedRows given in rows)
        {
            if (given.Space != space.Number) continue;
            if (given.Offsets.Length != numbers.Length + 1)
            {
                throw new ArgumentException(
                    $"{layer}: the batch has {given.Offsets.Length - 1} sequences, the numbers name {numbers.Length}");
            }
            for (int s = 0; s < into.Length; s++) into[s] = given.Offsets[s + 1] - given.Offsets[s];
            isInput &= given.IsInput;
            break;
        }
        for (int s = 0; s < into.Length; s++)
        {
            string? wrong = isInput && into[s] == 0 ? "brings no rows: every sequence of a batch goes on by at least one"
                : space.GoesOn || fresh || into[s] == 0 ? null
                : $"brings {into[s]} rows of an input that does not go on: Prefill alone takes them";
            if (!space.GoesOn && !fresh && !batch[s].HasRun) wrong ??= "has not begun: Prefill brings the inputs that do not go on";
            if (into[s] > int.MaxValue - before[s]) wrong ??= $"would have {(long)before[s] + into[s]} rows; the limit is {int.MaxValue}";
            if (wrong is not null) throw new ArgumentException($"{layer}: sequence {numbers[s]} {wrong}");
        }
    }

    private static int[][] Rows(CacheLayout layout) => [.. layout.Spaces.Select(_ => Array.Empty<int>())];
}
