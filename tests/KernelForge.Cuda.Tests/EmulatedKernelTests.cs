using KernelForge.Emulation;
using KernelForge.Emulation.Findings;

namespace KernelForge.Cuda.Tests;

public sealed class EmulatedKernelTests
{
    private const string Scale = """
        extern "C" __global__ void scale(float* x, float factor, int count)
        {
            const int i = blockIdx.x * BLOCK + threadIdx.x;
            if (i < count + BEYOND) x[i] *= factor;
        }
        """;

    [Fact]
    public void A_kernel_runs_from_its_text() => Assert.Empty(Run(beyond: 0));

    [Fact]
    public void An_access_beyond_an_array_is_found() => Assert.NotEmpty(Run(beyond: 1));

    private static IReadOnlyList<Finding> Run(int beyond)
    {
        float[] values = [.. Enumerable.Range(0, 100).Select(i => (float)i)];
        using var kernel = new EmulatedKernel("scale", Scale, [], ["BLOCK=64", $"BEYOND={beyond}"]);
        ulong x = kernel.Array<float>(values, "x");
        kernel.Launch(new Index3(2), new Index3(64), 0, new LaunchArguments().Add(x).Add(2f).Add(values.Length));
        if (beyond == 0) Assert.Equal(values.Select(v => 2 * v), kernel.Read<float>(x, values.Length));
        return kernel.Findings;
    }

    /// <summary>Lanes of one warp: a place is written, read by all, and written again, turn after turn.</summary>
    [Theory, InlineData(true), InlineData(false)]
    public void What_all_lanes_read_may_be_written_once_the_warp_has_met(bool meets)
    {
        const string Turns = """
            extern "C" __global__ void turns(float* x, int count)
            {
                __shared__ float place;
                float sum = 0.0f;
                for (int turn = 0; turn < count; ++turn)
                {
                    if (threadIdx.x == 5) place = static_cast<float>(turn);
                    __syncwarp();
                    sum += place;
                    MEET
                }
                x[threadIdx.x] = sum;
            }
            """;
        using var kernel = new EmulatedKernel("turns", Turns, [], [meets ? "MEET=__syncwarp();" : "MEET="]);
        ulong x = kernel.Room(32 * sizeof(float), "x");
        kernel.Launch(new Index3(1), new Index3(32), 0, new LaunchArguments().Add(x).Add(9));
        if (meets) Assert.Empty(kernel.Findings);
        else Assert.Contains(kernel.Findings, finding => finding.Kind == FindingKind.Race);
    }
}
