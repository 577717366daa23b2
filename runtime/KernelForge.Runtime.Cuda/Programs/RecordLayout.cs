namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>Where each part of the batch's record lies, in integers, for one graph.</summary>
internal sealed class RecordLayout
{
    /// <summary>Parts begin at multiples of a work item's size.</summary>
    private const int Alignment = WorkItem.Integers;

    private readonly int[] starts;

    public RecordLayout(IReadOnlyList<RecordPart> parts, BatchKey key)
    {
        starts = new int[parts.Count];
        for (int i = 0; i < parts.Count; i++)
        {
            if (!parts[i].IsRead) continue;
            starts[i] = Length;
            Length = checked(Length + parts[i].Capacity(key) + Alignment - 1) / Alignment * Alignment;
        }
        if (Length > int.MaxValue / sizeof(int)) throw new ArgumentException($"a batch with {key} is too large: split it");
    }

    /// <summary>Integers of the whole record.</summary>
    public int Length { get; }

    public int Start(RecordPart part) => starts[part.Number];

    public void Fill(Span<int> record, IReadOnlyList<RecordPart> parts, CudaBatch batch, BatchKey key)
    {
        for (int i = 0; i < parts.Count; i++)
            if (parts[i].IsRead) parts[i].Fill(record.Slice(starts[i], parts[i].Capacity(key)), batch, key);
    }
}
