using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>What a schedule asks for of earlier runs. In an ordinary run there are none, and all of it is as it would be without.</summary>
public sealed partial class CudaRun
{
    private int nextEntry, gathered;

    /// <summary>Whether sequences may have rows of earlier runs, which the cache has.</summary>
    public bool Continues => Plan.Kept is not null;

    /// <summary>The schedule is run once more for the same graph.</summary>
    internal void Again() => nextEntry = gathered = 0;

    /// <summary>Says, before anything else, that the layer is incremental: later runs bring further rows of this input alone.</summary>
    public void GoesOn(int input)
    {
        Plan.IsIncremental = true;
        if (Plan.Kept is { } kept) kept.GoesOn = input;
    }

    /// <summary>How many rows of each sequence came before those in memory: [sequences].</summary>
    public CudaIntegers Bases(CudaSpace space)
    {
        ArgumentNullException.ThrowIfNull(space);
        return new(Plan.Part(("bases of space", space.Number, 0), place => new BasesPart(space) { Number = place }));
    }

    /// <summary>Puts the new keys and values of an attention to those of earlier runs.</summary>
    /// <param name="key">[rows, columns of all key heads].</param>
    /// <param name="value">[rows, columns of all key heads' values].</param>
    /// <param name="rows">Their rows.</param>
    /// <param name="reach">How many rows behind the newest are still read; <see cref="int.MaxValue"/> for all.</param>
    public CudaKeptKeys KeepKeys(CudaView key, CudaView value, CudaSpace rows, int reach)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (Plan.Kept is not { } kept) return default;
        int[] places = kept.InBlocks(ref nextEntry, rows, reach, RowBytes(key), RowBytes(value));
        var keys = new CudaKeptKeys(BlockStarts(rows), Blocks(rows), places[0], places[1]);
        new KernelCall(this, KeepKernels.Keys)
            .Define("KEY_COLUMNS", key.Count).Define("KEY_WHOLE", key.BufferColumns).Define("KEY_START", key.Start)
            .Define("VALUE_COLUMNS", value.Count).Define("VALUE_WHOLE", value.BufferColumns).Define("VALUE_START", value.Start)
            .Add(key.OfBuffer()).Add(value.OfBuffer()).Add(Offsets(rows)).Add(Bases(rows)).Add(SequenceCount(rows))
            .Add(keys.Starts).Add(keys.Blocks).Add(keys.KeyPlace).Add(keys.ValuePlace)
            .Keep(rows);
        return keys;
    }

    /// <summary>
    /// Says of what the new queries of an attention, whose keys go on with them, see: none of them may see a key that has not come yet.
    /// </summary>
    /// <param name="queries">Rows of the queries.</param>
    /// <param name="keys">Rows of the keys.</param>
    /// <param name="mask">By which <see cref="CudaProgram.Sees"/> knows it.</param>
    /// <param name="given">Indices of the loops around it.</param>
    public void SeesNoFurther(CudaSpace queries, CudaSpace keys, int mask, params ReadOnlySpan<int> given)
    {
        if (Plan.Kept is not { } kept || Recorder is not null) return;
        foreach ((_, _, Computation known) in kept.Masks)
            if (known.Is(mask, given)) return;
        kept.Masks.Add((queries, keys, new Computation(mask, given.ToArray())));
    }

    /// <summary>Rows together with those of earlier runs that are still read; the new ones are kept by this.</summary>
    /// <param name="view">Columns.</param>
    /// <param name="rows">Their rows.</param>
    /// <param name="reach">How many rows behind the newest are still read; <see cref="int.MaxValue"/> for all.</param>
    /// <returns>What is valid until the next kernel but those that keep rows has run.</returns>
    public CudaKeptRows KeepRows(CudaView view, CudaSpace rows, int reach)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (Plan.Kept is not { } kept) return new(view, rows);
        bool isFew = reach <= CacheLayout.FewRows;
        int place = isFew ? kept.InStates(ref nextEntry, (long)reach * RowBytes(view)) : kept.InBlocks(ref nextEntry, rows, reach, RowBytes(view))[0];
        CudaSpace together = Plan.KeptSpace(rows, reach);
        if (!isFew) Plan.UseTotal(rows);
        CudaView into = Slot(Plan.FirstOwnSlot + gathered++, together, view.Count, inFloats: view.Precision.Bytes > Precision.Bytes);
        KernelCall call = new KernelCall(this, isFew ? KeepKernels.LastRows : KeepKernels.Rows)
            .Define("STORED", view.Precision.Bytes > Precision.Bytes ? "float" : "Element")
            .Define("COLUMNS", view.Count).Define("WHOLE", view.BufferColumns).Define("START", view.Start);
        if (isFew) call.Define("REACH", reach);
        call.Add(view.OfBuffer()).Add(into).Add(Offsets(rows)).Add(Bases(rows)).Add(Offsets(together)).Add(Bases(together))
            .Add(SequenceCount(rows)).Add(place);
        (isFew ? call.Add(States(rows)) : call.Add(BlockStarts(rows)).Add(Blocks(rows))).Keep(rows);
        return new(into, together);
    }

    /// <summary>What a scan left in its last run.</summary>
    /// <param name="rows">The rows along which it goes.</param>
    /// <param name="features">Features.</param>
    /// <param name="states">States of each.</param>
    public CudaKeptStates KeepStates(CudaSpace rows, int features, int states)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (Plan.Kept is not { } kept) return default;
        return new(States(rows), kept.InStates(ref nextEntry, (long)features * states * sizeof(float)));
    }

    private static int RowBytes(CudaView view) => checked(Elements.Padded(view.Count) * view.Precision.Bytes);

    private CudaIntegers BlockStarts(CudaSpace space) =>
        new(Plan.Part(("starts of blocks of space", space.Number, 0), place => new BlockStartsPart(space) { Number = place }));

    private CudaIntegers Blocks(CudaSpace space)
    {
        Plan.UseTotal(space);
        return new(Plan.Part(("blocks of space", space.Number, 0), place => new BlocksPart(space) { Number = place }));
    }

    private CudaIntegers States(CudaSpace space) =>
        new(Plan.Part(("states of the sequences of input", space.Input, 0), place => new StatesPart(space) { Number = place }));
}
