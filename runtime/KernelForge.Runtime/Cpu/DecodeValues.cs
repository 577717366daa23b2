using System.Runtime.CompilerServices;

namespace KernelForge.Runtime.Cpu;

/// <summary>Softmax, and the values of some key heads of one sequence, or some columns of one: see <see cref="DecodeAttention"/>.</summary>
internal readonly unsafe struct DecodeValues<TVector, TScore, TMask>(
    AttentionCall<TVector, TScore, TMask> call, KeptAttention kept, DecodeAttention decode) : IWork
    where TVector : unmanaged, IVector<TVector>
    where TScore : struct, IScore
    where TMask : struct, IMask
{
    private static int Panel => 2 * TVector.Count;

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public void Run(int item, int worker)
    {
        (DecodePart part, int number) = decode.ValuesOf(item);
        int firstHead = number / part.ColumnItems * part.HeadsPerItem;
        int endOfHeads = Math.Min(call.Heads.KeyValueHeads, firstHead + part.HeadsPerItem);
        int firstColumn = part.ColumnItems == 1 ? 0 : number % part.ColumnItems * Panel;
        int endOfColumns = part.ColumnItems == 1 ? call.ValueWidth : Math.Min(call.ValueWidth, firstColumn + Panel);
        int group = call.Group, heads = (endOfHeads - firstHead) * group, columns = (endOfColumns - firstColumn + Panel - 1) / Panel;
        bool own = part.ColumnItems > 1;

        int paddedHeads = (heads + 15) / 16 * 16;
        long copied = own ? heads * (long)part.Stride : 0;
        float* rowSums = call.Pool.Scratch(worker, paddedHeads + ((long)heads * columns * Panel) + copied);
        float* sums = rowSums + paddedHeads, weights = decode.Logits(part, firstHead * group);
        if (own)
        {
            // Others make weights of the same logits.
            float* copy = sums + ((long)heads * columns * Panel);
            NativeFloats.Copy(weights, copy, copied);
            weights = copy;
        }
        int keys = (part.High - part.Low + Panel - 1) / Panel * Panel;
        for (int r = 0; r < heads; r++) rowSums[r] = call.Weigh<FloatWeights>(weights + (r * (nint)part.Stride), keys, scale: 1);
        Add(part, (firstHead, endOfHeads), (firstColumn, endOfColumns), weights, sums);

        int row = call.Queries.FirstRow(part.Sequence), position = call.Queries.Base(part.Sequence);
        for (int h = 0; h < endOfHeads - firstHead; h++)
        {
            var tile = new AttentionTile(part.Sequence, row, position, (firstHead + h) * group, group, OfHeads: true);
            for (int c = firstColumn; c < endOfColumns; c += Panel, sums += group * Panel) call.Store(tile, c, sums, rowSums + (h * group));
        }
    }

    /// <summary>sums[head][panel of columns][head of the group, column] = Σ weight · value, keys ascending.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Add(DecodePart part, (int First, int End) heads, (int First, int End) columns, float* weights, float* sums)
    {
        KeptKeys<TVector> values = kept.Keys<TVector>(part.Sequence);
        int group = call.Group;
        for (int key = part.Low, rows; key < part.High; key += rows)
        {
            rows = part.High - key;
            float* into = sums;
            for (int h = heads.First; h < heads.End; h++)
            {
                float* ofHead = weights + ((h - heads.First) * group * (nint)part.Stride) + (key - part.Low);
                for (int c = columns.First; c < columns.End; c += Panel)
                {
                    float* from = values.Values(key, h, c, out nint step, ref rows), ahead = from;
                    int after = rows;
                    if (c + Panel < columns.End) ahead = values.Values(key, h, c + Panel, out _, ref after);
                    else if (h + 1 < heads.End) ahead = values.Values(key, h + 1, columns.First, out _, ref after);
                    else if (key + rows < part.High) ahead = values.Values(key + rows, heads.First, columns.First, out _, ref after);
                    for (int g = 0; g < group; g += StreamTile.MostRows, ahead = from)
                    {
                        int count = Math.Min(StreamTile.MostRows, group - g);
                        float* ofGroup = ofHead + (g * (nint)part.Stride);
                        StreamTile.Multiply<TVector>(count, ofGroup, part.Stride, from, step, rows, into, resume: key > part.Low, ahead);
                        into += count * Panel;
                    }
                }
            }
        }
    }
}
