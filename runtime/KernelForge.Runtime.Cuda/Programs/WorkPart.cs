using System.Runtime.InteropServices;

namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>One block's work for one head: the device library's <c>WorkItem</c>.</summary>
/// <remarks>Of the queries the rows in memory are counted, of the keys all: in an incremental run they lie in blocks.</remarks>
[StructLayout(LayoutKind.Sequential, Size = Integers * sizeof(int))]
internal struct WorkItem
{
    /// <summary>What an item takes of the record.</summary>
    public const int Integers = 8;

    public int QueryStart, QueryLength, KeyStart, KeyLength, FirstQuery, Sequence, QueryBase, KeyBase;
}

/// <summary>
/// The work list of attention between two spaces: how many items there are, then, from integer <see cref="Items"/> on, the items; those
/// that take longest first, so that blocks end together.
/// </summary>
internal sealed class WorkPart(CudaSpace queries, CudaSpace keys, int pair) : RecordPart
{
    /// <summary>Items begin at a multiple of their size.</summary>
    public const int Items = WorkItem.Integers;

    /// <summary>What takes sequences with few new queries and many kept keys, which are not in this list then.</summary>
    public PairParts? Parts { get; set; }

    public override int Capacity(BatchKey key) => checked(Items + (WorkItem.Integers * ItemCapacity(key)));

    /// <summary>Items that any batch of the graph has at most: every sequence ends with an item that may not be full.</summary>
    public int ItemCapacity(BatchKey key)
    {
        int sequences = queries.SequenceCapacity(key);
        return queries.OfSequences || key.Family(pair) == AttentionFamily.Whole
            ? sequences
            : checked((queries.RowCapacity(key) / key.Family(pair).Queries) + sequences);
    }

    public override void Fill(Span<int> values, CudaBatch batch, BatchKey key)
    {
        ReadOnlySpan<int> queryOffsets = batch.Offsets(queries), keyOffsets = batch.Offsets(keys);
        ReadOnlySpan<int> queryBases = batch.Bases(queries), keyBases = batch.Bases(keys);
        Span<WorkItem> items = MemoryMarshal.Cast<int, WorkItem>(values[Items..]);
        KeyParts parts = Parts is null ? default : Parts.Of(batch);
        int step = key.Family(pair).Queries, count = 0;
        for (int s = 0; s < queryOffsets.Length - 1; s++)
        {
            int length = queryOffsets[s + 1] - queryOffsets[s];
            if (Parts is not null && parts.Takes(s)) continue;
            for (int first = 0; first < length; first += step)
            {
                items[count++] = new WorkItem
                {
                    QueryStart = queryOffsets[s],
                    QueryLength = length,
                    KeyStart = keyOffsets[s],
                    KeyLength = keyBases[s] + keyOffsets[s + 1] - keyOffsets[s],
                    FirstQuery = first,
                    Sequence = s,
                    QueryBase = queryBases[s],
                    KeyBase = keyBases[s],
                };
            }
        }
        values[0] = count;
        items[..count].Sort(LongestFirst);
    }

    /// <summary>By keys, then in the batch's order.</summary>
    private static readonly Comparison<WorkItem> LongestFirst = (a, b) =>
        a.KeyLength != b.KeyLength ? b.KeyLength.CompareTo(a.KeyLength)
        : a.QueryStart != b.QueryStart ? a.QueryStart.CompareTo(b.QueryStart)
        : a.FirstQuery.CompareTo(b.FirstQuery);
}
