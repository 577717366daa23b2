using KernelForge.Runtime.Caches;
using KernelForge.Runtime.Cpu;

namespace KernelForge.Runtime.Execution;

/// <summary>
/// What a sequence keeps from run to run. Entries stand in the order in which a run meets them; a space comes before what lies in it.
/// </summary>
/// <remarks>
/// Keys, values and rows that many later rows read lie in blocks of 32 rows, all entries of a row space in one block. States of scans and
/// the few last rows of what reaches no further lie in memory of the sequence's own, which is there twice: a run reads one copy and writes
/// the other.
/// </remarks>
public sealed class CacheLayout
{
    /// <summary>Rows of a block: a multiple of every panel of keys.</summary>
    internal const int BlockRows = 32;

    /// <summary>Rows that reach no further lie in the sequence's own memory.</summary>
    internal const int FewRows = 64;

    private const int Line = 16;

    private readonly List<CachedSpace> spaces = [];
    private readonly List<CachedAttention> attentions = [];
    private readonly List<CachedRows> rows = [];
    private readonly List<CachedScan> scans = [];

    internal IReadOnlyList<CachedSpace> Spaces => spaces;

    internal IReadOnlyList<CachedAttention> Attentions => attentions;

    internal IReadOnlyList<CachedRows> RowEntries => rows;

    internal IReadOnlyList<CachedScan> Scans => scans;

    /// <summary>Bytes of one copy of a sequence's own memory.</summary>
    internal long StateBytes { get; private set; }

    /// <summary>A row space whose past is counted: that of every input, and those of computed lengths that an entry lies in.</summary>
    /// <param name="space">Its number in the plan.</param>
    /// <param name="goesOn">Whether runs after the first bring further rows of it.</param>
    /// <exception cref="ArgumentException">It was named before.</exception>
    public CacheLayout Space(int space, bool goesOn)
    {
        if (spaces.Exists(s => s.Number == space)) throw new ArgumentException($"The row space {space} was named before.", nameof(space));
        spaces.Add(new CachedSpace(space, goesOn));
        return this;
    }

    /// <summary>Keys and values of an attention.</summary>
    /// <param name="space">The row space of the keys.</param>
    /// <param name="keyColumns">Columns of the keys, all heads.</param>
    /// <param name="valueColumns">Columns of the values, all heads.</param>
    /// <param name="keyValueHeads">Their heads.</param>
    /// <param name="reach">How many rows behind the newest are still read; <see cref="int.MaxValue"/> for all.</param>
    /// <exception cref="ArgumentException">The columns do not divide into the heads, or the space was not named.</exception>
    public CacheLayout Attention(int space, int keyColumns, int valueColumns, int keyValueHeads, int reach)
    {
        if (keyValueHeads < 1 || keyColumns % keyValueHeads != 0 || valueColumns % keyValueHeads != 0)
        {
            throw new ArgumentException(
                $"Keys of {keyColumns} and values of {valueColumns} columns do not divide into {keyValueHeads} heads.");
        }
        (int slot, CachedSpace of) = Find(space);
        int headWidth = keyColumns / keyValueHeads, valueWidth = valueColumns / keyValueHeads;
        long place = Block(of, BlockRows * (long)keyValueHeads * (headWidth + Padded(valueWidth)), reach);
        attentions.Add(new CachedAttention(slot, keyValueHeads, headWidth, valueWidth, Padded(valueWidth), (nint)place));
        return this;
    }

    /// <summary>Rows that later rows read: the last <paramref name="reach"/> of them.</summary>
    /// <param name="space">Their row space.</param>
    /// <param name="columns">Columns of a row.</param>
    /// <param name="reach">How many rows behind the newest are still read; <see cref="int.MaxValue"/> for all.</param>
    /// <exception cref="ArgumentException">The space was not named.</exception>
    public CacheLayout Rows(int space, int columns, int reach)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        (int slot, CachedSpace of) = Find(space);
        bool few = reach <= FewRows;
        int stride = Padded(columns);
        long place = few ? Own((long)reach * stride) : Block(of, (long)BlockRows * stride, reach);
        rows.Add(new CachedRows(slot, columns, stride, few, reach, place));
        return this;
    }

    /// <summary>States of a scan, as <see cref="Cpu.Scans.Run"/> is told of them.</summary>
    public CacheLayout Scan(int features, int states, bool stretches)
    {
        ScanShape shape = ScanShape.Of(features, states, stretches, Line);
        scans.Add(new CachedScan(shape.Parts, shape.FloatsPerItem, Own(shape.Parts * shape.FloatsPerItem)));
        return this;
    }

    /// <summary>Columns filled up to whole vectors of every width.</summary>
    private static int Padded(int columns) => (columns + Line - 1) / Line * Line;

    /// <summary>Room in a sequence's own memory: its place there, in bytes.</summary>
    internal long TakeStates(long bytes)
    {
        long place = StateBytes;
        StateBytes += bytes;
        return place;
    }

    /// <summary>Room in the blocks of a space: its place in each, in bytes.</summary>
    /// <exception cref="ArgumentException">The space was not named.</exception>
    internal long TakeBlock(int space, long bytes, int reach) => Find(space).Space.Take(bytes, reach);

    private long Own(long floats) => TakeStates(floats * sizeof(float)) / sizeof(float);

    private static long Block(CachedSpace space, long floats, int reach) => space.Take(floats * sizeof(float), reach) / sizeof(float);

    private (int Slot, CachedSpace Space) Find(int space)
    {
        int slot = spaces.FindIndex(s => s.Number == space);
        return slot >= 0 ? (slot, spaces[slot]) : throw new ArgumentException($"The row space {space} was not named.", nameof(space));
    }
}
