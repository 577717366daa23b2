namespace KernelForge.Tests;

public class AttentionTests
{
    private static readonly RowSpace Rows = RowSpace.Ragged(3, 0, 1, 5, 130);

    /// <summary>The definition again, one number at a time: every logit is exponentiated as it is.</summary>
    private static double[] Plain(
        Tokens q, Tokens k, Tokens v, int heads, int keyValueHeads, double scale, Func<double, int, int, int, int, double>? score = null,
        Func<int, int, bool>? mask = null)
    {
        int headDim = q.Features / heads, valueDim = v.Features / keyValueHeads;
        double[] result = new double[q.Rows.Count * heads * valueDim];
        for (int s = 0; s < q.Rows.SequenceCount; s++)
            for (int i = 0; i < q.Rows.Offsets[s + 1] - q.Rows.Offsets[s]; i++)
                for (int h = 0; h < heads; h++)
                {
                    int query = q.Rows.Offsets[s] + i, group = h * keyValueHeads / heads, at = ((query * heads) + h) * valueDim;
                    double total = 0;
                    for (int j = 0; j < k.Rows.Offsets[s + 1] - k.Rows.Offsets[s]; j++)
                    {
                        if (mask is not null && !mask(i, j)) continue;
                        int key = k.Rows.Offsets[s] + j;
                        double dot = 0;
                        for (int f = 0; f < headDim; f++)
                            dot += q.Values[(query * q.Features) + (h * headDim) + f]
                                * k.Values[(key * k.Features) + (group * headDim) + f];
                        double weight = Math.Exp(score is null ? scale * dot : score(scale * dot, s, i, j, h));
                        total += weight;
                        for (int f = 0; f < valueDim; f++) result[at + f] += weight * v.Values[(key * v.Features) + (group * valueDim) + f];
                    }
                    for (int f = 0; f < valueDim && total > 0; f++) result[at + f] /= total;
                }
        return result;
    }

    [Fact]
    public void Two_keys_share_their_values_by_softmax()
    {
        Tokens q = Some.Rows([1, 0], [0, 0]), k = new(q.Rows, 2, [Math.Log(3), 0, 0, 5]), v = new(q.Rows, 1, [8, 4]);
        Tokens result = Attention(q, k, v, heads: 1, scale: 1);
        Close.To([(3 * 8 + 4) / 4.0, 6], result);
        Assert.Same(q.Rows, result.Rows);
    }

    [Fact]
    public void The_scale_is_one_over_the_root_of_the_head_width()
    {
        Tokens q = Some.Rows([2, 0, 0, 0]), k = Some.Rows([Math.Log(3), 0, 0, 0], [0, 0, 0, 0]), v = new(k.Rows, 1, [8, 4]);
        Close.To([7], Attention(q, k, v, heads: 1));
    }

    [Theory]
    [InlineData(1, 1, 8, 8)]
    [InlineData(4, 4, 8, 8)]
    [InlineData(4, 4, 6, 10)]
    [InlineData(6, 2, 5, 3)]
    [InlineData(4, 1, 16, 7)]
    public void Every_head_and_sequence_is_alone_whatever_the_widths(int heads, int keyValueHeads, int headDim, int valueDim)
    {
        Tokens q = Some.Tokens(Rows, heads * headDim, seed: 1);
        Tokens k = Some.Tokens(Rows, keyValueHeads * headDim, seed: 2), v = Some.Tokens(Rows, keyValueHeads * valueDim, seed: 3);
        Tokens actual = Attention(q, k, v, heads, keyValueHeads);
        Assert.Equal(heads * valueDim, actual.Features);
        Close.To(Plain(q, k, v, heads, keyValueHeads, 1 / Math.Sqrt(headDim)), actual);
    }

    [Fact]
    public void A_causal_mask_hides_the_keys_to_come()
    {
        Tokens q = Some.Tokens(Rows, 8, seed: 1), k = Some.Tokens(Rows, 8, seed: 2), v = Some.Tokens(Rows, 8, seed: 3);
        Tokens actual = Attention(q, k, v, heads: 2, mask: (i, j) => j <= i);
        Close.To(Plain(q, k, v, 2, 2, 0.5, mask: (i, j) => j <= i), actual);
        Assert.Equal(v.Values[..8].ToArray(), actual.Values[..8].ToArray());
    }

    [Fact]
    public void A_window_reaches_as_far_as_it_says()
    {
        Tokens q = Some.Tokens(Rows, 8, seed: 1), k = Some.Tokens(Rows, 8, seed: 2), v = Some.Tokens(Rows, 8, seed: 3);
        int window = 3;
        Close.To(
            Plain(q, k, v, 2, 2, 0.5, mask: (i, j) => Math.Abs(i - j) < 3),
            Attention(q, k, v, heads: 2, mask: (i, j) => Abs(i - j) < window));
    }

    [Fact]
    public void A_query_that_sees_no_key_gets_zeros()
    {
        Tokens q = Some.Tokens(Rows, 8, seed: 1), v = Some.Tokens(Rows, 4, seed: 3);
        Tokens actual = Attention(q, q, v, heads: 2, mask: (i, j) => j < i);
        Assert.Equal([0, 0, 0, 0], actual.Values[..4].ToArray());
        Close.To(Plain(q, q, v, 2, 2, 0.5, mask: (i, j) => j < i), actual);
        Assert.All(Attention(q, q, v, heads: 2, mask: (_, _) => false).Values.ToArray(), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Logits_of_minus_infinity_are_as_good_as_a_mask()
    {
        Tokens q = Some.Tokens(Rows, 8, seed: 1), v = Some.Tokens(Rows, 4, seed: 3);
        Tokens hidden = Attention(q, q, v, heads: 2, score: (s, i, j, _) => j < i ? s : double.NegativeInfinity);
        Assert.Equal(Attention(q, q, v, heads: 2, mask: (i, j) => j < i).Values.ToArray(), hidden.Values.ToArray());
    }

    [Fact]
    public void The_score_is_not_asked_for_pairs_that_the_mask_hides()
    {
        Tokens q = Some.Tokens(Rows, 8, seed: 1), v = Some.Tokens(Rows, 4, seed: 3);
        Tokens actual = Attention(
            q, q, v, heads: 2,
            score: (s, i, j, _) => j > i ? throw new InvalidOperationException("a hidden pair was asked for") : s,
            mask: (i, j) => j <= i);
        Assert.Equal(Rows.Count, actual.Rows.Count);
    }

    [Fact]
    public void A_score_reads_parameters_by_head()
    {
        Tokens q = Some.Tokens(Rows, 12, seed: 1), k = Some.Tokens(Rows, 12, seed: 2), v = Some.Tokens(Rows, 12, seed: 3);
        double[] slopes = [0.5, 0.25, 0.125];
        Parameter slope = Some.Parameter([.. slopes]);
        Close.To(
            Plain(q, k, v, 3, 3, 0.5, score: (s, _, i, j, h) => s - (slopes[h] * Math.Abs(i - j))),
            Attention(q, k, v, heads: 3, score: (s, i, j, h) => s - (slope[h] * Abs(i - j))));
    }

    [Fact]
    public void A_score_reads_a_table_at_a_computed_bucket()
    {
        Tokens q = Some.Tokens(Rows, 12, seed: 1), k = Some.Tokens(Rows, 12, seed: 2), v = Some.Tokens(Rows, 12, seed: 3);
        double[] numbers = Some.Numbers(15, seed: 4);
        var bias = new Parameter(5, 3);
        bias.Load(numbers);
        Close.To(
            Plain(q, k, v, 3, 3, 1, score: (s, _, i, j, h) => s + numbers[(Math.Clamp(i - j + 2, 0, 4) * 3) + h]),
            Attention(q, k, v, heads: 3, scale: 1, score: (s, i, j, h) => s + bias[Min(Max(i - j + 2, 0), 4), h]));
    }

    [Fact]
    public void A_score_reads_rows_of_the_query_the_key_and_the_sequence()
    {
        Tokens q = Some.Tokens(Rows, 4, seed: 1), k = Some.Tokens(Rows, 4, seed: 2), v = Some.Tokens(Rows, 4, seed: 3);
        Tokens ofQuery = Some.Tokens(Rows, 3, seed: 4), ofKey = Some.Tokens(Rows, 3, seed: 5);
        Tokens ofSequence = Some.Tokens(Rows.Sequences, 1, seed: 6);
        Close.To(
            Plain(q, k, v, 2, 2, 1, score: (s, sequence, i, j, h) =>
                s + ofQuery.Values[((Rows.Offsets[sequence] + i) * 3) + ((i + j) % 3)]
                  + (ofKey.Values[((Rows.Offsets[sequence] + j) * 3) + h] * ofSequence.Values[sequence])),
            Attention(q, k, v, heads: 2, scale: 1, score: (s, i, j, h) => s + ofQuery[i, (i + j) % 3] + (ofKey[j, h] * ofSequence[i, 0])));
    }

    [Fact]
    public void Queries_of_one_batch_see_the_keys_of_another_with_the_same_sequences()
    {
        RowSpace queries = RowSpace.Ragged(3, 2, 0, 4), keys = RowSpace.Ragged(5, 0, 2, 1);
        Tokens q = Some.Tokens(queries, 6, seed: 1), k = Some.Tokens(keys, 6, seed: 2), v = Some.Tokens(keys, 4, seed: 3);
        Tokens actual = Attention(q, k, v, heads: 2);
        Assert.Same(queries, actual.Rows);
        Close.To(Plain(q, k, v, 2, 2, 1 / Math.Sqrt(3)), actual);
        Assert.All(actual.Values[12..20].ToArray(), value => Assert.Equal(0, value));
    }

    [Fact]
    public void One_query_a_sequence_pools_its_tokens()
    {
        Tokens x = Some.Tokens(Rows, 6, seed: 1), q = SequenceMean(x);
        Tokens pooled = Attention(q, x, x, heads: 2);
        Assert.Same(Rows.Sequences, pooled.Rows);
        Close.To(Plain(q, x, x, 2, 2, 1 / Math.Sqrt(3)), pooled);
    }

    [Fact]
    public void Keys_of_another_batch_are_not_read_at_query_rows()
    {
        RowSpace queries = RowSpace.Ragged(3), keys = RowSpace.Ragged(5);
        Tokens q = Some.Tokens(queries, 2, seed: 1), k = Some.Tokens(keys, 2, seed: 2);
        Refuses.With<ArgumentException>(
            "[5 tokens, 2] cannot be read at row 0", () => Attention(q, k, k, heads: 1, score: (s, i, j, _) => s + k[i, 0]));
    }

    [Fact]
    public void What_a_lambda_throws_is_what_its_author_sees()
    {
        Tokens q = Some.Tokens(RowSpace.Ragged(200, 200), 64, seed: 1);
        Refuses.With<NotSupportedException>(
            "mine", () => Attention(q, q, q, heads: 4, mask: (_, _) => throw new NotSupportedException("mine")));
    }

    [Fact]
    public void Great_logits_do_not_overflow()
    {
        Tokens q = Some.Rows([1], [-1]), k = new(q.Rows, 1, [5000, 4000]), v = new(q.Rows, 1, [1, 2]);
        Assert.Equal([1, 2], Attention(q, k, v, heads: 1).Values.ToArray());
    }

    [Fact]
    public void A_sequences_result_has_the_same_bits_in_any_batch()
    {
        Tokens q = Some.Tokens(Rows, 16, seed: 1), k = Some.Tokens(Rows, 8, seed: 2), v = Some.Tokens(Rows, 12, seed: 3);
        Tokens all = Attention(q, k, v, heads: 4, keyValueHeads: 2, mask: (i, j) => j <= i);
        for (int s = 0; s < Rows.SequenceCount; s++)
        {
            RowSpace alone = RowSpace.Ragged(Rows.Offsets[s + 1] - Rows.Offsets[s]);
            int first = Rows.Offsets[s], end = Rows.Offsets[s + 1];
            Tokens Part(Tokens of) => new(alone, of.Features, of.Values[(first * of.Features)..(end * of.Features)].ToArray());
            Assert.Equal(Part(all).Values.ToArray(), Attention(Part(q), Part(k), Part(v), 4, 2, mask: (i, j) => j <= i).Values.ToArray());
        }
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused_with_both()
    {
        Tokens q = Some.Tokens(Rows, 8, seed: 1);
        static void Refuses(string expected, Action act) =>
            Assert.Contains(expected, Assert.Throws<ArgumentException>(act).Message, StringComparison.Ordinal);
        Refuses("queries [139 tokens, 8] do not divide into 3 heads", () => Attention(q, q, q, heads: 3));
        Refuses("4 heads do not share 3 key and value heads", () => Attention(q, q, q, heads: 4, keyValueHeads: 3));
        Refuses("0 heads", () => Attention(q, q, q, heads: 0));
        Refuses(
            "keys [139 tokens, 6] should have 2 heads of 4 features, as queries [139 tokens, 8] have 2",
            () => Attention(q, Some.Tokens(Rows, 6, seed: 1), q, heads: 2));
        Refuses("values [139 tokens, 7] do not divide into 2 heads", () => Attention(q, q, Some.Tokens(Rows, 7, seed: 1), heads: 2));
    }

    [Fact]
    public void Rows_that_do_not_fit_are_refused_with_both_shapes()
    {
        Tokens q = Some.Tokens(Rows, 8, seed: 1), other = Some.Tokens(RowSpace.Ragged(139), 8, seed: 2);
        static void Refuses(string expected, Action act) =>
            Assert.Contains(expected, Assert.Throws<ArgumentException>(act).Message, StringComparison.Ordinal);
        Refuses("keys [139 tokens, 8] and values [139 tokens, 8] do not have the same rows", () => Attention(q, q, other, heads: 2));
        Refuses("queries [139 tokens, 8] have 5 sequences, keys [139 tokens, 8] have 1", () => Attention(q, other, other, heads: 2));
        Parameter row = Some.Parameter(1, 2);
        Refuses("queries [1 table row, 2] and keys [1 table row, 2]", () => Attention(row, row, row, heads: 1));
    }

    [Theory]
    [InlineData(4, 4)]
    [InlineData(4, 2)]
    public void Without_softmax_the_scores_are_the_weights(int heads, int keyValueHeads)
    {
        Tokens q = Some.Tokens(Rows, heads * 3, seed: 1), k = Some.Tokens(Rows, keyValueHeads * 3, seed: 2);
        Tokens v = Some.Tokens(Rows, keyValueHeads * 2, seed: 3);
        double[] expected = new double[Rows.Count * heads * 2];
        for (int s = 0; s < Rows.SequenceCount; s++)
            for (int i = Rows.Offsets[s]; i < Rows.Offsets[s + 1]; i++)
                for (int h = 0; h < heads; h++)
                    for (int j = Rows.Offsets[s]; j <= i; j++)
                    {
                        int group = h * keyValueHeads / heads;
                        double dot = 0;
                        for (int f = 0; f < 3; f++)
                            dot += q.Values[(((i * heads) + h) * 3) + f] * k.Values[(((j * keyValueHeads) + group) * 3) + f];
                        for (int f = 0; f < 2; f++)
                            expected[(((i * heads) + h) * 2) + f] +=
                                Math.Max(0.5 * dot, 0) * (i - j) * v.Values[(((j * keyValueHeads) + group) * 2) + f];
                    }
        Tokens result = Attention(
            q, k, v, heads, keyValueHeads, scale: 0.5, score: (s, i, j, h) => Max(s, 0) * (i - j), mask: (i, j) => j <= i, softmax: false);
        Close.To(expected, result, 1e-13);
    }

    [Fact]
    public void Without_softmax_no_pair_is_no_weight()
    {
        Tokens x = Some.Tokens(Rows, 2, seed: 1);
        Assert.Equal(new double[2 * Rows.Count], Attention(x, x, x, 1, mask: (i, j) => false, softmax: false).Values.ToArray());
    }
}
