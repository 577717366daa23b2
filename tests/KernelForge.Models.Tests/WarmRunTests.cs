using KernelForge.Models.Tests.Combinations;
using KernelForge.Runtime;

namespace KernelForge.Models.Tests;

/// <summary>A program that has run a batch as large allocates nothing: lengths, integers of rows, states and groups of rows lie where they lay before.</summary>
public sealed class WarmRunTests
{
    [Fact]
    public void Scans_banks_and_rows_of_other_lengths_allocate_nothing_once_warm()
    {
        using var scan = new Selective(40, 16);
        using var bank = new Mixture(24, 33, 6, 2);
        using var rows = new Shortened(24, 1);
        using WeightSource ofScan = Some.Weights(scan, 1), ofBank = Some.Weights(bank, 2), ofRows = Some.Weights(rows, 3);
        scan.LoadWeights(ofScan, Device.Cpu(1));
        bank.LoadWeights(ofBank, Device.Cpu(1));
        rows.LoadWeights(ofRows, Device.Cpu(1));
        RaggedMatrix x = Some.Rows([7, 1, 20], 40, 4), y = Some.Rows([7, 1, 20], 24, 5), result = new();
        long least = long.MaxValue;
        for (int round = 0; round < 20; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            scan.Run(x, result);
            bank.Run(y, result);
            rows.Run(y, result);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
    }
}
