namespace KernelForge.Cuda.Tests.Gemm;

/// <summary>How the device library's product is cut: what a block and a warp compute, and how many tiles are under way.</summary>
internal sealed record GemmTile(int M, int N, int WarpM, int WarpN, int Stages)
{
    public static GemmTile Small { get; } = new(64, 64, 32, 32, 3);

    public int Threads { get; } = 32 * (M / WarpM) * (N / WarpN);

    public int SharedBytes { get; } = Stages * (M + N) * 128;

    public IEnumerable<string> Definitions =>
        [$"TILE_M={M}", $"TILE_N={N}", $"WARP_M={WarpM}", $"WARP_N={WarpN}", $"STAGES={Stages}", "BLOCKS=1"];

    /// <summary>Blocks for so many rows and packed columns.</summary>
    public (int Rows, int Columns) Grid(int rows, int columns) => ((rows + M - 1) / M, (columns + N - 1) / N);
}
