using KernelForge.Runtime.Cpu;

namespace KernelForge.Runtime.Tests.Cpu.Dots;

/// <summary>Products in bfloat16 and in bytes, as those of floats are tested.</summary>
public sealed class NarrowGemmTests
{
    [Theory]
    [InlineData(CpuPrecision.BFloat16, 1, 1, 1, false)]
    [InlineData(CpuPrecision.BFloat16, 29, 100, 63, true)]
    [InlineData(CpuPrecision.BFloat16, 70, 33, 2101, false)]
    [InlineData(CpuPrecision.Int8, 1, 1, 1, false)]
    [InlineData(CpuPrecision.Int8, 29, 100, 63, true)]
    [InlineData(CpuPrecision.Int8, 70, 33, 4203, false)]
    public void A_product_is_that_of_the_rounded_factors(CpuPrecision precision, int rows, int outputs, int inputs, bool transposed) =>
        Widths.ForEach(new ProductCase(precision, rows, outputs, inputs, transposed));

    [Theory]
    [InlineData(CpuPrecision.BFloat16)]
    [InlineData(CpuPrecision.Int8)]
    public void A_row_has_the_same_bits_in_every_batch_tile_and_thread_count(CpuPrecision precision) => Widths.ForEach(new BitsCase(precision));

    [Theory]
    [InlineData(CpuPrecision.BFloat16)]
    [InlineData(CpuPrecision.Int8)]
    public void A_run_allocates_nothing(CpuPrecision precision) => Widths.ForEach(new AllocationCase(precision));

    private sealed record ProductCase(CpuPrecision Precision, int RowCount, int Outputs, int Inputs, bool Transposed) : IWidthCase
    {
        public void Run<TVector>() where TVector : unmanaged, IVector<TVector>
        {
            float[] x = Samples.Normal(1, RowCount * Inputs), w = Samples.Normal(2, Outputs * Inputs);
            using var pool = new WorkerPool(2);
            using RowBuffer input = RowBuffer.Of(x, RowCount, Inputs), output = new(RowCount, Outputs);
            using PackedMatrix<TVector> weights = PackedMatrix.Concat<TVector>(Inputs, new WeightPart(w, Outputs, Transposed)).To(Precision);
            Gemm.Run(pool, input.View<TVector>(), Gemm.Block(weights, new GemmTests.Keep<TVector>(output.View<TVector>())));

            double[][] rows = [.. Enumerable.Range(0, RowCount).Select(r => Rounded(i => x[(r * Inputs) + i]))];
            double[][] columns = [.. Enumerable.Range(0, Outputs).Select(c => Rounded(i => w[Transposed ? (i * Outputs) + c : (c * Inputs) + i]))];
            Rows<TVector> y = output.View<TVector>();
            for (int row = 0; row < RowCount; row++)
            {
                for (int c = 0; c < Outputs; c++)
                {
                    double sum = 0, size = 0;
                    for (int i = 0; i < Inputs; i++)
                    {
                        sum += rows[row][i] * columns[c][i];
                        size += Math.Abs(rows[row][i] * columns[c][i]);
                    }
                    Assert.Equal(sum, y[row, c], (1e-6 * size) + 1e-30);
                }
            }
        }

        /// <summary>The nearest number of 8 significant bits, of two as near the even one.</summary>
        private static double Half(float value)
        {
            double unit = Math.ScaleB(1, Math.ILogB(value) - 7);
            return value == 0 ? 0 : Math.Round(value / unit, MidpointRounding.ToEven) * unit;
        }

        private double[] Rounded(Func<int, float> value)
        {
            float[] values = [.. Enumerable.Range(0, Inputs).Select(value)];
            if (Precision == CpuPrecision.BFloat16) return [.. values.Select(v => Half(v))];
            double step = values.Max(MathF.Abs) / 127.0;
            return [.. values.Select(v => Math.Round((double)(v * (127 / values.Max(MathF.Abs)))) * step)];
        }
    }

    private sealed record BitsCase(CpuPrecision Precision) : IWidthCase
    {
        public void Run<TVector>() where TVector : unmanaged, IVector<TVector>
        {
            const int most = 400, inputs = 300, outputs = 75;
            float[] x = Samples.Normal(1, most * inputs), w = Samples.Normal(2, outputs * inputs);
            using PackedMatrix<TVector> weights = PackedMatrix.Concat<TVector>(inputs, new WeightPart(w, outputs)).To(Precision);
            int[] whole = GemmTests.Product<TVector>(x, most, weights, threads: 1);
            foreach (int threads in (int[])[1, 2, 3])
            {
                foreach ((int first, int rows) in ((int, int)[])[(0, 1), (7, 2), (3, 14), (100, 15), (31, 13), (5, 33), (1, 399)])
                {
                    Assert.Equal(
                        whole.AsSpan(first * outputs, rows * outputs).ToArray(),
                        GemmTests.Product<TVector>(x.AsSpan(first * inputs, rows * inputs), rows, weights, threads));
                }
            }
        }
    }

    private sealed record AllocationCase(CpuPrecision Precision) : IWidthCase
    {
        public void Run<TVector>() where TVector : unmanaged, IVector<TVector>
        {
            using var pool = new WorkerPool(1);
            using RowBuffer input = RowBuffer.Of(Samples.Normal(1, 20 * 30), 20, 30), output = new(20, 40);
            using PackedMatrix<TVector> weights =
                PackedMatrix.Concat<TVector>(30, new WeightPart(Samples.Normal(2, 40 * 30), 40)).To(Precision);
            Run();
            long before = GC.GetAllocatedBytesForCurrentThread();
            Run();
            Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

            void Run() => Gemm.Run(pool, input.View<TVector>(), Gemm.Block(weights, new GemmTests.Keep<TVector>(output.View<TVector>())));
        }
    }
}
