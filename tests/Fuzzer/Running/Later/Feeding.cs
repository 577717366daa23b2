using System.Collections.Immutable;

namespace KernelForge.Fuzzer.Running.Later;

/// <summary>What happens to a cache next.</summary>
internal abstract record Turn
{
    public sealed record Add(int Sequence) : Turn;

    /// <summary>A sequence begins as the past of another.</summary>
    public sealed record Fork(int From, int Sequence) : Turn;

    /// <summary>A sequence leaves, at its end or before.</summary>
    public sealed record Remove(int Sequence) : Turn;

    /// <summary>Rows of some sequences are run.</summary>
    public sealed record Run(ImmutableArray<Part> Parts) : Turn;
}

/// <summary>Rows of a sequence, from <paramref name="First"/> to below <paramref name="End"/>.</summary>
/// <param name="IsLast">Whether none follow.</param>
internal readonly record struct Part(int Sequence, int First, int End, bool IsLast)
{
    public string Text => $"{First}..{End} of {Sequence}";
}

/// <summary>A sequence that begins as another's first rows.</summary>
internal readonly record struct Forked(int From, int Shared, int Length);

/// <summary>A random way through sequences in parts: they join, leave and fork.</summary>
/// <param name="Forks">Those sequences that come behind the ones that are given.</param>
internal sealed record Feeding(ImmutableArray<Turn> Turns, ImmutableArray<Forked> Forks)
{
    private static readonly int[] ManySizes = [1, 1, 1, 2, 3, 7, 31, 32, 33, 40], FewSizes = [1, 5, 16, 33];

    /// <param name="lengths">Of the sequences that are given; those without rows never join.</param>
    /// <param name="chunk">Parts end at whole multiples of it, or where the sequence does.</param>
    /// <param name="isShort">Whether in few parts.</param>
    public static Feeding Draw(IReadOnlyList<int> lengths, int chunk, int seed, bool isShort)
    {
        var random = new Random(seed);
        (int[] sizes, int mostForks) = isShort ? (FewSizes, 1) : (ManySizes, 3);
        List<int> all = [.. lengths];
        int longest = lengths.DefaultIfEmpty(0).Max();
        List<Turn> turns = [];
        List<Forked> forks = [];
        Dictionary<int, int> running = [];
        Queue<int> waiting = new(Enumerable.Range(0, lengths.Count).Where(s => lengths[s] > 0).OrderBy(_ => random.Next()));
        while (waiting.Count + running.Count > 0)
        {
            while (waiting.Count > 0 && (running.Count == 0 || random.Next(2) == 0)) Join(waiting.Dequeue());
            Fork();
            Run();
            Leave();
        }
        return new Feeding([.. turns], [.. forks]);

        void Join(int sequence)
        {
            turns.Add(new Turn.Add(sequence));
            running.Add(sequence, 0);
        }

        void Fork()
        {
            int[] begun = [.. running.Where(r => r.Value > 0 && r.Value < longest).Select(r => r.Key)];
            if (begun.Length == 0 || forks.Count == mostForks || random.Next(4) > 0) return;
            int from = begun[random.Next(begun.Length)], sequence = all.Count;
            forks.Add(new Forked(from, running[from], Math.Min(longest, running[from] + 1 + random.Next(20))));
            all.Add(forks[^1].Length);
            turns.Add(new Turn.Fork(from, sequence));
            running.Add(sequence, running[from]);
        }

        void Run()
        {
            List<Part> parts = [];
            foreach ((int sequence, int first) in running.OrderBy(_ => random.Next()).Take(1 + random.Next(4)).ToArray())
            {
                int end = (first + sizes[random.Next(sizes.Length)] + chunk - 1) / chunk * chunk;
                parts.Add(new Part(sequence, first, Math.Min(end, all[sequence]), end >= all[sequence]));
                running[sequence] = parts[^1].End;
            }
            turns.Add(new Turn.Run([.. parts]));
        }

        void Leave()
        {
            foreach ((int sequence, int next) in running.ToArray())
            {
                if (next < all[sequence] && random.Next(30) > 0) continue;
                turns.Add(new Turn.Remove(sequence));
                running.Remove(sequence);
            }
        }
    }
}
