namespace KernelForge.Runtime.Caches;

/// <summary>All rows of a batch's sequences, which the reference runs as a whole, until they are the sequences' past.</summary>
internal sealed class ReferenceRows
{
    private readonly Dictionary<int, History[]> wholes = [];

    /// <summary>Bytes of a batch that is to be kept.</summary>
    public long Needed(RaggedBatch added) => Waiting + (2L * sizeof(int) * added.TokenCount);

    /// <summary>Bytes of a matrix that is to be kept.</summary>
    public long Needed(RaggedMatrix added) => Waiting + (sizeof(float) * (long)added.Values.Length);

    /// <summary>Bytes that the run brought already.</summary>
    private long Waiting { get; set; }

    public RaggedBatch Whole(int input, ReadOnlySpan<CachedSequence> batch, RaggedBatch added)
    {
        Check(batch.Length, added.SequenceCount);
        Waiting = Needed(added);
        History[] whole = wholes[input] = Earlier(input, batch);
        for (int s = 0; s < whole.Length; s++) whole[s] = whole[s].Then(added, s);
        return RaggedBatch.Pack([.. whole.Select(h => h.Ids)], [.. whole.Select(h => h.Types)]);
    }

    public RaggedMatrix Whole(int input, ReadOnlySpan<CachedSequence> batch, RaggedMatrix added)
    {
        Check(batch.Length, added.SequenceCount);
        Waiting = Needed(added);
        History[] whole = wholes[input] = Earlier(input, batch);
        for (int s = 0; s < whole.Length; s++) whole[s] = whole[s].Then(added, s);
        var matrix = new RaggedMatrix([.. whole.Select(h => added.Columns == 0 ? 0 : h.Values.Length / added.Columns)], added.Columns);
        for (int s = 0; s < whole.Length; s++) whole[s].Values.CopyTo(matrix.Sequence(s));
        return matrix;
    }

    public void Keep(ReadOnlySpan<CachedSequence> batch)
    {
        foreach ((int input, History[] whole) in wholes)
        {
            for (int s = 0; s < whole.Length; s++)
            {
                List<History?> of = batch[s].Histories;
                while (of.Count <= input) of.Add(null);
                of[input] = whole[s];
            }
        }
        Forget();
    }

    public void Forget()
    {
        wholes.Clear();
        Waiting = 0;
    }

    private static History[] Earlier(int input, ReadOnlySpan<CachedSequence> batch)
    {
        var earlier = new History[batch.Length];
        for (int s = 0; s < earlier.Length; s++)
        {
            List<History?> of = batch[s].Histories;
            earlier[s] = (input < of.Count ? of[input] : null) ?? History.None;
        }
        return earlier;
    }

    private static void Check(int sequences, int given)
    {
        if (given != sequences) throw new ArgumentException($"the batch has {given} sequences, the run is on {sequences}");
    }
}
