using KernelForge.Runtime.Cpu;

namespace KernelForge.Runtime.Tests.Cpu;

public sealed class AttentionTests
{
    [Theory]
    [InlineData(12, 12, 64, 64)]
    [InlineData(4, 2, 5, 3)]
    [InlineData(6, 1, 33, 40)]
    [InlineData(1, 1, 1, 1)]
    [InlineData(2, 2, 16, 100)]
    public void Heads_of_any_widths_attend_as_the_definition_says(int heads, int keyValueHeads, int headWidth, int valueWidth) =>
        Widths.ForEach(new Case<PlainScore, NoMask>(heads, keyValueHeads, headWidth, valueWidth, [5, 0, 1, 70, 16, 33], null, default, default));

    [Fact]
    public void Queries_attend_to_keys_of_other_lengths_and_an_empty_key_set_gives_zeros() =>
        Widths.ForEach(new Case<PlainScore, NoMask>(4, 4, 24, 24, [1, 3, 0, 40, 2], [50, 0, 7, 1, 33], default, default));

    [Fact]
    public void A_sequence_longer_than_one_stretch_is_whole() =>
        Widths.ForEach(new Case<PlainScore, NoMask>(2, 1, 8, 8, [500, 3], null, default, default));

    [Fact]
    public void A_causal_mask_hides_later_keys() =>
        Widths.ForEach(new Case<PlainScore, Causal>(2, 2, 16, 16, [130, 1, 0, 47], null, default, default));

    [Fact]
    public void A_window_leaves_out_whole_panels_on_both_sides() =>
        Widths.ForEach(new Case<PlainScore, Window>(2, 2, 16, 16, [300, 5], null, default, new Window(20)));

    [Fact]
    public void A_mask_with_a_gap_joins_the_runs_of_keys_on_both_sides_of_it() =>
        Widths.ForEach(new Case<PlainScore, Gap>(1, 1, 16, 16, [300], null, default, new Gap(70, 200)));

    [Fact]
    public void A_query_that_sees_no_key_gives_zeros() =>
        Widths.ForEach(new Case<PlainScore, StrictlyBefore>(2, 2, 16, 16, [40, 1], null, default, default));

    [Fact]
    public void A_score_reads_positions_rows_and_the_head() =>
        Widths.ForEach(new Case<Slope, Causal>(3, 3, 16, 16, [50, 20], null, new Slope(0.25f), default));

    [Fact]
    public void A_sequence_has_the_same_bits_in_every_batch_and_thread_count() => Widths.ForEach(new BitsCase());

    [Fact]
    public void Shapes_that_do_not_meet_are_refused()
    {
        using var pool = new WorkerPool(1);
        using RowBuffer wide = new(1, 12), narrow = new(1, 10);
        var rows = new RaggedRows();
        rows.Set([0, 1]);
        Assert.Throws<ArgumentException>(() => Attention.Run(
            pool, wide.View<Float128>(), narrow.View<Float128>(), wide.View<Float128>(), wide.View<Float128>(),
            rows, rows, new AttentionHeads(2, 2, 1), default(PlainScore), default(NoMask)));
        Assert.Throws<ArgumentException>(() => Attention.Run(
            pool, wide.View<Float128>(), wide.View<Float128>(), wide.View<Float128>(), wide.View<Float128>(),
            rows, rows, new AttentionHeads(5, 5, 1), default(PlainScore), default(NoMask)));
    }

    internal readonly struct Causal : IMask
    {
        public static bool Exists => true;

        public bool Includes(AttentionRow i, AttentionRow j) => j <= i;

        public Coverage Cover(Interval i, Interval j, int sequence) => j <= i;
    }

    internal readonly record struct Window(int Width) : IMask
    {
        public static bool Exists => true;

        public bool Includes(AttentionRow i, AttentionRow j) => i - j < Width && j - i < Width;

        public Coverage Cover(Interval i, Interval j, int sequence) => (i - j < Width) & (j - i < Width);
    }

    private readonly record struct Gap(int From, int To) : IMask
    {
        public static bool Exists => true;

        public bool Includes(AttentionRow i, AttentionRow j) => j < From || j >= To;

        public Coverage Cover(Interval i, Interval j, int sequence) => (j < From) | (j >= To);
    }

    private readonly struct StrictlyBefore : IMask
    {
        public static bool Exists => true;

        public bool Includes(AttentionRow i, AttentionRow j) => j < i;

        public Coverage Cover(Interval i, Interval j, int sequence) => Coverage.Part;
    }

    internal readonly record struct Slope(float Factor) : IScore
    {
        public static bool Exists => true;

        public float Apply(float s, AttentionRow i, AttentionRow j, int head) =>
            s + (Factor * (head + 1) * (j - i)) + (0.01f * (i.Row - j.Row));
    }

    private sealed record Case<TScore, TMask>(
        int Heads, int KeyValueHeads, int HeadWidth, int ValueWidth, int[] QueryLengths, int[]? KeyLengths, TScore Score, TMask Mask) : IWidthCase
        where TScore : struct, IScore
        where TMask : struct, IMask
    {
        public void Run<TVector>() where TVector : unmanaged, IVector<TVector>
        {
            int[] queryOffsets = Samples.Offsets(QueryLengths), keyOffsets = Samples.Offsets(KeyLengths ?? QueryLengths);
            float scale = 1 / MathF.Sqrt(HeadWidth);
            float[] q = Samples.Normal(1, queryOffsets[^1] * Heads * HeadWidth), k = Samples.Normal(2, keyOffsets[^1] * KeyValueHeads * HeadWidth);
            float[] v = Samples.Normal(3, keyOffsets[^1] * KeyValueHeads * ValueWidth);
            using var pool = new WorkerPool(2);
            using RowBuffer query = RowBuffer.Of(q, queryOffsets[^1], Heads * HeadWidth);
            using RowBuffer key = RowBuffer.Of(k, keyOffsets[^1], KeyValueHeads * HeadWidth);
            using RowBuffer value = RowBuffer.Of(v, keyOffsets[^1], KeyValueHeads * ValueWidth);
            using RowBuffer output = new(queryOffsets[^1], Heads * ValueWidth);
            var queries = new RaggedRows();
            var keys = new RaggedRows();
            queries.Set(queryOffsets);
            keys.Set(keyOffsets);
            for (int row = 0; row < queryOffsets[^1]; row++) output.View<TVector>()[row].Fill(float.NaN);

            Attention.Run(
                pool, query.View<TVector>(), key.View<TVector>(), value.View<TVector>(), output.View<TVector>(),
                queries, keys, new AttentionHeads(Heads, KeyValueHeads, scale), Score, Mask);

            Rows<TVector> y = output.View<TVector>();
            for (int s = 0; s < QueryLengths.Length; s++)
            {
                for (int i = queryOffsets[s]; i < queryOffsets[s + 1]; i++)
                {
                    for (int h = 0; h < Heads; h++)
                    {
                        double[] expected = Expected(q, k, v, new(i - queryOffsets[s], i, s), keyOffsets[s], keyOffsets[s + 1], h, scale);
                        for (int c = 0; c < ValueWidth; c++) Assert.Equal(expected[c], y[i, (h * ValueWidth) + c], 2e-5);
                    }
                }
            }
        }

        private double[] Expected(float[] q, float[] k, float[] v, AttentionRow i, int start, int end, int head, float scale)
        {
            int keyHead = head * KeyValueHeads / Heads;
            double[] weights = new double[end - start], result = new double[ValueWidth];
            for (int j = start; j < end; j++)
            {
                double dot = 0;
                for (int c = 0; c < HeadWidth; c++)
                    dot += (double)q[(((i.Row * Heads) + head) * HeadWidth) + c] * k[(((j * KeyValueHeads) + keyHead) * HeadWidth) + c];
                var row = new AttentionRow(j - start, j, i.Sequence);
                double logit = TScore.Exists ? Score.Apply((float)(dot * scale), i, row, head) : dot * scale;
                weights[j - start] = !TMask.Exists || Mask.Includes(i, row) ? logit : double.NegativeInfinity;
            }
            double largest = weights.Append(double.NegativeInfinity).Max();
            if (double.IsNegativeInfinity(largest)) return result;
            double sum = weights.Sum(w => Math.Exp(w - largest));
            for (int j = start; j < end; j++)
            {
                for (int c = 0; c < ValueWidth; c++)
                    result[c] += Math.Exp(weights[j - start] - largest) / sum * v[(((j * KeyValueHeads) + keyHead) * ValueWidth) + c];
            }
            return result;
        }
    }

    private sealed class BitsCase : IWidthCase
    {
        private const int Heads = 2, Width = 20, Columns = Heads * Width;

        public void Run<TVector>() where TVector : unmanaged, IVector<TVector>
        {
            var random = new Random(7);
            int[] lengths = [0, 1, 700, .. Enumerable.Range(0, 12).Select(_ => random.Next(0, 90))];
            float[][] sequences = [.. lengths.Select((length, s) => Samples.Normal(s, length * 3 * Columns))];
            int[][] alone = [.. sequences.Select(sequence => Attend<TVector>([sequence], 1)[0])];
            foreach (int threads in (int[])[1, 2, 3, 4])
            {
                int[] order = [.. Enumerable.Range(0, lengths.Length).OrderBy(_ => random.Next())];
                int[][] together = Attend<TVector>([.. order.Select(s => sequences[s])], threads);
                for (int place = 0; place < order.Length; place++) Assert.Equal(alone[order[place]], together[place]);
            }
        }

        private static int[][] Attend<TVector>(float[][] sequences, int threads) where TVector : unmanaged, IVector<TVector>
        {
            int[] offsets = Samples.Offsets([.. sequences.Select(s => s.Length / (3 * Columns))]);
            using var pool = new WorkerPool(threads);
            using RowBuffer merged = RowBuffer.Of([.. sequences.SelectMany(s => s)], offsets[^1], 3 * Columns);
            using RowBuffer output = new(offsets[^1], Columns);
            Rows<TVector> rows = merged.View<TVector>();
            var ragged = new RaggedRows();
            ragged.Set(offsets);
            Attention.Run(
                pool, rows.Slice(0, Columns), rows.Slice(Columns, Columns), rows.Slice(2 * Columns, Columns), output.View<TVector>(),
                ragged, ragged, new AttentionHeads(Heads, Heads, 0.2f), default(PlainScore), default(Causal));
            return [.. Enumerable.Range(0, sequences.Length).Select(s => Samples.Bits(output, offsets[s], offsets[s + 1]))];
        }
    }
}
