using KernelForge.Runtime.Cpu;

namespace KernelForge.Runtime.Tests.Cpu;

public sealed class RowKernelTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(19)]
    [InlineData(384)]
    public void A_row_kernel_sees_every_row_once_and_sums_only_its_columns(int columns) => Widths.ForEach(new CentreCase(columns));

    [Theory]
    [InlineData(SegmentOperation.Sum)]
    [InlineData(SegmentOperation.Mean)]
    [InlineData(SegmentOperation.Max)]
    [InlineData(SegmentOperation.First)]
    public void A_segment_reduces_its_own_rows_and_an_empty_one_gives_zeros(SegmentOperation operation) =>
        Widths.ForEach(new SegmentCase(operation));

    [Theory]
    [InlineData(ActivationKind.Gelu)]
    [InlineData(ActivationKind.GeluTanh)]
    [InlineData(ActivationKind.QuickGelu)]
    [InlineData(ActivationKind.Relu)]
    [InlineData(ActivationKind.Relu2)]
    [InlineData(ActivationKind.Relu6)]
    [InlineData(ActivationKind.LeakyRelu)]
    [InlineData(ActivationKind.Sigmoid)]
    [InlineData(ActivationKind.Silu)]
    [InlineData(ActivationKind.HardSwish)]
    [InlineData(ActivationKind.Softplus)]
    [InlineData(ActivationKind.Mish)]
    [InlineData(ActivationKind.Tanh)]
    [InlineData(ActivationKind.Linear)]
    public void An_activation_is_the_one_of_the_language(ActivationKind kind) => Widths.ForEach(new ActivationCase(kind));

    [Fact]
    public void Every_activation_of_the_language_is_covered_here() => Assert.Equal(14, Enum.GetValues<ActivationKind>().Length);

    [Fact]
    public void Rows_know_their_sequence_and_position()
    {
        var rows = new RaggedRows();
        rows.Set([0, 2, 2, 5]);
        Assert.Equal([0, 0, 2, 2, 2], Enumerable.Range(0, 5).Select(rows.SequenceOf));
        Assert.Equal([0, 1, 0, 1, 2], Enumerable.Range(0, 5).Select(rows.PositionOf));
        var sequences = new RaggedRows();
        sequences.SetSequencesOf(rows);
        Assert.Equal([0, 1, 2, 3], sequences.Offsets.ToArray());
        Assert.Equal([0, 1, 2], Enumerable.Range(0, 3).Select(sequences.SequenceOf));
    }

    [Fact]
    public void Offsets_that_go_down_are_refused() => Assert.Throws<ArgumentException>(() => new RaggedRows().Set([0, 3, 2]));

    [Fact]
    public void An_index_outside_a_table_is_named()
    {
        using var table = new RowBuffer(4, 2);
        var exception = Assert.Throws<ArgumentOutOfRangeException>(() => table.View<Float128>().RowAt(4, "word.weight"));
        Assert.Contains("word.weight has rows 0 to 3; row 4", exception.Message, StringComparison.Ordinal);
    }

    private readonly struct Centre<TVector>(Rows<TVector> input, Rows<TVector> output) : IRowKernel<TVector>
        where TVector : unmanaged, IVector<TVector>
    {
        public void Run(int row, Rows<TVector> locals)
        {
            TVector sum = TVector.Zero;
            for (int c = 0; c < input.Columns; c += TVector.Count)
            {
                TVector value = input.Load(row, c) + TVector.Broadcast(1);
                locals.Store(0, c, value);
                sum += TVector.First(input.Columns - c, value);
            }
            TVector mean = TVector.Broadcast(TVector.Sum(sum) / input.Columns);
            for (int c = 0; c < input.Columns; c += TVector.Count) output.Store(row, c, locals.Load(0, c) - mean);
        }
    }

    private sealed record CentreCase(int Columns) : IWidthCase
    {
        public void Run<TVector>() where TVector : unmanaged, IVector<TVector>
        {
            const int rows = 500;
            float[] x = Samples.Normal(1, rows * Columns);
            using var pool = new WorkerPool(3);
            using RowBuffer input = RowBuffer.Of(x, rows, Columns), output = new(rows, Columns);
            RowKernels.Run<TVector, Centre<TVector>>(pool, rows, 2 * Columns, 1, Columns, new(input.View<TVector>(), output.View<TVector>()));
            for (int row = 0; row < rows; row++)
            {
                double mean = x.AsSpan(row * Columns, Columns).ToArray().Average(v => (double)v);
                for (int c = 0; c < Columns; c++) Assert.Equal(x[(row * Columns) + c] - mean, output.View<TVector>()[row, c], 1e-5);
            }
        }
    }

    private sealed record SegmentCase(SegmentOperation Operation) : IWidthCase
    {
        public void Run<TVector>() where TVector : unmanaged, IVector<TVector>
        {
            const int columns = 21;
            int[] offsets = Samples.Offsets([3, 0, 1, 40]);
            float[] x = Samples.Normal(1, offsets[^1] * columns);
            using var pool = new WorkerPool(2);
            using RowBuffer input = RowBuffer.Of(x, offsets[^1], columns), output = new(4, columns);
            var rows = new RaggedRows();
            rows.Set(offsets);
            Segments.Run(pool, Operation, input.View<TVector>(), rows, output.View<TVector>());
            for (int s = 0; s < 4; s++)
            {
                for (int c = 0; c < columns; c++)
                {
                    double[] column = [.. Enumerable.Range(offsets[s], offsets[s + 1] - offsets[s]).Select(row => (double)x[(row * columns) + c])];
                    double expected = column.Length == 0 ? 0 : Operation switch
                    {
                        SegmentOperation.Sum => column.Sum(),
                        SegmentOperation.Mean => column.Average(),
                        SegmentOperation.Max => column.Max(),
                        _ => column[0],
                    };
                    Assert.Equal(expected, output.View<TVector>()[s, c], 1e-5);
                }
            }
        }
    }

    private sealed record ActivationCase(ActivationKind Kind) : IWidthCase
    {
        public void Run<TVector>() where TVector : unmanaged, IVector<TVector>
        {
            double[] x = [.. Enumerable.Range(-200, 401).Select(i => i * 0.1), -1e4, 1e4];
            var expected = new Activation(Kind)[new Tokens(RowSpace.Table(1), x.Length, x)];
            using RowBuffer input = RowBuffer.Of([.. x.Select(v => (float)v)], 1, x.Length), output = new(1, x.Length);
            Rows<TVector> from = input.View<TVector>(), to = output.View<TVector>();
            for (int c = 0; c < x.Length; c += TVector.Count) to.Store(0, c, VectorActivation.Apply(Kind, from.Load(0, c)));
            for (int c = 0; c < x.Length; c++) Assert.Equal(expected.Values[c], to[0, c], 2e-6 * (1 + Math.Abs(expected.Values[c])));
        }
    }
}
