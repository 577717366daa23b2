using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime.Cpu;

/// <summary>The entries of a layout, which a run meets one after another.</summary>
internal sealed class KeptEntries : IDisposable
{
    private readonly DecodeAttention decode = new();
    private readonly KeptAttention[] attentions;
    private readonly RowKeeper[] rows;
    private readonly KeptStates[] states;
    private int attention, row, state;

    public KeptEntries(CacheRun run, CacheLayout layout)
    {
        attentions = [.. layout.Attentions.Select(e => new KeptAttention(run, e, decode))];
        rows = [.. layout.RowEntries.Select(e => new RowKeeper(run, e))];
        states = [.. layout.Scans.Select(e => new KeptStates(run, e))];
    }

    public void Begin() => attention = row = state = 0;

    public KeptAttention NextAttention() => Next(attentions, ref attention, "attentions");

    public RowKeeper NextRows() => Next(rows, ref row, "rows");

    public KeptStates NextStates() => Next(states, ref state, "scans");

    /// <exception cref="InvalidOperationException">The run has left out entries: what the sequences kept would be lost.</exception>
    public void CheckAllMet()
    {
        if ((attention, row, state) != (attentions.Length, rows.Length, states.Length))
        {
            throw new InvalidOperationException(
                $"the run met {attention} attentions, {row} rows and {state} scans that are kept; the layout has {attentions.Length}, "
                + $"{rows.Length} and {states.Length}");
        }
    }

    public void Dispose()
    {
        decode.Dispose();
        foreach (RowKeeper keeper in rows) keeper.Dispose();
    }

    private static T Next<T>(T[] entries, ref int next, string what) => next < entries.Length
        ? entries[next++]
        : throw new InvalidOperationException($"the run meets more {what} that are kept than the layout has: {entries.Length}");
}
