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
