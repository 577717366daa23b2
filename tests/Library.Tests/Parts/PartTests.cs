namespace KernelForge.Library.Tests.Parts;

public sealed class PartTests
{
    /// <summary>A CPU cuts batches of this project's lengths into parts, as it does large ones elsewhere.</summary>
    [Fact]
    public void Batches_of_these_tests_run_in_parts()
    {
        Assert.Equal("16", AppContext.GetData("KernelForge.Cpu.RowsPerThread"));
        Assert.True(Devices.Lengths.Sum() >= 2 * 2 * 16);
    }
}
