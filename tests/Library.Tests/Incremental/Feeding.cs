using KernelForge.Runtime;

namespace KernelForge.Library.Tests.Incremental;

/// <summary>Sequences in parts of random lengths, in batches that they join and leave.</summary>
internal static class Feeding
{
    /// <summary>Rows <paramref name="First"/> to below <paramref name="End"/> of a sequence, which has a number in the cache.</summary>
    public readonly record struct Part(int Sequence, int Number, int First, int End);

    /// <summary>A batch.</summary>
    public sealed record Turn(IReadOnlyList<Part> Parts)
    {
        public int[] Numbers => [.. Parts.Select(p => p.Number)];

        /// <summary>The same sequences from their first rows on.</summary>
        public Turn Whole() => new([.. Parts.Select(p => p with { First = 0 })]);

        /// <summary>All rows of the same sequences, of a batch of other lengths.</summary>
        public Turn WholeOf(int[] lengths) => new([.. Parts.Select(p => p with { First = 0, End = lengths[p.Sequence] })]);

        public Turn Where(Func<Part, bool> which) => new([.. Parts.Where(which)]);
    }

    /// <summary>Turns until every sequence was fed; each is added to the cache when it begins and removed when it has ended.</summary>
    public static IEnumerable<Turn> Turns(int[] lengths, int seed, SequenceCache cache)
    {
        var random = new Random(seed);
        int[] sizes = [1, 1, 2, 3, 31, 32, 33, 40];
        Dictionary<int, (int Number, int Next)> running = [];
        Queue<int> waiting = new(Enumerable.Range(0, lengths.Length).OrderBy(_ => random.Next()));
        while (waiting.Count + running.Count > 0)
        {
            while (waiting.Count > 0 && (running.Count == 0 || random.Next(2) == 0)) running.Add(waiting.Dequeue(), (cache.Add(), 0));
            List<Part> parts = [];
            foreach ((int sequence, (int number, int next)) in running.OrderBy(_ => random.Next()).Take(1 + random.Next(4)))
                parts.Add(new Part(sequence, number, next, Math.Min(lengths[sequence], next + sizes[random.Next(sizes.Length)])));
            yield return new Turn(parts);
            foreach (Part p in parts)
            {
                Assert.Equal(p.End, cache.Length(p.Number));
                running[p.Sequence] = (p.Number, p.End);
                if (p.End < lengths[p.Sequence]) continue;
                running.Remove(p.Sequence);
                cache.Remove(p.Number);
            }
        }
    }

    /// <summary>The rows of a turn.</summary>
    public static RaggedMatrix Rows(RaggedMatrix all, Turn turn)
    {
        var rows = new RaggedMatrix([.. turn.Parts.Select(p => p.End - p.First)], all.Columns);
        for (int i = 0; i < turn.Parts.Count; i++)
        {
            Part p = turn.Parts[i];
            all.Sequence(p.Sequence)[(p.First * all.Columns)..(p.End * all.Columns)].CopyTo(rows.Sequence(i));
        }
        return rows;
    }

    /// <summary>The rows of a turn are those of the whole run.</summary>
    public static void AssertRows(RaggedMatrix whole, Turn turn, RaggedMatrix actual)
    {
        RaggedMatrix expected = Rows(whole, turn);
        Assert.Equal(expected.ToString(), actual.ToString());
        for (int i = 0; i < turn.Parts.Count; i++)
        {
            Assert.True(expected.Sequence(i).SequenceEqual(actual.Sequence(i)),
                $"{turn.Parts[i]}: first difference at {expected.Sequence(i).CommonPrefixLength(actual.Sequence(i))} of {actual.Sequence(i).Length}");
        }
    }
}
