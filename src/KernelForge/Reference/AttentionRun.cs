namespace KernelForge.Reference;

/// <summary>
/// Attention over blocks of queries of one sequence and head. The softmax subtracts each row's greatest logit, so that no exponential
/// overflows.
/// </summary>
internal sealed class AttentionRun(
    Tokens q, Tokens k, Tokens v, int heads, int keyValueHeads, double scale, Score? score, Mask? mask, bool softmax)
{
    private const int QueryBlock = 64;

    private readonly int headDim = q.Features / heads;
    private readonly int valueDim = v.Features / keyValueHeads;
    private readonly Tokens result = new(q.Rows, heads * (v.Features / keyValueHeads));

    public Tokens Run()
    {
        var blocks = new List<Block>();
        long pairs = 0;
        for (int s = 0; s < q.Rows.SequenceCount; s++)
        {
            int keys = Length(k.Rows, s);
            // An empty key set gives zeros, which the result already holds.
            if (keys == 0) continue;
            for (int first = 0; first < Length(q.Rows, s); first += QueryBlock)
            {
                int rows = Math.Min(QueryBlock, Length(q.Rows, s) - first);
                pairs += (long)rows * keys;
                for (int head = 0; head < heads; head++) blocks.Add(new Block(s, head, first, rows, keys));
            }
        }
        if (blocks.Count > 0) Work.For(blocks.Count, pairs * heads / blocks.Count * (headDim + valueDim), item => Run(blocks[item]));
        Storage.Round(result.Array);
        return result;
    }

    private void Run(Block block)
    {
        int keyHead = block.Head / (heads / keyValueHeads);
        int firstQuery = q.Rows.Offsets[block.Sequence] + block.First, firstKey = k.Rows.Offsets[block.Sequence];
        double[] weights = new double[block.Queries * block.Keys];
        MatrixProduct.AddTo(
            weights, block.Keys,
            q.Values[((firstQuery * q.Features) + (block.Head * headDim))..], q.Features,
            KeysByFeature(firstKey, keyHead, block.Keys), block.Keys,
            block.Queries, headDim, block.Keys);
        for (int row = 0; row < block.Queries; row++)
        {
            Span<double> scores = weights.AsSpan(row * block.Keys, block.Keys);
            double greatest = ScoreAll(scores, q.Rows.Row(block.Sequence, block.First + row), block);
            if (softmax) Normalise(scores, greatest);
            Storage.Round(scores);
        }
        MatrixProduct.AddTo(
            result.Array.AsSpan((firstQuery * result.Features) + (block.Head * valueDim)), result.Features,
            weights, block.Keys,
            v.Values[((firstKey * v.Features) + (keyHead * valueDim))..], v.Features,
            block.Queries, block.Keys, valueDim);
    }

    /// <summary>Turns the products q·k of one query row into scores and tells the greatest; no pair, no weight.</summary>
    private double ScoreAll(Span<double> row, Row i, Block block)
    {
        double none = softmax ? double.NegativeInfinity : 0, greatest = none;
        for (int key = 0; key < row.Length; key++)
        {
            Row j = k.Rows.Row(block.Sequence, key);
            double logit = none;
            if (mask is null || mask(i, j)) logit = score is null ? scale * row[key] : score(scale * row[key], i, j, block.Head);
            row[key] = logit;
            greatest = Math.Max(greatest, logit);
        }
        return greatest;
    }

    private static void Normalise(Span<double> row, double greatest)
    {
        if (double.IsNegativeInfinity(greatest))
        {
            row.Clear();
            return;
        }
        double sum = 0;
        for (int key = 0; key < row.Length; key++) sum += row[key] = Math.Exp(row[key] - greatest);
        for (int key = 0; key < row.Length; key++) row[key] /= sum;
    }

    private double[] KeysByFeature(int firstKey, int keyHead, int keys)
    {
        double[] transposed = new double[headDim * keys];
        for (int key = 0; key < keys; key++)
        {
            ReadOnlySpan<double> from = k.Values.Slice(((firstKey + key) * k.Features) + (keyHead * headDim), headDim);
            for (int f = 0; f < headDim; f++) transposed[(f * keys) + key] = from[f];
        }
        return transposed;
    }

    private static int Length(RowSpace rows, int sequence) => rows.Offsets[sequence + 1] - rows.Offsets[sequence];

    private readonly record struct Block(int Sequence, int Head, int First, int Queries, int Keys);
}
