using System.Runtime.InteropServices;

namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>Some kept keys of a sequence and its few new queries: the device library's <c>AttentionPart</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct AttentionPart
{
    /// <summary>What a part takes of the record.</summary>
    public const int Integers = WorkItem.Integers + 4;

    public WorkItem Item;
    public int FirstKey, Keys, Slot, SlotsAQuery;
}

/// <summary>A query and the results of its parts: the device library's <c>MergeItem</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MergeItem
{
    /// <inheritdoc cref="AttentionPart.Integers"/>
    public const int Integers = 4;

    public int Row, Slot, FirstPart, EndPart;
}

/// <summary>
/// How attention of few new queries over many kept keys is shared out: which sequences of a batch it takes, and how their keys are cut. Both follow
/// from the sequence alone: from its new queries, and from the positions of its keys.
/// </summary>
/// <param name="queryOffsets">Where each sequence's queries begin: [sequences + 1].</param>
/// <param name="queryBases">How many came before those: [sequences].</param>
/// <param name="keyOffsets">Where each sequence's new keys begin: [sequences + 1].</param>
/// <param name="keyBases">How many came before those: [sequences].</param>
/// <param name="mostQueries">A sequence with more new queries goes tile by tile.</param>
internal readonly ref struct KeyParts(
    ReadOnlySpan<int> queryOffsets, ReadOnlySpan<int> queryBases, ReadOnlySpan<int> keyOffsets, ReadOnlySpan<int> keyBases, int mostQueries)
{
    /// <summary>
    /// Keys of a part. Fewer would keep more warps busy where there are few sequences; but each part leaves as many floats as a query has columns,
    /// and that should stay little beside its keys and values.
    /// </summary>
    public const int Keys = 128;

    private readonly ReadOnlySpan<int> queryOffsets = queryOffsets, queryBases = queryBases, keyOffsets = keyOffsets, keyBases = keyBases;

    /// <summary>Rows of a warp's tile: the queries of a sequence times the heads that share a key head should fit it.</summary>
    private const int TileRows = 16;

    /// <summary>The most new queries of a sequence that share the keys they load.</summary>
    public static int MostQueries(int heads, int keyHeads) => Math.Max(1, TileRows / (heads / keyHeads));

    /// <summary>
    /// A sequence with no more keys goes tile by tile, however few its new queries: there is little to share out, and so its steps have the bits
    /// of a whole run.
    /// </summary>
    public int MostKeysOfTiles { get; init; } = 2 * Keys;

    /// <summary>The first row that each sequence still keeps: parts in front of it are left out. Empty where all do.</summary>
    public ReadOnlySpan<int> FirstKeys { get; init; }

    public int Sequences => queryBases.Length;

    /// <summary>Whether a sequence has few new queries and many keys.</summary>
    public bool Takes(int sequence) =>
        Queries(sequence) is > 0 and var queries && queries <= mostQueries && KeyLength(sequence) > MostKeysOfTiles;

    public int Queries(int sequence) => queryOffsets[sequence + 1] - queryOffsets[sequence];

    /// <summary>
    /// The numbers of the first of a sequence's parts and of the one behind the last: part n has keys from n * <see cref="Keys"/> on.
    /// </summary>
    public (int First, int End) Parts(int sequence)
    {
        int end = (KeyLength(sequence) + Keys - 1) / Keys;
        return (FirstKeys.IsEmpty ? 0 : Math.Min(end, FirstKeys[sequence] / Keys), end);
    }

    /// <summary>What all parts leave: one result a part and query.</summary>
    public int Slots()
    {
        int slots = 0;
        for (int s = 0; s < Sequences; s++)
        {
            if (!Takes(s)) continue;
            (int first, int end) = Parts(s);
            slots = checked(slots + (Queries(s) * (end - first)));
        }
        return slots;
    }

    /// <summary>Lists the parts, whole ones first, and returns how many there are.</summary>
    public int List(Span<AttentionPart> parts)
    {
        int whole = 0, slot = 0;
        for (int s = 0; s < Sequences; s++) whole += Takes(s) ? WholeParts(s) : 0;
        int count = whole;
        whole = 0;
        for (int s = 0; s < Sequences; s++)
        {
            if (!Takes(s)) continue;
            (int first, int end) = Parts(s);
            for (int n = first; n < end; n++)
            {
                int keys = Math.Min(Keys, KeyLength(s) - (n * Keys));
                parts[keys == Keys ? whole++ : count++] = new AttentionPart
                {
                    Item = Item(s),
                    FirstKey = n * Keys,
                    Keys = keys,
                    Slot = slot + n - first,
                    SlotsAQuery = end - first,
                };
            }
            slot += Queries(s) * (end - first);
        }
        return count;
    }

    /// <summary>Lists the queries, and returns how many there are.</summary>
    public int List(Span<MergeItem> items)
    {
        int count = 0, slot = 0;
        for (int s = 0; s < Sequences; s++)
        {
            if (!Takes(s)) continue;
            (int first, int end) = Parts(s);
            for (int row = queryOffsets[s]; row < queryOffsets[s + 1]; row++, slot += end - first)
                items[count++] = new MergeItem { Row = row, Slot = slot, FirstPart = first, EndPart = end };
        }
        return count;
    }

    private int KeyLength(int sequence) => keyBases[sequence] + keyOffsets[sequence + 1] - keyOffsets[sequence];

    private int WholeParts(int sequence) => (KeyLength(sequence) / Keys) - Parts(sequence).First is > 0 and var parts ? parts : 0;

    private WorkItem Item(int sequence) => new()
    {
        QueryStart = queryOffsets[sequence],
        QueryLength = Queries(sequence),
        KeyStart = keyOffsets[sequence],
        KeyLength = KeyLength(sequence),
        Sequence = sequence,
        QueryBase = queryBases[sequence],
        KeyBase = keyBases[sequence],
    };
}
