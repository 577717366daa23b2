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
    [InlineData(128, 768, 72, true)]
    [InlineData(128, 3072, 24, true)]
    [InlineData(64, 768, 24, true)]
    [InlineData(63, 768, 24, false)]
    [InlineData(16, 3072, 24, false)]
    public void A_thread_has_rows_of_its_own_where_there_are_enough_and_else_panels(int rows, int inputs, int panels, bool ownsRows)
    {
        var shape = GemmShape.Choose(rows, inputs, panels, tileRows: 14, threads: 2);
        foreach (int thread in (int[])[0, 1])
        {
            int[] items = [.. Enumerable.Range(thread * shape.Items / 2, shape.Items / 2)];
            Assert.True(items.Length >= 4);
            Assert.Equal(ownsRows ? (thread * rows / 2, (thread + 1) * rows / 2) : (0, rows), Span(items, shape.Rows));
            Assert.Equal(ownsRows ? (0, panels) : (thread * panels / 2, (thread + 1) * panels / 2), Span(items, shape.Panels));
        }

        static (int First, int End) Span(int[] items, Func<int, (int First, int End)> of) => (items.Min(i => of(i).First), items.Max(i => of(i).End));
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
