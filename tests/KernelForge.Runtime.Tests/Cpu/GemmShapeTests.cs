using KernelForge.Runtime.Cpu;

namespace KernelForge.Runtime.Tests.Cpu;

public sealed class GemmShapeTests
{
    [Theory]
    [InlineData(1, 768, 24)]
    [InlineData(16, 3072, 24)]
    [InlineData(4515, 768, 96)]
    [InlineData(4515, 3072, 24)]
    [InlineData(3, 100_000, 1)]
    public void Items_cover_every_row_with_every_panel_once(int rows, int inputs, int panels)
    {
        for (int threads = 1; threads <= 9; threads++)
        {
            var shape = GemmShape.Choose(rows, inputs, panels, tileRows: 14, threads);
            int[,] met = new int[rows, panels];
            for (int item = 0; item < shape.Items; item++)
            {
                ((int firstRow, int endRow), (int firstPanel, int endPanel)) = (shape.Rows(item), shape.Panels(item));
                Assert.True(firstRow < endRow && firstPanel < endPanel, $"item {item} of {shape} is empty");
                for (int row = firstRow; row < endRow; row++)
                    for (int panel = firstPanel; panel < endPanel; panel++) met[row, panel]++;
            }
            Assert.All(met.Cast<int>(), times => Assert.Equal(1, times));
        }
    }

    [Theory]
    [InlineData(1, 768, 24)]
    [InlineData(310, 768, 96)]
    [InlineData(310, 3072, 24)]
    public unsafe void Threads_take_their_own_items_first_and_every_item_is_taken_once(int rows, int inputs, int panels)
    {
        for (int threads = 1; threads <= 6; threads++)
        {
            var shape = GemmShape.Choose(rows, inputs, panels, tileRows: 14, threads);
            if (shape.PanelRanges < threads) continue;
            int[] counters = new int[OwnItems.RoomFor(threads)];
            fixed (int* first = counters)
            {
                var items = new OwnItems(first, shape, threads);
                // All but one come late.
                List<int> taken = [.. Enumerable.Range(0, threads).Select(items.Take)];
                Assert.All(taken, item => Assert.Equal(Even.Start(0, shape.PanelRanges, taken.IndexOf(item), threads), item));
                while (taken.Count < shape.Items) taken.Add(items.Take(0));
                Assert.Equal(Enumerable.Range(0, shape.Items), taken.Order());
            }
        }
    }

    [Theory]
    [InlineData(1129, 768, 72)]
    [InlineData(1129, 3072, 24)]
    [InlineData(4515, 768, 24)]
    [InlineData(4515, 192, 96)]
    [InlineData(16, 768, 24)]
    public void Every_thread_has_as_many_items(int rows, int inputs, int panels)
    {
        for (int threads = 1; threads <= 6; threads++)
            Assert.Equal(0, GemmShape.Choose(rows, inputs, panels, tileRows: 14, threads).Items % threads);
    }
}
