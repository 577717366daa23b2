using KernelForge.Runtime.Cpu.Dots;
using KernelForge.Runtime.Cpu.Profiling;

namespace KernelForge.Runtime.Cpu;

/// <summary>
/// One stretch of queries of one sequence against one key head, all of whose keys the batch has: see <see cref="Attention"/>.
/// </summary>
internal readonly unsafe struct AttentionWork<TVector, TScore, TMask>(
    AttentionCall<TVector, TScore, TMask> call, Rows<TVector> key, Rows<TVector> value) : IWork, IMeasuredWork
    where TVector : unmanaged, IVector<TVector>
    where TScore : struct, IScore
    where TMask : struct, IMask
{
    public string Kind => "attention";

    public KernelCost Cost
    {
        get
        {
            double pairs = 0, columns = call.Heads.Heads * (double)(call.HeadWidth + call.ValueWidth);
            foreach ((int sequence, int first) in call.Queries.Stretches)
            {
                int end = Math.Min(call.Queries.RowCount(sequence), first + Attention.QueriesPerItem);
                (int low, int high) = call.KeysOf(sequence, first, end, 0, call.Keys.Length(sequence));
                pairs += (double)(end - first) * Math.Max(0, high - low);
            }
            double rows = ((double)call.Queries.Count * columns) + ((double)key.Count * (key.Columns + value.Columns));
            return new(2 * pairs * columns, sizeof(float) * rows);
        }
    }

    /// <summary>What multiplies in bfloat16; null for floats.</summary>
    public DotTiles? Tiles { get; init; }

    public void Run(int item, int worker)
    {
        int keyHead = item % call.Heads.KeyValueHeads;
        (int sequence, int first) = call.Queries.Stretches[item / call.Heads.KeyValueHeads];
        int end = Math.Min(call.Queries.RowCount(sequence), first + Attention.QueriesPerItem);
        int keyStart = call.Keys.FirstRow(sequence), keyCount = call.Keys.RowCount(sequence);
        if (keyCount == 0)
        {
            call.Clear(call.Queries.FirstRow(sequence) + first, call.Queries.FirstRow(sequence) + end, keyHead);
            return;
        }
        (int low, int high) = call.KeysOf(sequence, first, end, 0, keyCount);
        if (Tiles is null)
        {
            int width = call.HeadWidth, panels = AttentionScratch<TVector>.PanelsOf(keyCount) * AttentionCall<TVector, TScore, TMask>.Panel;
            var scratch = new AttentionScratch<TVector>(call.Pool, worker, keyCount, (long)panels * width, TVector.TileRows, call.ValueWidth);
            float* turned = scratch.Products;
            if (TScore.ReadsLogit) Turned.Keys(key, keyStart + low, high - low, keyHead * width, width, turned + ((nint)low * width));
            var keys = new TurnedKeys<TVector>(turned, width, value, call.ValueWidth, keyStart);
            var products = new FloatProducts<TVector, TurnedKeys<TVector>>(keys, keyHead, width, call.ValueWidth);
            call.Run<FloatProducts<TVector, TurnedKeys<TVector>>, FloatWeights>(sequence, first, end, keyHead, (low, high), products, scratch);
        }
        else
        {
            long room = DotProducts<TVector>.RoomFor(Tiles, keyCount, call.HeadWidth, call.ValueWidth);
            var scratch = new AttentionScratch<TVector>(call.Pool, worker, keyCount, room, Tiles.Rows, call.ValueWidth);
            var products = new DotProducts<TVector>(Tiles, scratch.Products, low, high, call.HeadWidth, call.ValueWidth);
            if (TScore.ReadsLogit) products.TakeKeys(key.Address(keyStart + low, keyHead * call.HeadWidth), key.Stride);
            products.TakeValues(value.Address(keyStart + low, keyHead * call.ValueWidth), value.Stride);
            call.Run<DotProducts<TVector>, BFloat16Weights>(sequence, first, end, keyHead, (low, high), products, scratch);
        }
    }
}
