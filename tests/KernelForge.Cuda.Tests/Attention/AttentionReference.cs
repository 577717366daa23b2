namespace KernelForge.Cuda.Tests.Attention;

/// <summary>
/// Attention in double precision, and how far a kernel may be from it. With d the head's width, n the keys, u = 2^-23 (one rounding of
/// a float, with room for products that are cut instead of rounded) and e the relative error of a stored element:
/// <list type="bullet">
/// <item>a logit is a chain of d products, each at most its share of M = Σ |scale q k| + |what the score adds|, then scaled, changed
/// by the score, turned to a power of two and taken off the row's largest: its error is at most (d + 12) u M;</item>
/// <item>a weight is e^logit over their sum: twice the largest logit's error of the row, 4 u for each exponential, and n + n / 8
/// roundings of a sum that is carried from tile to tile; it enters the product as an element: e, or half the least number where it is tiny
/// (the largest weight before normalising is 1, and the sum at least that);</item>
/// <item>without a softmax the weight is the score itself, an element too; a score that squares the product doubles its error with it;</item>
/// <item>the product with the values is a chain of n; the result is rounded to an element.</item>
/// </list>
/// </summary>
internal static class AttentionReference
{
    private static readonly double unit = Math.ScaleB(1, -23);

    /// <summary>Fails where a result [query rows, heads x value width] is further from the reference than its bound.</summary>
    public static void Check(ElementType element, AttentionBatch batch, PairPolicy policy, float[] results)
    {
        AttentionSizes sizes = batch.Sizes;
        for (int n = 0; n < batch.Count; n++)
        {
            for (int i = 0; i < batch.QueryLengths[n]; i++)
            {
                for (int head = 0; head < sizes.Heads; head++)
                {
                    int start = ((i * sizes.Heads) + head) * sizes.ValueWidth;
                    CheckRow(element, batch, policy, n, i, head, batch.QueriesOf(n, results).AsSpan(start, sizes.ValueWidth));
                }
            }
        }
    }

    private static void CheckRow(
        ElementType element, AttentionBatch batch, PairPolicy policy, int sequence, int position, int head, ReadOnlySpan<float> results)
    {
        AttentionSizes sizes = batch.Sizes;
        int keyHead = head * sizes.KeyHeads / sizes.Heads, keys = batch.KeyLengths[sequence];
        int start = ((position * sizes.Heads) + head) * sizes.HeadWidth;
        ReadOnlySpan<float> q = batch.QueriesOf(sequence, batch.Query).AsSpan(start, sizes.HeadWidth);
        ReadOnlySpan<float> k = batch.KeysOf(sequence, batch.Key), v = batch.KeysOf(sequence, batch.Value);
        var i = new Place(batch.QueryBases[sequence] + position, batch.QueryStart(sequence) + position);
        double[] weights = new double[keys];
        double largest = double.NegativeInfinity, magnitude = 0;
        bool any = false;
        for (int n = 0; n < keys; n++)
        {
            var j = new Place(n, batch.KeyStart(sequence) + n);
            double s = 0, sizeOf = 0;
            for (int d = 0; d < sizes.HeadWidth; d++)
            {
                double product = (double)sizes.Scale * q[d] * k[(((n * sizes.KeyHeads) + keyHead) * sizes.HeadWidth) + d];
                s += product;
                sizeOf += Math.Abs(product);
            }
            double score = policy.Score(s, i, j, batch.Slopes[head], batch.KeyBias[j.Row]);
            weights[n] = policy.Visible(i, j) ? score : policy.Softmax ? double.NegativeInfinity : 0;
            if (!policy.Visible(i, j)) continue;
            any = true;
            largest = Math.Max(largest, score);
            magnitude = Math.Max(magnitude, sizeOf + Math.Abs(score - s));
        }
        for (int n = 0; policy.Softmax && n < keys; n++) weights[n] = any ? Math.Exp(weights[n] - largest) : 0;
        double sum = policy.Softmax ? weights.Sum() : 1;

        double logit = (sizes.HeadWidth + 12) * unit * magnitude;
        double relative = (element.Bytes == 2 ? element.Unit : 0) + (2 * logit) + (8 * unit) + (2 * (keys + (keys / 8.0)) * unit);
        if (!policy.Softmax)
            relative = (element.Bytes == 2 ? element.Unit : 0) + (((2 * (sizes.HeadWidth + 12)) + (2 * (keys + (keys / 8.0)))) * unit);
        for (int column = 0; column < sizes.ValueWidth; column++)
        {
            double expected = 0, share = 0, most = 0;
            for (int n = 0; n < keys; n++)
            {
                double of = v[(((n * sizes.KeyHeads) + keyHead) * sizes.ValueWidth) + column];
                if (sum > 0) expected += weights[n] / sum * of;
                if (sum > 0) share += Math.Abs(weights[n] / sum * of);
                most = Math.Max(most, Math.Abs(of));
            }
            // A product that nearly cancels has the error of its parts.
            double parts = policy.Softmax ? 0 : 2 * (sizes.HeadWidth + 12) * unit * magnitude * Math.Max(1, magnitude) * keys * most;
            double bound = parts + (relative * share) + (keys * most * element.Least);
            bound += (element.Unit * (Math.Abs(expected) + bound)) + element.Least;
            Assert.True(Math.Abs(results[column] - expected) <= (any ? bound : 0), // false for NaN too
                $"sequence {sequence} ({batch.QueryLengths[sequence]} queries, {keys} keys), query {position}, head {head}, " +
                $"column {column}: {results[column]} is not {expected} ± {bound}");
        }
    }
}
