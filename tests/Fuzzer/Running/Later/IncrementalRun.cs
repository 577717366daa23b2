using System.Collections.Immutable;
using KernelForge.Runtime;

namespace KernelForge.Fuzzer.Running.Later;

/// <summary>
/// An incremental layer is run in random parts of sequences that join, leave and fork; each part has the bits of the rows that a whole run
/// gives.
/// </summary>
internal sealed class IncrementalRun
{
    private const long Budget = 1 << 26;

    private readonly LoadedLayer layer;
    private readonly Case one;
    private readonly Loose[] inputs;
    private readonly bool[] goesOn;
    private readonly Feeding feeding;

    /// <summary>The whole run, and where in it a sequence stands.</summary>
    private readonly Result[] whole = [];
    private readonly Dictionary<int, int> places = [];

    /// <summary>Of the sequences that have joined, their numbers in the cache.</summary>
    private readonly Dictionary<int, int> numbers = [];

    /// <param name="isShort">Whether few parts are enough: where each takes long.</param>
    public IncrementalRun(LoadedLayer layer, Case one, object[] given, bool isShort)
    {
        (this.layer, this.one) = (layer, one);
        inputs = [.. given.Select(input => new Loose(input))];
        goesOn = [.. one.Inputs.Select(layer.GoesOn)];
        feeding = Feeding.Draw([.. Enumerable.Range(0, Later.Count).Select(Later.Length)], one.Chunk, one.Seed, isShort);
        AddForks();
        Part[] all = [.. Enumerable.Range(0, Later.Count).Select(s => new Part(s, 0, Later.Length(s), true)).Where(p => p.End > 0)];
        if (all.Length == 0) return;
        whole = layer.Run(Inputs(all, withOthers: true));
        for (int i = 0; i < all.Length; i++) places[all[i].Sequence] = i;
    }

    /// <summary>Called with what a part gave, before it is compared: what a test plants a fault with.</summary>
    public Action<Result[]>? Plant { get; init; }

    /// <summary>One of the inputs whose rows go on.</summary>
    private Loose Later => inputs[Array.IndexOf(goesOn, true)];

    /// <summary>What is wrong, in words; null where nothing is.</summary>
    public string? Difference()
    {
        if (whole.Length == 0) return null;
        using SequenceCache cache = layer.NewCache(Budget);
        foreach (Turn turn in feeding.Turns)
        {
            switch (turn)
            {
                case Turn.Add a:
                    numbers[a.Sequence] = cache.Add();
                    break;
                case Turn.Fork f:
                    numbers[f.Sequence] = cache.Fork(numbers[f.From]);
                    break;
                case Turn.Remove r:
                    cache.Remove(numbers[r.Sequence]);
                    break;
                case Turn.Run run:
                    if (Difference(cache, run.Parts) is { } text)
                        return $"{text}; of parts {string.Join(", ", run.Parts.Select(p => p.Text))}";
                    break;
            }
        }
        return cache.Count == 0 && cache.Used == 0 ? null : $"{cache.Used} bytes of {cache.Count} sequences are left in an empty cache";
    }

    private string? Difference(SequenceCache cache, ImmutableArray<Part> parts)
    {
        foreach (Part p in parts) if (p.IsLast && p.End % one.Chunk != 0) cache.Finish(numbers[p.Sequence]);
        // Those that begin are given what is given once; where there is nothing such, they may go with the others.
        bool isTogether = goesOn.All(on => on) && one.Seed % 2 == 0;
        Part[][] runs = isTogether ? [[.. parts]] : [[.. parts.Where(p => p.First == 0)], [.. parts.Where(p => p.First > 0)]];
        foreach (Part[] run in runs)
        {
            if (run.Length == 0) continue;
            int[] sequences = [.. run.Select(p => numbers[p.Sequence])];
            Result[] actual = !isTogether && run[0].First == 0
                ? layer.Prefill(Inputs(run, withOthers: true), cache, sequences)
                : layer.Step(Inputs(run, withOthers: false), cache, sequences);
            Plant?.Invoke(actual);
            if (Difference(run, actual) is { } text) return text;
            if (run.Any(p => cache.Length(numbers[p.Sequence]) != p.End)) return "a sequence has other rows in the cache";
        }
        return null;
    }

    private string? Difference(Part[] parts, Result[] actual)
    {
        // One row a sequence is that of a run over all rows so far.
        Part[] fromFirst = [.. parts.Select(p => p with { First = 0 })];
        Result[]? soFar = actual.Any(r => r.IsOfSequences) ? layer.Run(Inputs(fromFirst, withOthers: true)) : null;
        for (int r = 0; r < actual.Length; r++)
        {
            for (int i = 0; i < parts.Length; i++)
            {
                ReadOnlySpan<float> expected = actual[r].IsOfSequences ? soFar![r].Sequence(i) : Rows(whole[r], parts[i]);
                if (Result.Difference(expected, actual[r].Sequence(i)) is { } text) return $"result {r}, {parts[i].Text}: {text}";
            }
        }
        return null;
    }

    /// <summary>The rows of a part, or that multiple of them which a result has.</summary>
    private ReadOnlySpan<float> Rows(Result result, Part part)
    {
        ReadOnlySpan<float> all = result.Sequence(places[part.Sequence]);
        int each = all.Length / Later.Length(part.Sequence);
        return all[(part.First * each)..(part.End * each)];
    }

    /// <summary>Rows of parts, and all of what is given once.</summary>
    private object[] Inputs(Part[] parts, bool withOthers) =>
    [
        .. inputs.Select((input, i) => (Input: input, GoesOn: goesOn[i])).Where(x => x.GoesOn || withOthers).Select(x => x.Input.Take(
            x.GoesOn ? parts : [.. parts.Select(p => p with { First = 0, End = x.Input.Length(p.Sequence) })])),
    ];

    private void AddForks()
    {
        ImmutableArray<int> lengths = [.. feeding.Forks.Select(f => f.Length)];
        object[] others = Running.Inputs.Make([.. one.Inputs.Select(input => input with { Lengths = lengths })], one.Seed + 2);
        for (int f = 0; f < feeding.Forks.Length; f++)
        {
            (int from, int shared, _) = feeding.Forks[f];
            for (int i = 0; i < inputs.Length; i++)
            {
                if (goesOn[i]) inputs[i].Add(from, shared, new Loose(others[i]), f);
                else inputs[i].Add(from);
            }
        }
    }
}
