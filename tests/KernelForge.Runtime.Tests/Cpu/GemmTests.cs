using KernelForge.Runtime.Cpu;

namespace KernelForge.Runtime.Tests.Cpu;

public sealed class GemmTests
{
    [Theory]
    [InlineData(1, 1, 1, false)]
    [InlineData(3, 5, 7, true)]
    [InlineData(14, 32, 16, false)]
    [InlineData(15, 33, 10, true)]
    [InlineData(29, 100, 64, false)]
    [InlineData(200, 70, 130, false)]
    public void A_product_with_bias_and_residual_is_the_sum_over_k(int rows, int outputs, int inputs, bool transposed) =>
        Widths.ForEach(new ProductCase(rows, outputs, inputs, transposed));

    [Fact]
    public void Weights_side_by_side_give_their_columns_side_by_side() => Widths.ForEach(new ConcatCase());

    [Theory]
    [InlineData(1)]
    [InlineData(37)]
    public void A_pair_gives_both_numbers_of_a_column_at_once(int outputs) => Widths.ForEach(new PairCase(outputs));

    [Fact]
    public void Blocks_in_one_pass_give_what_each_gives_alone() => Widths.ForEach(new BlocksCase());

    [Fact]
    public void A_row_has_the_same_bits_in_every_batch_tile_and_thread_count() => Widths.ForEach(new BitsCase());

    [Fact]
    public void A_sum_over_k_is_one_chain_in_ascending_order() => Widths.ForEach(new ChainCase());

    [Fact]
    public void Rows_that_do_not_meet_the_weight_are_refused()
    {
        using var pool = new WorkerPool(1);
        using var input = new RowBuffer(2, 3);
        using var output = new RowBuffer(2, 4);
        using PackedMatrix<Float128> weights = PackedMatrix.Concat<Float128>(5, new WeightPart(new float[20], 4));
        var exception = Assert.Throws<ArgumentException>(() =>
            Gemm.Run(pool, input.View<Float128>(), Gemm.Block(weights, new Keep<Float128>(output.View<Float128>()))));
        Assert.Contains("3 columns", exception.Message, StringComparison.Ordinal);
    }

    internal readonly struct Keep<TVector>(Rows<TVector> output) : IGemmEpilogue<TVector> where TVector : unmanaged, IVector<TVector>
    {
        public void Apply(int row, int column, TVector value) => output.Store(row, column, value);

        public void Ask(int row, int column) => output.Ask(row, column);
    }

    private readonly struct AddBiasAndResidual<TVector>(Rows<TVector> output, Rows<TVector> bias, Rows<TVector> residual)
        : IGemmEpilogue<TVector> where TVector : unmanaged, IVector<TVector>
    {
        public void Apply(int row, int column, TVector value) =>
            output.Store(row, column, value + bias.Load(0, column) + residual.Load(row, column));

        public void Ask(int row, int column) => residual.Ask(row, column);
    }

    private readonly struct Gate<TVector>(Rows<TVector> output) : IGemmPairEpilogue<TVector> where TVector : unmanaged, IVector<TVector>
    {
        public void Apply(int row, int column, TVector first, TVector second) => output.Store(row, column, first * second);

        public void Ask(int row, int column) { }
    }

    private static double Dot(float[] x, int row, float[] w, int output, int inputs, int outputs, bool transposed)
    {
        double sum = 0;
        for (int k = 0; k < inputs; k++) sum += (double)x[(row * inputs) + k] * w[transposed ? (k * outputs) + output : (output * inputs) + k];
        return sum;
    }

    private sealed record ProductCase(int RowCount, int Outputs, int Inputs, bool Transposed) : IWidthCase
    {
        public void Run<TVector>() where TVector : unmanaged, IVector<TVector>
        {
            float[] x = Samples.Normal(1, RowCount * Inputs), w = Samples.Normal(2, Outputs * Inputs);
            float[] b = Samples.Normal(3, Outputs), r = Samples.Normal(4, RowCount * Outputs);
            using var pool = new WorkerPool(2);
            using RowBuffer input = RowBuffer.Of(x, RowCount, Inputs), bias = RowBuffer.Of(b, 1, Outputs);
            using RowBuffer residual = RowBuffer.Of(r, RowCount, Outputs), output = new(RowCount, Outputs);
            using PackedMatrix<TVector> weights = PackedMatrix.Concat<TVector>(Inputs, new WeightPart(w, Outputs, Transposed));

            Gemm.Run(pool, input.View<TVector>(), Gemm.Block(
                weights, new AddBiasAndResidual<TVector>(output.View<TVector>(), bias.View<TVector>(), residual.View<TVector>())));

            Rows<TVector> y = output.View<TVector>();
            for (int row = 0; row < RowCount; row++)
            {
                for (int c = 0; c < Outputs; c++)
                    Assert.Equal(Dot(x, row, w, c, Inputs, Outputs, Transposed) + b[c] + r[(row * Outputs) + c], y[row, c], 1e-5 * Inputs);
            }
        }
    }

    private sealed class ConcatCase : IWidthCase
    {
        public void Run<TVector>() where TVector : unmanaged, IVector<TVector>
        {
            const int rows = 4, inputs = 9;
            float[] x = Samples.Normal(1, rows * inputs), a = Samples.Normal(2, 11 * inputs), b = Samples.Normal(3, 3 * inputs);
            using var pool = new WorkerPool(1);
            using RowBuffer input = RowBuffer.Of(x, rows, inputs), output = new(rows, 14);
            using PackedMatrix<TVector> weights =
                PackedMatrix.Concat<TVector>(inputs, new WeightPart(a, 11), new WeightPart(b, 3, Transposed: true));
            Gemm.Run(pool, input.View<TVector>(), Gemm.Block(weights, new Keep<TVector>(output.View<TVector>())));
            Rows<TVector> y = output.View<TVector>();
            for (int row = 0; row < rows; row++)
            {
                for (int c = 0; c < 11; c++) Assert.Equal(Dot(x, row, a, c, inputs, 11, false), y[row, c], 1e-5);
                for (int c = 0; c < 3; c++) Assert.Equal(Dot(x, row, b, c, inputs, 3, true), y[row, 11 + c], 1e-5);
            }
        }
    }

    private sealed record PairCase(int Outputs) : IWidthCase
    {
        public void Run<TVector>() where TVector : unmanaged, IVector<TVector>
        {
            const int rows = 17, inputs = 12;
            float[] x = Samples.Normal(1, rows * inputs), a = Samples.Normal(2, Outputs * inputs), b = Samples.Normal(3, Outputs * inputs);
            using var pool = new WorkerPool(2);
            using RowBuffer input = RowBuffer.Of(x, rows, inputs), output = new(rows, Outputs);
            using PackedMatrix<TVector> weights = PackedMatrix.Pair<TVector>(inputs, new WeightPart(a, Outputs), new WeightPart(b, Outputs));
            Gemm.Run(pool, input.View<TVector>(), Gemm.PairBlock(weights, new Gate<TVector>(output.View<TVector>())));
            Rows<TVector> y = output.View<TVector>();
            for (int row = 0; row < rows; row++)
            {
                for (int c = 0; c < Outputs; c++)
                {
                    double expected = Dot(x, row, a, c, inputs, Outputs, false) * Dot(x, row, b, c, inputs, Outputs, false);
                    Assert.Equal(expected, y[row, c], 1e-4);
                }
            }
        }
    }

    private sealed class BlocksCase : IWidthCase
    {
        public void Run<TVector>() where TVector : unmanaged, IVector<TVector>
        {
            const int rows = 23, inputs = 18;
            using var pool = new WorkerPool(3);
            using RowBuffer input = RowBuffer.Of(Samples.Normal(1, rows * inputs), rows, inputs);
            using RowBuffer a = new(rows, 70), b = new(rows, 5), c = new(rows, 37), alone = new(rows, 37), wide = new(rows, 70), narrow = new(rows, 5);
            using PackedMatrix<TVector> first = Weight<TVector>(2, 70, inputs), second = Weight<TVector>(3, 5, inputs);
            using PackedMatrix<TVector> third = PackedMatrix.Pair<TVector>(
                inputs, new WeightPart(Samples.Normal(4, 37 * inputs), 37), new WeightPart(Samples.Normal(5, 37 * inputs), 37));
            Rows<TVector> x = input.View<TVector>();
            Gemm.Run(pool, x,
                Gemm.Block(first, new Keep<TVector>(a.View<TVector>())), Gemm.Block(second, new Keep<TVector>(b.View<TVector>())),
                Gemm.PairBlock(third, new Gate<TVector>(c.View<TVector>())));

            Gemm.Run(pool, x, Gemm.Block(first, new Keep<TVector>(wide.View<TVector>())));
            Gemm.Run(pool, x, Gemm.Block(second, new Keep<TVector>(narrow.View<TVector>())));
            Gemm.Run(pool, x, Gemm.PairBlock(third, new Gate<TVector>(alone.View<TVector>())));
            Assert.Equal(Samples.Bits(wide, 0, rows), Samples.Bits(a, 0, rows));
            Assert.Equal(Samples.Bits(narrow, 0, rows), Samples.Bits(b, 0, rows));
            Assert.Equal(Samples.Bits(alone, 0, rows), Samples.Bits(c, 0, rows));
        }

        private static PackedMatrix<TVector> Weight<TVector>(int seed, int outputs, int inputs) where TVector : unmanaged, IVector<TVector> =>
            PackedMatrix.Concat<TVector>(inputs, new WeightPart(Samples.Normal(seed, outputs * inputs), outputs));
    }

    private sealed class BitsCase : IWidthCase
    {
        public void Run<TVector>() where TVector : unmanaged, IVector<TVector>
        {
            const int most = 600, inputs = 300, outputs = 75;
            float[] x = Samples.Normal(1, most * inputs), w = Samples.Normal(2, outputs * inputs);
            using PackedMatrix<TVector> weights = PackedMatrix.Concat<TVector>(inputs, new WeightPart(w, outputs));
            int[] whole = Product<TVector>(x, most, weights, threads: 1);
            foreach (int threads in (int[])[1, 2, 3, 4])
            {
                foreach ((int first, int rows) in ((int, int)[])[(0, 1), (7, 2), (3, 14), (100, 15), (31, 13), (5, 29), (1, 599)])
                {
                    Assert.Equal(
                        whole.AsSpan(first * outputs, rows * outputs).ToArray(),
                        Product<TVector>(x.AsSpan(first * inputs, rows * inputs), rows, weights, threads));
                }
            }
        }
    }

    /// <summary>The bits of a product of rows.</summary>
    internal static int[] Product<TVector>(ReadOnlySpan<float> x, int rows, PackedMatrix<TVector> weights, int threads)
        where TVector : unmanaged, IVector<TVector>
    {
        using var pool = new WorkerPool(threads);
        using RowBuffer input = RowBuffer.Of(x, rows, weights.Inputs), output = new(rows, weights.Outputs);
        Gemm.Run(pool, input.View<TVector>(), Gemm.Block(weights, new Keep<TVector>(output.View<TVector>())));
        return Samples.Bits(output, 0, rows);
    }

    private sealed class ChainCase : IWidthCase
    {
        public void Run<TVector>() where TVector : unmanaged, IVector<TVector>
        {
            if (!VectorWidth.Fused) Assert.Skip("This machine rounds products before it adds them.");
            const int rows = 20, inputs = 2500, outputs = 40;
            float[] x = Samples.Normal(1, rows * inputs), w = Samples.Normal(2, outputs * inputs);
            using var pool = new WorkerPool(2);
            using RowBuffer input = RowBuffer.Of(x, rows, inputs), output = new(rows, outputs);
            using PackedMatrix<TVector> weights = PackedMatrix.Concat<TVector>(inputs, new WeightPart(w, outputs));
            Gemm.Run(pool, input.View<TVector>(), Gemm.Block(weights, new Keep<TVector>(output.View<TVector>())));
            Rows<TVector> y = output.View<TVector>();
            for (int row = 0; row < rows; row++)
            {
                for (int c = 0; c < outputs; c++)
                {
                    float chain = 0;
                    for (int k = 0; k < inputs; k++) chain = MathF.FusedMultiplyAdd(x[(row * inputs) + k], w[(c * inputs) + k], chain);
                    Assert.Equal(BitConverter.SingleToInt32Bits(chain), BitConverter.SingleToInt32Bits(y[row, c]));
                }
            }
        }
    }
}
