using KernelForge.Emulation;
using KernelForge.Emulation.Findings;

namespace KernelForge.Cuda.Tests.Gemm;

/// <summary>One of the kernels of <see cref="GemmTexts"/>, compiled for its sizes.</summary>
internal sealed class GemmKernel(
    ElementType element, GemmTile tile, string text, int packedColumns, IEnumerable<string> views, int seed = 0) : IDisposable
{
    public static IReadOnlyList<string> Library { get; } = ["types.cuh", "views.cuh", "math.cuh", "mma.cuh", "async.cuh", "gemm.cuh"];

    private readonly EmulatedKernel kernel =
        new("project", text, [.. Library], [$"ELEMENT={element}", .. tile.Definitions, .. views], seed);

    public IReadOnlyList<Finding> Findings => kernel.Findings;

    public LaunchStatistics Statistics { get; private set; } = new();

    /// <summary>The outputs' buffers after a launch whose grid has room for more rows than there are.</summary>
    /// <param name="rows">The row count.</param>
    /// <param name="inputs">What the kernel reads, in the order of its parameters: buffers that end with the last row.</param>
    /// <param name="outputs">What it writes.</param>
    public byte[][] Run(int rows, byte[][] inputs, params ReadOnlySpan<byte[]> outputs)
    {
        var arguments = new LaunchArguments();
        foreach (byte[] input in inputs) arguments.Add(kernel.Array<byte>(input, "input"));
        var written = new ulong[outputs.Length];
        for (int i = 0; i < outputs.Length; i++) arguments.Add(written[i] = kernel.Array<byte>(outputs[i], "output"));
        arguments.Add(kernel.Array<int>([rows], "rows"));
        (int rowTiles, int columnTiles) = tile.Grid(rows + tile.M, packedColumns);
        Statistics = kernel.Launch(new Index3(rowTiles, columnTiles), new Index3(tile.Threads), tile.SharedBytes, arguments);
        var results = new byte[outputs.Length][];
        for (int i = 0; i < results.Length; i++) results[i] = kernel.Read<byte>(written[i], outputs[i].Length);
        return results;
    }

    public void Dispose() => kernel.Dispose();
}
