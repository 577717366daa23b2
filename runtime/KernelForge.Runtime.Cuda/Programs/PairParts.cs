using System.Runtime.InteropServices;

namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>
/// How sequences with few new queries and many kept keys are shared out, between two spaces: the same for every attention between them.
/// </summary>
internal sealed class PairParts(int pair, CudaSpace queries, CudaSpace keys)
{
    private int mostQueries = int.MaxValue;

    /// <summary>Floats that an attention leaves for each part and query: of the one that leaves most.</summary>
    public int SlotFloats { get; private set; }

    /// <summary>The list of the parts.</summary>
    public RecordPart List { get; set; } = null!;

    /// <summary>The list of the queries whose parts are put together.</summary>
    public RecordPart Merges { get; set; } = null!;

    /// <summary>An attention of the pair: see <see cref="ProgramPlan.PairInParts"/>.</summary>
    public void Use(int ofQueries, int slotFloats) =>
        (mostQueries, SlotFloats) = (Math.Min(mostQueries, ofQueries), Math.Max(SlotFloats, slotFloats));

    /// <summary>Room for results that a batch needs, in steps as graphs have them; and whether it has sequences that go tile by tile.</summary>
    public (int Slots, bool HasTiles) Share(CudaBatch batch)
    {
        KeyParts parts = Of(batch);
        bool takesSome = false, leavesSome = false;
        for (int s = 0; s < parts.Sequences; s++)
        {
            takesSome |= parts.Takes(s);
            leavesSome |= parts.Queries(s) > 0 && !parts.Takes(s);
        }
        return (takesSome ? Buckets.Rows(parts.Slots()) : 0, leavesSome);
    }

    /// <summary>Queries that a graph has room for.</summary>
    public int QueryCapacity(BatchKey key) =>
        (int)Math.Min(queries.RowCapacity(key), (long)mostQueries * queries.SequenceCapacity(key));

    /// <summary>Parts that a graph has room for: each leaves a result.</summary>
    public int PartCapacity(BatchKey key) => key.Slots(pair);

    public KeyParts Of(CudaBatch batch) => new(batch.Offsets(queries), batch.Bases(queries), batch.Offsets(keys), batch.Bases(keys), mostQueries)
    {
        FirstKeys = batch.FirstRows(keys),
    };
}

/// <summary>How many parts there are, then, from integer <see cref="Items"/> on, the parts: see <see cref="AttentionPart"/>.</summary>
internal sealed class PartsPart(PairParts parts) : RecordPart
{
    /// <summary>Parts begin at a multiple of 16 bytes.</summary>
    public const int Items = 4;

    public override int Capacity(BatchKey key) => checked(Items + (AttentionPart.Integers * parts.PartCapacity(key)));

    public override void Fill(Span<int> values, CudaBatch batch, BatchKey key) =>
        values[0] = parts.Of(batch).List(MemoryMarshal.Cast<int, AttentionPart>(values[Items..]));
}

/// <summary>How many queries there are, then, from integer <see cref="Items"/> on, the queries: see <see cref="MergeItem"/>.</summary>
internal sealed class MergePart(PairParts parts) : RecordPart
{
    /// <inheritdoc cref="PartsPart.Items"/>
    public const int Items = 4;

    public override int Capacity(BatchKey key) => checked(Items + (MergeItem.Integers * parts.QueryCapacity(key)));

    public override void Fill(Span<int> values, CudaBatch batch, BatchKey key) =>
        values[0] = parts.Of(batch).List(MemoryMarshal.Cast<int, MergeItem>(values[Items..]));
}
