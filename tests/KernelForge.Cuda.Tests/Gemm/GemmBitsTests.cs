namespace KernelForge.Cuda.Tests.Gemm;

/// <summary>An output is one chain over ascending k, so its bits depend neither on the tile nor on what else is computed.</summary>
public sealed class GemmBitsTests
{
    private const int Inner = 150, Columns = 90;

    private static readonly GemmTile[] tiles =
    [
        new(64, 64, 32, 32, 2), new(16, 128, 16, 32, 4), new(32, 32, 16, 32, 3), new(64, 128, 64, 32, 3), new(128, 128, 64, 32, 3),
    ];

    // A warp of multiply-adds computes 32 columns; matrix instructions may take more.
    private static readonly GemmTile[] wideTiles = [new(128, 128, 64, 64, 3), new(64, 128, 32, 64, 3)];

    public static TheoryData<string> Elements { get; } = [.. ElementType.All.Select(element => element.Name)];

    [Theory, MemberData(nameof(Elements))]
    public void All_tiles_give_the_same_bits(string element)
    {
        ElementType type = ElementType.Named(element);
        float[] x = new Numbers(type, seed: 4).Some(70 * Inner);
        byte[] expected = Run(type, GemmTile.Small, x);
        foreach (GemmTile tile in (GemmTile[])[.. tiles, .. element == "float" ? [] : wideTiles])
            Assert.True(expected.AsSpan().SequenceEqual(Run(type, tile, x)), $"{tile} gives other bits");
    }

    [Theory, MemberData(nameof(Elements))]
    public void A_row_gives_the_same_bits_alone_and_among_others(string element)
    {
        ElementType type = ElementType.Named(element);
        float[] x = new Numbers(type, seed: 5).Some(70 * Inner);
        byte[] together = Run(type, GemmTile.Small, x);
        int stride = together.Length / 70;
        foreach (int row in (int[])[0, 15, 64, 69])
        {
            byte[] alone = Run(type, GemmTile.Small, x[(row * Inner)..((row + 1) * Inner)]);
            Assert.True(together.AsSpan(row * stride, stride).SequenceEqual(alone), $"row {row} gives other bits alone");
        }
    }

    [Theory, MemberData(nameof(Elements))]
    public void The_order_in_which_warps_run_changes_nothing(string element)
    {
        ElementType type = ElementType.Named(element);
        float[] x = new Numbers(type, seed: 6).Some(33 * Inner);
        byte[] expected = Run(type, GemmTile.Small, x);
        for (int seed = 1; seed < 5; seed++)
        {
            byte[] results = Run(type, GemmTile.Small, x, seed, start: seed % 2 * 3);
            Assert.True(expected.AsSpan().SequenceEqual(results), $"seed {seed} gives other bits");
        }
    }

    // The input as a view at a first column: from 1 to 7 it is fetched element by element.
    private static byte[] Run(ElementType type, GemmTile tile, float[] x, int seed = 0, int start = 0)
    {
        BufferView input = new(type, Inner, start, Following: start), output = new(type, Columns);
        var numbers = new Numbers(type, seed: 7);
        List<float[]?> packed = PackedWeight.Blocks(numbers.Weight(Columns, Inner));
        byte[] bias = output.Hold(numbers.Some(Columns)), weight = type.Store(PackedWeight.Pack(packed, Inner));
        using var kernel = new GemmKernel(
            type, tile, GemmTexts.Bias, packed.Count, [.. input.Definitions("IN"), .. output.Definitions("OUT")], seed);
        byte[] written = kernel.Run(x.Length / Inner, [input.Hold(x), weight, bias], output.Poisoned(x.Length / Inner))[0];
        Assert.Empty(kernel.Findings);
        return written;
    }
}
