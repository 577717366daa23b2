using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>What a program needs for any batch: found by running its schedule once without a device.</summary>
internal sealed class ProgramPlan
{
    private readonly Dictionary<(string Kind, int First, int Second, int Third), RecordPart> byMeaning = [];
    private readonly List<RecordPart> parts = [];
    private readonly SortedDictionary<int, CudaSpace> spaces = [];
    private readonly List<CudaSpace> spacesInOrder = [];
    private readonly List<Computation> integers = [];
    private readonly List<AttentionPair> pairs = [];
    private readonly Dictionary<(int Slot, CudaSpace Space), int> rowBytes = [];
    private readonly Dictionary<CudaSpace, int> scratch = [];
    private readonly Dictionary<CudaSpace, long> scanScratch = [];
    private readonly SortedDictionary<int, CudaView> inputs = [], outputs = [];
    private bool complete;

    /// <param name="kept">What is kept from run to run; null for ordinary runs.</param>
    /// <param name="firstOwnSlot">Slots from here on are those of kept rows.</param>
    public ProgramPlan(KeptEntries? kept = null, int firstOwnSlot = 0)
    {
        (Kept, FirstOwnSlot) = (kept, firstOwnSlot);
        Counts = Part(("counts", 0, 0), number => new CountsPart(spacesInOrder) { Number = number });
    }

    /// <summary>What an incremental run has of earlier ones; null where runs are ordinary.</summary>
    public KeptEntries? Kept { get; }

    /// <summary>Whether the schedule said that the layer is incremental.</summary>
    public bool IsIncremental { get; set; }

    /// <summary>The first slot that no buffer of the schedule has.</summary>
    public int FirstOwnSlot { get; }

    /// <summary>Spaces of which graphs count all rows that sequences ever had.</summary>
    public int TotalCount { get; private set; }

    /// <summary>Rows and sequences of the spaces, in the order of <see cref="CountOf"/>.</summary>
    public RecordPart Counts { get; }

    public IReadOnlyList<RecordPart> Parts => parts;

    public IReadOnlyList<AttentionPair> Pairs => pairs;

    /// <summary>Inputs that the batch brings, used or not, up to the last that is used.</summary>
    public int InputCount { get; private set; }

    /// <summary>Spaces with lengths of their own.</summary>
    public int LengthsCount { get; private set; }

    public int SlotCount { get; private set; }

    /// <summary>Inputs of floats and where they go, results and where they come from; by number.</summary>
    public IEnumerable<(int Number, CudaView View)> CopiesIn => inputs.Select(i => (i.Key, i.Value));

    /// <inheritdoc cref="CopiesIn"/>
    public IEnumerable<(int Number, CudaView View)> CopiesOut => outputs.Select(o => (o.Key, o.Value));

    /// <summary>From now on a schedule may ask for nothing new.</summary>
    public void Complete() => complete = true;

    public CudaSpace Space(int number, SpaceKind kind, int input, int rows = 0)
    {
        if (spaces.TryGetValue(number, out CudaSpace? known))
        {
            if (known.IsLike(new CudaSpace(number, kind, input, rows))) return known;
            throw new InvalidOperationException($"space {number} was another one before");
        }
        ThrowIfComplete($"space {number}");
        if (input >= 0) UseInput(input);
        var space = new CudaSpace(number, kind, input, rows);
        spaces.Add(number, space);
        spacesInOrder.Add(space);
        if (kind == SpaceKind.Input) Kept?.Add(space);
        return space;
    }

    /// <summary>The space of the lengths that a computation gives. Those of passes of loops have numbers of their own, below zero.</summary>
    public CudaSpace SpaceOfLengths(int number, int input, ReadOnlySpan<int> given)
    {
        foreach (CudaSpace known in spacesInOrder)
        {
            if (known.Lengths is not { } lengths || !lengths.Is(number, given)) continue;
            if (known.Input != input) throw new InvalidOperationException($"space {number} was another one before");
            return known;
        }
        int own = given.IsEmpty ? number : -1 - spacesInOrder.Count;
        if (spaces.ContainsKey(own)) throw new InvalidOperationException($"space {number} was another one before");
        ThrowIfComplete($"space {number}");
        UseInput(input);
        var space = new CudaSpace(own, SpaceKind.Lengths, input, LengthsCount++) { Lengths = new Computation(number, given.ToArray()) };
        spaces.Add(own, space);
        spacesInOrder.Add(space);
        if (own >= 0) Kept?.Add(space);
        return space;
    }

    /// <summary>A space's rows, and before them those of earlier runs within reach.</summary>
    public CudaSpace KeptSpace(CudaSpace parent, int reach)
    {
        foreach (CudaSpace known in spacesInOrder)
            if (known.Parent == parent && known.Reach == reach) return known;
        ThrowIfComplete($"kept rows of space {parent.Number}");
        var space = new CudaSpace(-1 - spacesInOrder.Count, parent, reach);
        spaces.Add(space.Number, space);
        spacesInOrder.Add(space);
        return space;
    }

    /// <summary>In incremental runs, graphs have room for all rows that the sequences of a space ever had.</summary>
    public void UseTotal(CudaSpace space)
    {
        if (Kept is null || space.Total >= 0 || space.Kind is not (SpaceKind.Input or SpaceKind.Lengths)) return;
        ThrowIfComplete($"all rows of space {space.Number}");
        space.Total = TotalCount++;
    }

    /// <summary>The place of a computation of integers among all that the schedule asks for.</summary>
    public int Integers(int number, ReadOnlySpan<int> given)
    {
        for (int i = 0; i < integers.Count; i++)
            if (integers[i].Is(number, given)) return i;
        ThrowIfComplete($"integers {number}");
        integers.Add(new Computation(number, given.ToArray()));
        return integers.Count - 1;
    }

    /// <summary>The computation in a place that <see cref="Integers(int, ReadOnlySpan{int})"/> gave.</summary>
    public Computation Integers(int place) => integers[place];

    /// <summary>A space that was asked for before.</summary>
    public CudaSpace Space(int number) => spaces.TryGetValue(number, out CudaSpace? space)
        ? space
        : throw new InvalidOperationException($"the schedule asked for no space {number} before");

    /// <summary>The space of integers that were asked for before.</summary>
    public CudaSpace SpaceOfIntegers(int number) => ((HostIntegersPart)Part((HostIntegersPart.Kind, number, 0, 0))).Space;

    /// <summary>Where a space's number of rows stands in <see cref="Counts"/>; that of its sequences follows it.</summary>
    public int CountOf(CudaSpace space) => 2 * spacesInOrder.IndexOf(space);

    public void UseInput(int input)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(input);
        if (input < InputCount) return;
        ThrowIfComplete($"input {input}");
        InputCount = input + 1;
    }

    /// <summary>A part of the record, made when it is first asked for.</summary>
    public RecordPart Part((string Kind, int First, int Second) meaning, Func<int, RecordPart> create) =>
        Part((meaning.Kind, meaning.First, meaning.Second, 0), create);

    /// <inheritdoc cref="Part(ValueTuple{string, int, int}, Func{int, RecordPart})"/>
    public RecordPart Part((string Kind, int First, int Second, int Third) meaning, Func<int, RecordPart> create)
    {
        if (byMeaning.TryGetValue(meaning, out RecordPart? known)) return known;
        ThrowIfComplete(meaning.Kind);
        RecordPart part = create(parts.Count);
        byMeaning.Add(meaning, part);
        parts.Add(part);
        return part;
    }

    /// <summary>A part that was asked for before.</summary>
    public RecordPart Part((string Kind, int First, int Second, int Third) meaning) => byMeaning.TryGetValue(meaning, out RecordPart? known)
        ? known
        : throw new InvalidOperationException($"the schedule asked for no {meaning.Kind} {meaning.First} before");

    public AttentionPair Pair(CudaSpace queries, CudaSpace keys)
    {
        foreach (AttentionPair known in pairs)
            if (known.Is(queries, keys)) return known;
        int number = pairs.Count;
        RecordPart work = Part(
            ("work", queries.Number, keys.Number), place => new WorkPart(queries, keys, number) { Number = place });
        var pair = new AttentionPair(number, queries, keys, (WorkPart)work);
        pairs.Add(pair);
        return pair;
    }

    /// <summary>The pair, of which an attention over kept keys takes the sequences with few new queries part by part.</summary>
    /// <param name="queries">Rows of the queries.</param>
    /// <param name="keys">Rows of the keys.</param>
    /// <param name="mostQueries">The most new queries of a sequence that it takes: all of the pair take the same, the fewest.</param>
    /// <param name="slotFloats">Floats that it leaves for each part and query.</param>
    public AttentionPair PairInParts(CudaSpace queries, CudaSpace keys, int mostQueries, int slotFloats)
    {
        AttentionPair pair = Pair(queries, keys);
        if (pair.Parts is null)
        {
            var parts = new PairParts(pair.Number, queries, keys);
            parts.List = Part(("parts", queries.Number, keys.Number), place => new PartsPart(parts) { Number = place });
            parts.Merges = Part(("merges", queries.Number, keys.Number), place => new MergePart(parts) { Number = place });
            pair.Parts = pair.Work.Parts = parts;
        }
        if (!complete) pair.Parts.Use(mostQueries, slotFloats);
        return pair;
    }

    public void UseSlot(int slot, CudaSpace space, int columns, int elementBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(slot);
        int bytes = checked(Elements.Padded(columns) * elementBytes);
        if (rowBytes.TryGetValue((slot, space), out int known) && known >= bytes) return;
        ThrowIfComplete($"slot {slot} with {columns} columns");
        rowBytes[(slot, space)] = bytes;
        SlotCount = Math.Max(SlotCount, slot + 1);
    }

    /// <summary>Scratch of an integer a row and some more.</summary>
    public void UseScratch(CudaSpace space, int further)
    {
        if (scratch.TryGetValue(space, out int known) && known >= further) return;
        ThrowIfComplete($"{further} integers of scratch");
        scratch[space] = further;
    }

    /// <summary>Scratch of so many integers for each chunk of a scan.</summary>
    public void UseScanScratch(CudaSpace space, long ofChunk)
    {
        if (scanScratch.TryGetValue(space, out long known) && known >= ofChunk) return;
        ThrowIfComplete($"{ofChunk} integers of scratch for a scan");
        scanScratch[space] = ofChunk;
    }

    /// <summary>Integers of scratch that a graph needs: one kernel's at a time.</summary>
    public long ScratchIntegers(BatchKey key) => scratch.Select(s => (long)s.Value + s.Key.RowCapacity(key))
        .Concat(scanScratch.Where(_ => key.HasLongSequences).Select(s => s.Value * ScanChunksPart.ChunkCapacity(s.Key, key)))
        .Concat(pairs.Select(pair => (long)key.Slots(pair.Number) * (pair.Parts?.SlotFloats ?? 0)))
        .DefaultIfEmpty().Max();

    /// <summary>Where the chunks of each sequence begin.</summary>
    public RecordPart ScanChunks(CudaSpace space) =>
        Part(("chunks of space", space.Number, 0), place => new ScanChunksPart(space) { Number = place });

    /// <summary>The sequence of each chunk.</summary>
    public RecordPart ScanChunkSequences(CudaSpace space) =>
        Part(("sequences of the chunks of space", space.Number, 0), place => new ScanChunkSequencesPart(space) { Number = place });

    public void CopyIn(int input, CudaView view) => Copy(inputs, "input", input, view);

    public void CopyOut(int output, CudaView view) => Copy(outputs, "output", output, view);

    /// <summary>Bytes of a slot that a graph needs.</summary>
    public long SlotBytes(int slot, BatchKey key)
    {
        long most = 0;
        foreach (((int of, CudaSpace space), int bytes) in rowBytes)
            if (of == slot) most = Math.Max(most, (long)bytes * space.RowCapacity(key));
        return most;
    }

    /// <summary>Sets the smallest key that a batch fits.</summary>
    public void SetKey(BatchKey key, CudaBatch batch)
    {
        bool everywhere = true;
        for (int i = 0; i < InputCount; i++)
        {
            RunInput input = batch.Inputs[i];
            everywhere &= input.RowCount > 0;
            key.SetInput(i, Buckets.Rows(input.RowCount), Buckets.Sequences(input.SequenceCount));
        }
        foreach (CudaSpace space in spacesInOrder)
        {
            if (space.Kind != SpaceKind.Lengths) continue;
            int rows = batch.Rows(space);
            everywhere &= rows > 0;
            key.SetRowsOfLengths(space.Size, Buckets.Rows(rows));
        }
        foreach (CudaSpace space in spacesInOrder)
        {
            if (space.Total < 0) continue;
            long total = batch.Rows(space);
            foreach (int before in batch.Bases(space)) total += before;
            key.SetTotalRows(space.Total, Buckets.Rows(checked((int)total)));
        }
        key.HasRowsEverywhere = everywhere;
        // Without a lambda, which would allocate at each run.
        key.HasLongSequences = false;
        foreach (CudaSpace space in scanScratch.Keys) key.HasLongSequences |= ScanChunksPart.HasLong(batch, space);
        foreach (AttentionPair pair in pairs)
        {
            (int slots, bool hasTiles) = pair.Parts?.Share(batch) ?? (0, true);
            key.SetPair(pair.Number, pair.Choose(batch), slots, hasTiles);
        }
    }

    private void Copy(SortedDictionary<int, CudaView> copies, string what, int number, CudaView view)
    {
        if (view.Start != 0 || view.Count != view.BufferColumns)
            throw new ArgumentException($"{what} {number} is a whole buffer, not columns of one", nameof(view));
        if (complete) return;
        if (what == "input") UseInput(number);
        copies[number] = view;
    }

    private void ThrowIfComplete(string what)
    {
        if (complete) throw new InvalidOperationException($"the schedule asks for {what} only now, and not when it was planned");
    }
}
