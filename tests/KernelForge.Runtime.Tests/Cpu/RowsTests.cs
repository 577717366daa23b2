using KernelForge.Runtime.Cpu;

namespace KernelForge.Runtime.Tests.Cpu;

public sealed class RowsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(768)]
    [InlineData(1008)]
    [InlineData(1024)]
    [InlineData(3072)]
    public void A_stride_is_an_odd_number_of_cache_lines_and_leaves_one_free(int columns)
    {
        using var buffer = new RowBuffer(3, columns);
        int stride = buffer.View<Float128>().Stride;
        Assert.Equal(1, stride / 16 % 2);
        Assert.Equal(0, stride % 16);
        Assert.True(stride >= columns + 16);
    }

    [Fact]
    public void A_store_past_a_slice_leaves_the_neighbours_alone() => Widths.ForEach(new SliceCase());

    [Fact]
    public void Values_come_back_without_their_padding()
    {
        float[] values = [1, 2, 3, 4, 5, 6];
        using RowBuffer buffer = RowBuffer.Of(values, 2, 3);
        float[] copy = new float[6];
        buffer.View<Float128>().CopyTo(copy);
        Assert.Equal(values, copy);
    }

    [Fact]
    public void A_buffer_that_is_large_enough_keeps_its_memory()
    {
        using var buffer = new RowBuffer(100, 70);
        long before = GC.GetAllocatedBytesForCurrentThread();
        buffer.Resize(10, 70);
        buffer.Resize(50, 100);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private sealed class SliceCase : IWidthCase
    {
        public void Run<TVector>() where TVector : unmanaged, IVector<TVector>
        {
            using RowBuffer buffer = RowBuffer.Of(Enumerable.Range(0, 40).Select(i => (float)i).ToArray(), 1, 40);
            Rows<TVector> slice = buffer.View<TVector>().Slice(3, 21);
            for (int c = 0; c < slice.Columns; c += TVector.Count) slice.Store(0, c, TVector.Broadcast(-1));
            float[] expected = Enumerable.Range(0, 40).Select(i => i is >= 3 and < 24 ? -1f : i).ToArray();
            Assert.Equal(expected, buffer.View<TVector>()[0].ToArray());
        }
    }
}
