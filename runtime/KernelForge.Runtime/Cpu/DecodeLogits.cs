using System.Runtime.CompilerServices;
using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime.Cpu;

/// <summary>The logits of all heads with some keys of one sequence: see <see cref="DecodeAttention"/>.</summary>
internal readonly unsafe struct DecodeLogits<TVector, TScore, TMask>(
    AttentionCall<TVector, TScore, TMask> call, KeptAttention kept, DecodeAttention decode, KeepWork<TVector> keep) : IWork
    where TVector : unmanaged, IVector<TVector>
    where TScore : struct, IScore
    where TMask : struct, IMask
{
    private static int Panel => 2 * TVector.Count;

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public void Run(int item, int worker)
    {
        (DecodePart part, int first, int end, bool isLast) = decode.KeysOf(item);
        int keyHeads = call.Heads.KeyValueHeads, position = call.Queries.Base(part.Sequence);
        // The new key is in the last block, which no other item reads.
        for (int h = 0; h < keyHeads && isLast; h++) keep.Keep(part.Sequence, h);
        KeptKeys<TVector> keys = kept.Keys<TVector>(part.Sequence);
        float* sums = call.Pool.Scratch(worker, StreamTile.MostRows * Panel);
        Coverage* coverage = stackalloc Coverage[CacheLayout.BlockRows];
        for (int block = first, next; block < end; block = next)
        {
            next = Math.Min(end, (block / CacheLayout.BlockRows * CacheLayout.BlockRows) + CacheLayout.BlockRows);
            for (int j = block, p = 0; j < next; j += Panel, p++) coverage[p] = call.Cover(part.Sequence, position, position + 1, j, end);
            for (int h = 0; h < keyHeads; h++)
            {
                for (int j = block, p = 0; j < next; j += Panel, p++)
                {
                    float* panel = keys.Keys(j, h);
                    float* ahead = j + Panel < next ? keys.Keys(j + Panel, h)
                        : h + 1 < keyHeads ? keys.Keys(block, h + 1)
                        : next < end ? keys.Keys(next, 0)
                        : panel;
                    Panels(part, h, j, coverage[p], panel, ahead, sums);
                }
            }
        }
    }

    private void Panels(DecodePart part, int keyHead, int j, Coverage coverage, float* panel, float* ahead, float* sums)
    {
        int row = call.Queries.FirstRow(part.Sequence), position = call.Queries.Base(part.Sequence), group = call.Group;
        for (int g = 0; g < group; g += StreamTile.MostRows, ahead = panel)
        {
            int count = Math.Min(StreamTile.MostRows, group - g);
            var tile = new AttentionTile(part.Sequence, row, position, (keyHead * group) + g, count, OfHeads: true);
            float* logits = decode.Logits(part, tile.Head) + (j - part.Low);
            if (coverage == Coverage.None)
            {
                call.FinishNone(tile, logits, part.Stride);
                continue;
            }
            int width = call.HeadWidth;
            if (TScore.ReadsLogit)
                StreamTile.Multiply<TVector>(count, call.Query(row, tile.Head), width, panel, Panel, width, sums, resume: false, ahead);
            call.Finish(tile, sums, logits, part.Stride, j, coverage != Coverage.All, call.Heads.Scale);
        }
    }
}
