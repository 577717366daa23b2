using KernelForge.Emulation;

namespace KernelForge.Cuda.Tests.Gemm;

/// <summary>What a product costs, counted: no padded sequence, only the last tile of rows, columns and k is rounded up.</summary>
public sealed class GemmCounterTests
{
    private const int Inner = 72, Columns = 104;

    [Theory]
    [InlineData("f16", 130, 64, 64)]
    [InlineData("f16", 130, 16, 128)]
    [InlineData("tf32", 65, 64, 64)]
    [InlineData("float", 65, 64, 64)]
    public void Bytes_and_multiply_adds_are_those_of_the_rows_rounded_up_to_tiles(string element, int rows, int tileM, int tileN)
    {
        ElementType type = ElementType.Named(element);
        var tile = new GemmTile(tileM, tileN, Math.Min(32, tileM), 32, 3);
        BufferView input = new(type, Inner), output = new(type, Columns);
        var numbers = new Numbers(type, seed: 8);
        List<float[]?> packed = PackedWeight.Blocks(numbers.Weight(Columns, Inner));
        using var kernel = new GemmKernel(
            type, tile, GemmTexts.Bias, packed.Count, [.. input.Definitions("IN"), .. output.Definitions("OUT")]);
        byte[] x = input.Hold(numbers.Some(rows * Inner)), weight = type.Store(PackedWeight.Pack(packed, Inner));
        _ = kernel.Run(rows, [x, weight, output.Hold(numbers.Some(Columns))], output.Poisoned(rows));
        Assert.Empty(kernel.Findings);

        (int rowTiles, int columnTiles) = tile.Grid(rows, packed.Count);
        int stepK = 128 / type.Bytes, steps = (Inner + stepK - 1) / stepK; // a step takes 128 bytes of each row
        LaunchStatistics statistics = kernel.Statistics;
        Assert.Equal((long)rowTiles * tileM * columnTiles * tileN * steps * stepK, statistics.MultiplyAdds);

        // Each tile of columns reads the rows that there are, each tile of rows the whole packed weight; a row's bias comes with its sums.
        // Every thread of every block reads the row count; those of the surplus tile of rows read nothing else.
        long inputBytes = (long)columnTiles * rows * Inner * type.Bytes, weightBytes = (long)rowTiles * packed.Count * Inner * type.Bytes;
        long biasBytes = (long)rows * Columns * type.Bytes, countBytes = (long)(rowTiles + 1) * columnTiles * tile.Threads * sizeof(int);
        Assert.Equal(inputBytes + weightBytes + biasBytes + countBytes, statistics.GlobalBytesRead);
        Assert.Equal((long)rows * Columns * type.Bytes, statistics.GlobalBytesWritten);
    }
}
