using KernelForge.Runtime.Cpu;
using KernelForge.Runtime.Cpu.Dots;

namespace KernelForge.Runtime.Tests.Cpu.Dots;

/// <summary>Attention in bfloat16, with this machine's tiles and with those of C#.</summary>
public sealed class DotProductsTests
{
    /// <param name="kind">What multiplies: this machine's own, or C# with the rows and cells of a kind.</param>
    [Theory]
    [InlineData("own")]
    [InlineData("C#")]
    [InlineData("AVX-512 BF16")]
    [InlineData("AMX bf16")]
    public void It_is_attention_with_rounded_factors(string kind)
    {
        int[] lengths = [5, 0, 1, 64, 301, 33];
        Widths.ForEach(new Beside<PlainScore, NoMask>(kind, 3, 3, 64, 64, lengths, default, default));
        Widths.ForEach(new Beside<PlainScore, AttentionTests.Causal>(kind, 4, 2, 20, 37, lengths, default, default));
        Widths.ForEach(new Beside<AttentionTests.Slope, AttentionTests.Window>(kind, 40, 1, 9, 70, [3, 50, 200], new(0.05f), new(35)));
        Widths.ForEach(new Beside<PlainScore, NoMask>(kind, 2, 2, 33, 31, lengths, default, default) { Softmax = false });
    }

    [Fact]
    public void A_sequence_has_the_same_bits_alone_and_for_any_number_of_threads() => Widths.ForEach(new BitsCase());

    [Fact]
    public void A_run_allocates_nothing() => Widths.ForEach(new AllocationCase());

    private static DotTiles TilesOf<TVector>(string kind) where TVector : unmanaged, IVector<TVector> => kind == "own"
        ? DotTiles.For<TVector>(CpuPrecision.BFloat16)
        : new DotTiles(
            CpuPrecision.BFloat16, null, kind,
            DotKind.All.SingleOrDefault(k => k.Name == kind && k.VectorBytes == TVector.Count * sizeof(float)));

    /// <summary>Beside attention in floats of inputs that bfloat16 has exactly: what differs is the rounding of weights alone.</summary>
    private sealed record Beside<TScore, TMask>(
        string Kind, int Heads, int KeyHeads, int Width, int ValueWidth, int[] Lengths, TScore Score, TMask Mask) : IWidthCase
        where TScore : struct, IScore
        where TMask : struct, IMask
    {
        public bool Softmax { get; init; } = true;

        public void Run<TVector>() where TVector : unmanaged, IVector<TVector>
        {
            using var inputs = new Inputs(Lengths, Heads * Width, KeyHeads * Width, KeyHeads * ValueWidth, exact: true);
            var heads = new AttentionHeads(Heads, KeyHeads, Softmax ? 0.3f : 0.02f, Softmax);
            float[] rounded = inputs.Attend<TVector, TScore, TMask>(2, heads, Score, Mask, TilesOf<TVector>(Kind));
            float[] floats = inputs.Attend<TVector, TScore, TMask>(2, heads, Score, Mask, null);
            // Each weight is within a 512th of itself, so that a sum is within that of the largest value times the sum of weights.
            double allowed = Softmax ? floats.Length == 0 ? 0 : 4.5 / 512 : 0.1;
            for (int i = 0; i < floats.Length; i++) Assert.Equal(floats[i], rounded[i], allowed);
        }
    }

    private sealed class BitsCase : IWidthCase
    {
        public void Run<TVector>() where TVector : unmanaged, IVector<TVector>
        {
            int[] lengths = [0, 1, 700, 33, 64, 90];
            var heads = new AttentionHeads(2, 2, 0.2f);
            DotTiles tiles = TilesOf<TVector>("own");
            using var all = new Inputs(lengths, 40, 40, 40, exact: false);
            float[] together = all.Attend<TVector, PlainScore, AttentionTests.Causal>(1, heads, default, default, tiles);
            foreach (int threads in (int[])[2, 3])
                Assert.Equal(together, all.Attend<TVector, PlainScore, AttentionTests.Causal>(threads, heads, default, default, tiles));
            for (int s = 0, first = 0; s < lengths.Length; first += lengths[s++])
            {
                using Inputs one = all.Rows(first, lengths[s]);
                float[] alone = one.Attend<TVector, PlainScore, AttentionTests.Causal>(2, heads, default, default, tiles);
                Assert.Equal(together[(first * 40)..((first + lengths[s]) * 40)], alone);
            }
        }
    }

    private sealed class AllocationCase : IWidthCase
    {
        public void Run<TVector>() where TVector : unmanaged, IVector<TVector>
        {
            using var inputs = new Inputs([70, 3], 40, 40, 40, exact: false);
            using var pool = new WorkerPool(1);
            using var output = new RowBuffer(73, 40);
            DotTiles tiles = TilesOf<TVector>("own");
            inputs.Run<TVector, PlainScore, NoMask>(pool, new AttentionHeads(2, 2, 1), default, default, tiles, output);
            long before = GC.GetAllocatedBytesForCurrentThread();
            inputs.Run<TVector, PlainScore, NoMask>(pool, new AttentionHeads(2, 2, 1), default, default, tiles, output);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    private sealed class Inputs : IDisposable
    {
        private readonly float[] q, k, v;
        private readonly int[] columns;
        private readonly RowBuffer query, key, value;
        private readonly RaggedRows rows = new();

        public Inputs(int[] lengths, int queryColumns, int keyColumns, int valueColumns, bool exact)
            : this(lengths, [queryColumns, keyColumns, valueColumns], [.. ((int[])[queryColumns, keyColumns, valueColumns])
                .Select((columns, i) => Samples.Normal(i + 1, lengths.Sum() * columns).Select(x => exact ? Half(x) : x).ToArray())])
        {
        }

        private Inputs(int[] lengths, int[] columns, float[][] parts)
        {
            this.columns = columns;
            (q, k, v) = (parts[0], parts[1], parts[2]);
            int[] offsets = Samples.Offsets(lengths);
            rows.Set(offsets);
            query = RowBuffer.Of(q, offsets[^1], columns[0]);
            key = RowBuffer.Of(k, offsets[^1], columns[1]);
            value = RowBuffer.Of(v, offsets[^1], columns[2]);
        }

        public Inputs Rows(int first, int count) => new(
            [count], columns, [.. ((float[][])[q, k, v]).Select((p, i) => p[(first * columns[i])..((first + count) * columns[i])])]);

        public float[] Attend<TVector, TScore, TMask>(int threads, AttentionHeads heads, TScore score, TMask mask, DotTiles? tiles)
            where TVector : unmanaged, IVector<TVector>
            where TScore : struct, IScore
            where TMask : struct, IMask
        {
            using var pool = new WorkerPool(threads);
            int width = columns[2] / heads.KeyValueHeads * heads.Heads;
            using var output = new RowBuffer(rows.Count, width);
            Run<TVector, TScore, TMask>(pool, heads, score, mask, tiles, output);
            float[] result = new float[rows.Count * width];
            for (int row = 0; row < rows.Count; row++) output.View<TVector>()[row].CopyTo(result.AsSpan(row * width));
            return result;
        }

        public void Run<TVector, TScore, TMask>(
            WorkerPool pool, AttentionHeads heads, TScore score, TMask mask, DotTiles? tiles, RowBuffer output)
            where TVector : unmanaged, IVector<TVector>
            where TScore : struct, IScore
            where TMask : struct, IMask =>
            Attention.RunWith(
                pool, query.View<TVector>(), key.View<TVector>(), value.View<TVector>(), output.View<TVector>(), rows, rows,
                heads, score, mask, null, tiles);

        public void Dispose()
        {
            query.Dispose();
            key.Dispose();
            value.Dispose();
        }

        private static float Half(float x) => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(x) & 0xffff0000u);
    }
}
