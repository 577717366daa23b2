using KernelForge.Runtime.Cuda.Execution;
using KernelForge.Runtime.Cuda.Interop;
using KernelForge.Runtime.Cuda.Nvrtc;

namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>A kernel that a schedule runs: constants, arguments in the order of its parameters, and last the shape of its launch.</summary>
public sealed partial class KernelCall
{
    private readonly CudaRun run;
    private readonly KernelSource source;
    private readonly List<(string Name, string Value)> definitions = [];
    private readonly ArgumentBuffer? arguments;

    internal KernelCall(CudaRun run, KernelSource source)
    {
        (this.run, this.source) = (run, source);
        arguments = run.Recorder?.Arguments.Clear();
    }

    /// <summary>A constant of the kernel's text.</summary>
    public KernelCall Define(string name, int value) => Define(name, Definitions.Text(value));

    /// <inheritdoc cref="Define(string, int)"/>
    public KernelCall Define(string name, float value) => Define(name, Definitions.Text(value));

    /// <inheritdoc cref="Define(string, int)"/>
    public KernelCall Define(string name, double value) => Define(name, Definitions.Text(value));

    /// <inheritdoc cref="Define(string, int)"/>
    public KernelCall Define(string name, bool value) => Define(name, Definitions.Text(value));

    /// <summary>The name of the activation's device function, such as <c>gelu_as</c>.</summary>
    public KernelCall Define(string name, ActivationKind value) => Define(name, Definitions.Text(value));

    /// <summary>The address of the view's first element.</summary>
    public KernelCall Add(CudaView view) => AddPointer(run.Recorder?.Address(view) ?? default);

    /// <summary>The address of the first.</summary>
    public KernelCall Add(CudaIntegers integers)
    {
        if (run.Recorder is null) integers.Part.IsRead = true;
        return AddPointer(run.Recorder?.Address(integers) ?? default);
    }

    /// <summary>The address of the first.</summary>
    public KernelCall Add(CudaScratch scratch) => AddPointer(run.Recorder?.Address(scratch) ?? default);

    /// <summary>The address of the number of its rows.</summary>
    public KernelCall Add(CudaSpace space) => Add(run.RowCount(space));

    /// <summary>Where keys and values of earlier runs lie: four arguments.</summary>
    public KernelCall Add(CudaKeptKeys keys) => keys.IsKept
        ? Add(keys.Starts).Add(keys.Blocks).Add(keys.KeyPlace).Add(keys.ValuePlace)
        : AddPointer(default).AddPointer(default).Add(0).Add(0);

    /// <summary>Where the states of a scan lie: two arguments.</summary>
    public KernelCall Add(CudaKeptStates states) =>
        states.IsKept ? Add(states.Places).Add(states.Place) : AddPointer(default).Add(0);

    /// <summary>The address of the first weight.</summary>
    public KernelCall Add(DeviceArray array) => AddPointer(array.Pointer);

    public KernelCall Add(int value) => AddNumber(value);

    public KernelCall Add(float value) => AddNumber(value);

    public KernelCall Add(double value) => AddNumber(value);

    public KernelCall Add(bool value) => AddNumber(value);

    /// <summary>Launches a product.</summary>
    /// <param name="rows">Rows of the input.</param>
    /// <param name="columns">Packed columns: see <see cref="CudaRun.Packed"/>.</param>
    /// <param name="inner">Columns of the input.</param>
    public void Gemm(CudaSpace rows, int columns, int inner)
    {
        ArgumentNullException.ThrowIfNull(rows);
        GemmTile[] tiles = GemmTile.For(run.Precision, run.Limits.SharedBytes);
        if (run.Recorder is not { } recorder)
        {
            foreach (GemmTile tile in tiles) Plan(KernelShape.Of(tile));
            return;
        }
        int capacity = rows.RowCapacity(recorder.Key);
        GemmTile best = GemmTile.Choose(tiles, capacity, columns, inner, run.Precision, run.Limits.Multiprocessors);
        recorder.Launch(
            source, definitions, KernelShape.Of(best), new Dim3(DivideUp(capacity, best.Rows), DivideUp(columns, best.Columns)));
    }

    /// <summary>Launches the product of each row with the weight of a bank that it names, by an order that <see cref="BankOrder"/> made.</summary>
    /// <param name="rows">Rows of the input.</param>
    /// <param name="columns">Packed columns of one weight: see <see cref="CudaRun.Packed"/>.</param>
    /// <param name="inner">Columns of the input.</param>
    /// <param name="count">Weights of the bank.</param>
    public void Bank(CudaSpace rows, int columns, int inner, int count)
    {
        ArgumentNullException.ThrowIfNull(rows);
        GemmTile[] tiles = GemmTile.For(run.Precision, run.Limits.SharedBytes);
        if (run.Recorder is not { } recorder)
        {
            foreach (GemmTile tile in tiles) Plan(KernelShape.Of(tile));
            return;
        }
        int capacity = rows.RowCapacity(recorder.Key), parts = Math.Min(capacity, checked(count + 1));
        GemmTile best = GemmTile.Choose(tiles, capacity, columns, inner, run.Precision, run.Limits.Multiprocessors, parts);
        // Every weight's last tile may be partly filled.
        int rowTiles = checked((capacity / best.Rows) + parts);
        recorder.Launch(source, definitions, KernelShape.Of(best), new Dim3(rowTiles, DivideUp(columns, best.Columns)));
    }

    /// <summary>Launches what puts rows in the order of the weights of a bank that they name.</summary>
    /// <param name="count">Weights of the bank.</param>
    public void BankOrder(int count)
    {
        KernelShape shape = KernelShape.OfOrder();
        if (run.Recorder is not { } recorder) Plan(shape);
        else recorder.Launch(source, definitions, shape, new Dim3(checked(count + 1)));
    }

    /// <summary>Launches a kernel that computes each feature of each row by itself.</summary>
    /// <param name="space">The rows.</param>
    /// <param name="columns">Features.</param>
    public void Elements(CudaSpace space, int columns)
    {
        ArgumentNullException.ThrowIfNull(space);
        (int rows, int features, KernelShape shape) = KernelShape.OfElements(columns);
        if (run.Recorder is not { } recorder)
        {
            Plan(shape);
            return;
        }
        recorder.Launch(
            source, definitions, shape,
            new Dim3(DivideUp(space.RowCapacity(recorder.Key), rows), DivideUp(Programs.Elements.Padded(columns), features)));
    }

    /// <summary>Launches a recurrence along each sequence.</summary>
    /// <param name="space">The rows.</param>
    /// <param name="columns">Features.</param>
    /// <param name="states">States of each feature.</param>
    public void Scan(CudaSpace space, int columns, int states)
    {
        ArgumentNullException.ThrowIfNull(space);
        (int features, KernelShape shape) = KernelShape.OfScan(states);
        if (run.Recorder is not { } recorder)
        {
            Plan(shape);
            return;
        }
        recorder.Launch(
            source, definitions, shape,
            new Dim3(DivideUp(Programs.Elements.Padded(columns), features), space.SequenceCapacity(recorder.Key)));
    }

    /// <summary>Launches a linear recurrence along each chunk, by links that <see cref="ScanChain"/> has made states of.</summary>
    /// <inheritdoc cref="Scan"/>
    public void ScanOfChunks(CudaSpace space, int columns, int states) => ScanInChunks(space, columns, states, byChunk: true, always: true);

    /// <summary>Launches what finds the links of a linear recurrence; nothing where no sequence is long.</summary>
    /// <inheritdoc cref="Scan"/>
    public void ScanLinks(CudaSpace space, int columns, int states) => ScanInChunks(space, columns, states, byChunk: true, always: false);

    /// <summary>Launches what goes along the links; nothing where no sequence is long.</summary>
    /// <inheritdoc cref="Scan"/>
    public void ScanChain(CudaSpace space, int columns, int states) => ScanInChunks(space, columns, states, byChunk: false, always: false);

    private void ScanInChunks(CudaSpace space, int columns, int states, bool byChunk, bool always)
    {
        ArgumentNullException.ThrowIfNull(space);
        (int features, KernelShape shape) = KernelShape.OfScanInChunks(states);
        if (run.Recorder is not { } recorder) Plan(shape);
        else if (always || recorder.Key.HasLongSequences)
        {
            int rows = byChunk ? ScanChunksPart.ChunkCapacity(space, recorder.Key) : space.SequenceCapacity(recorder.Key);
            recorder.Launch(source, definitions, shape, new Dim3(DivideUp(Programs.Elements.Padded(columns), features), rows));
        }
    }

    /// <summary>Launches a sweep over rows: some warps a row, so that a lane holds at most four chunks of eight columns.</summary>
    /// <param name="space">The rows.</param>
    /// <param name="widest">Columns of the widest phase.</param>
    public void Rows(CudaSpace space, int widest)
    {
        ArgumentNullException.ThrowIfNull(space);
        (int rows, KernelShape shape) = KernelShape.OfRows(widest);
        if (run.Recorder is not { } recorder) Plan(shape);
        else recorder.Launch(source, definitions, shape, new Dim3(DivideUp(space.RowCapacity(recorder.Key), rows)));
    }

    /// <summary>Launches a reduction of each sequence: a block takes 64 columns of one.</summary>
    /// <param name="space">The space whose sequences they are, or the space of those sequences.</param>
    /// <param name="columns">Columns of the input.</param>
    public void Segment(CudaSpace space, int columns)
    {
        ArgumentNullException.ThrowIfNull(space);
        KernelShape shape = KernelShape.OfSegment();
        if (run.Recorder is not { } recorder) Plan(shape);
        else recorder.Launch(source, definitions, shape, new Dim3(DivideUp(columns, 64), space.SequenceCapacity(recorder.Key)));
    }

    /// <summary>
    /// Launches attention; the last two arguments, <c>const WorkItem* work, const int* workCount</c>, it adds by itself.
    /// </summary>
    /// <param name="queries">Rows of the queries and the output.</param>
    /// <param name="keys">Rows of keys and values: the same sequences.</param>
    /// <param name="heads">Heads of the queries.</param>
    /// <param name="headWidth">Columns of a head's queries and keys.</param>
    /// <param name="valueWidth">Columns of a head's values.</param>
    /// <param name="hasScore">
    /// Whether the layer has a score of its own, or a mask that reads: its registers are not there where a warp has twice the queries.
    /// </param>
    /// <exception cref="NotSupportedException">Heads are wider than 256 columns, or need more shared memory than a block of the device has.</exception>
    public void Attention(CudaSpace queries, CudaSpace keys, int heads, int headWidth, int valueWidth, bool hasScore = false)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(keys);
        AttentionTile[] tiles = Tiles(headWidth, valueWidth, hasScore);
        AttentionPair pair = run.Plan.Pair(queries, keys);
        AddWork(pair).Attend(pair, tiles, heads, headWidth, valueWidth);
    }

    private AttentionTile[] Tiles(int headWidth, int valueWidth, bool hasScore)
    {
        AttentionTile[] tiles = AttentionTile.For(source.Name, headWidth, valueWidth, run.Precision, run.Limits);
        if (hasScore) tiles = [.. tiles.Where(tile => tile.Family != AttentionFamily.Wide)];
        // Where keys lie takes registers, too.
        if (hasScore && run.Continues)
            tiles = [.. tiles.Select(tile => tile with { Blocks = tile.Family == AttentionFamily.Stream ? Math.Min(tile.Blocks, 2) : tile.Blocks })];
        return tiles;
    }

    private KernelCall AddWork(AttentionPair pair) => Add(new CudaIntegers(pair.Work, WorkPart.Items)).Add(new CudaIntegers(pair.Work));

    private void Attend(AttentionPair pair, AttentionTile[] tiles, int heads, int headWidth, int valueWidth)
    {
        if (run.Recorder is not { } recorder)
        {
            pair.MayBeWide &= tiles.Any(tile => tile.Family == AttentionFamily.Wide);
            foreach (AttentionTile tile in tiles) Plan(tile.Shape(headWidth, valueWidth, run.Precision));
            return;
        }
        AttentionTile chosen = AttentionTile.Choose(tiles, recorder.Key.Family(pair.Number));
        recorder.Launch(
            source, definitions, chosen.Shape(headWidth, valueWidth, run.Precision),
            new Dim3(heads, pair.Work.ItemCapacity(recorder.Key)));
    }

    /// <summary>Launches what goes through the rows of each sequence, those in memory and kept ones.</summary>
    internal void Keep(CudaSpace space)
    {
        KernelShape shape = KernelShape.OfKeep();
        if (run.Recorder is not { } recorder)
        {
            Plan(shape);
            return;
        }
        int sequences = space.SequenceCapacity(recorder.Key), rows = space.TotalCapacity(recorder.Key);
        recorder.Launch(source, definitions, shape, new Dim3(KernelShape.KeepBlocks(rows / sequences), sequences));
    }

    internal KernelCall Define(string name, string value)
    {
        definitions.Add((name, value));
        return this;
    }

    private KernelCall AddPointer(DevicePointer pointer) => AddNumber(pointer);

    private KernelCall AddNumber<T>(T value)
        where T : unmanaged
    {
        arguments?.Add(value);
        return this;
    }

    private void Plan(KernelShape shape) => run.Kernels.Build(source, definitions, shape);

    private static int DivideUp(int value, int divisor) => (int)(((long)value + divisor - 1) / divisor);
}
