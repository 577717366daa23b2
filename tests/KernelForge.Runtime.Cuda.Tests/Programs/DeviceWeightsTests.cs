using KernelForge.Runtime.Cuda.Execution;
using KernelForge.Runtime.Cuda.Programs;
using KernelForge.Runtime.Cuda.Tests.Execution;
using KernelForge.Tests;

namespace KernelForge.Runtime.Cuda.Tests.Programs;

public sealed class DeviceWeightsTests : IDisposable
{
    private readonly CudaContext context = CudaContext.Open(new FakeDriver { Capacity = 16 << 20 });
    private readonly List<DeviceWeights> made = [];
    private int abandoned;

    public void Dispose()
    {
        foreach (DeviceWeights weights in made) weights.Dispose();
        Assert.Equal((nuint)0, context.Memory.BytesInUse);
        context.Dispose();
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(31, 3)]
    [InlineData(32, 8)]
    [InlineData(70, 17)]
    public void Of_a_linear_each_row_is_where_a_thread_ends_with_neighbouring_columns(int outputs, int inner)
    {
        DeviceWeights weights = Weights();
        float[][] rows = Read(weights.Packed(inner, weights.Block(Values(outputs, inner), outputs)), (outputs + 31) / 32 * 32, inner);
        for (int column = 0; column < rows.Length; column++)
            Assert.Equal(Row(column < outputs ? column : null, inner, 0), rows[RowOf(column)]);
    }

    [Fact]
    public void Transposed_weights_come_out_the_same()
    {
        DeviceWeights weights = Weights();
        float[] values = Values(40, 9), transposed = new float[values.Length];
        for (int i = 0; i < values.Length; i++) transposed[(i % 9 * 40) + (i / 9)] = values[i];
        Assert.Equal(
            Read(weights.Packed(9, weights.Block(values, 40)), 64, 9),
            Read(weights.Packed(9, weights.Block(transposed, 40, transposed: true)), 64, 9));
    }

    [Fact]
    public void Of_a_pair_each_eight_columns_hold_four_of_either()
    {
        const int Outputs = 18, Inner = 6;
        DeviceWeights weights = Weights();
        float[] first = Values(Outputs, Inner), second = [.. first.Select(w => w + 5000)];
        DeviceArray packed = weights.Packed(Inner, weights.Pair(first, false, second, false, Outputs));
        float[][] rows = Read(packed, 64, Inner);
        for (int column = 0; column < 64; column++)
        {
            int output = (column / 8 * 4) + (column % 4);
            float shift = column % 8 < 4 ? 0 : 5000;
            Assert.Equal(Row(output < Outputs ? output : null, Inner, shift), rows[RowOf(column)]);
        }
    }

    [Fact]
    public void Blocks_lie_one_behind_the_other()
    {
        DeviceWeights weights = Weights();
        float[] other = [.. Values(2, 4).Select(w => w + 300)];
        float[][] rows = Read(weights.Packed(4, weights.Block(Values(33, 4), 33), weights.Block(other, 2)), 96, 4);
        Assert.Equal(Row(32, 4, 0), rows[32 + RowOf(0)]);
        Assert.Equal(Row(null, 4, 0), rows[32 + RowOf(1)]);
        Assert.Equal(Row(1, 4, 300), rows[64 + RowOf(1)]);
        Assert.Equal(CudaRun.Packed(33) + CudaRun.Packed(2), rows.Length);
    }

    [Fact]
    public unsafe void Tables_are_padded_and_in_the_precision()
    {
        DeviceWeights weights = Weights(CudaPrecision.BFloat16);
        DeviceArray table = weights.Table([1, 2, 3, 1.00390625f, 5, 6], rows: 2, columns: 3); // 1 + 2^-8: to even, down
        var bits = new ReadOnlySpan<ushort>((void*)table.Pointer.Address, 16);
        Assert.Equal([0x3f80, 0x4000, 0x4040, 0, 0, 0, 0, 0, 0x3f80, 0x40a0, 0x40c0, 0, 0, 0, 0, 0], bits.ToArray());
    }

    [Fact]
    public void Products_in_tensor_floats_have_weights_of_their_precision()
    {
        DeviceWeights weights = Weights(CudaPrecision.TensorFloat32);
        float[][] rows = Read(weights.Packed(1, weights.Block([1.0001f], 1)), 32, 1);
        Assert.Equal(1f, rows[0][0]);
    }

    [Theory]
    [InlineData(CudaPrecision.Float16, 65519.9f, 65520f, "BFloat16")]
    [InlineData(CudaPrecision.BFloat16, 3.38e38f, 3.4e38f, "Float32")]
    public void What_the_precision_cannot_hold_is_named_with_what_to_do(CudaPrecision precision, float largest, float beyond, string instead)
    {
        DeviceWeights weights = Weights(precision);
        float[] gate = [1, largest, -largest, float.NegativeInfinity, float.NaN, 0];
        weights.Packed(3, weights.Block(gate, 2));
        weights.Table(gate, 2, 3);
        gate[4] = beyond;
        string message = $"gate: {beyond} at [1, 1] is beyond the range of {precision}";
        WeightException error = Assert.Throws<WeightException>(() => weights.Packed(3, weights.Block(gate, 2)));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains($"CudaPrecision.{instead}", error.Message, StringComparison.Ordinal);
        Refuses.With<WeightException>(message, () => weights.Table(gate, 2, 3));
        Assert.Equal(2, abandoned);
    }

    [Fact]
    public void Another_number_of_weights_is_refused_by_name()
    {
        DeviceWeights weights = Weights();
        float[] query = new float[5];
        Refuses.With<ArgumentException>("'query' has 5 weights, the layer takes 3 x 2", () => weights.Packed(2, weights.Block(query, 3)));
        Refuses.With<ArgumentException>("'query' has 5 weights, the layer takes 1 x 6", () => weights.Table(query, 1, 6));
    }

    /// <summary>The row of 32 that holds a column, by the picture: four fragments side by side, a thread two neighbouring columns of each.</summary>
    private static int RowOf(int column)
    {
        for (int j = 0; j < 4; j++)
            for (int t = 0; t < 4; t++)
                for (int e = 0; e < 2; e++)
                    if ((8 * t) + (2 * j) + e == column % 32) return (column / 32 * 32) + (8 * j) + (2 * t) + e;
        throw new InvalidOperationException();
    }

    private static float[] Values(int outputs, int inner) => [.. Enumerable.Range(0, outputs * inner).Select(i => (i % 1900) + 1f)];

    private static float[] Row(int? output, int inner, float shift) =>
        [.. Enumerable.Range(0, Elements.Padded(inner)).Select(k => output is { } o && k < inner ? (((o * inner) + k) % 1900) + 1 + shift : 0)];

    private static unsafe float[][] Read(DeviceArray array, int rows, int inner) =>
        [.. new ReadOnlySpan<float>((void*)array.Pointer.Address, rows * Elements.Padded(inner)).ToArray().Chunk(Elements.Padded(inner))];

    private DeviceWeights Weights(CudaPrecision precision = CudaPrecision.Float32)
    {
        made.Add(new DeviceWeights(precision, context, () => abandoned++));
        return made[^1];
    }
}
