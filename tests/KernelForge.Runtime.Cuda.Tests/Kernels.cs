using KernelForge.Runtime.Cuda.Nvrtc;

namespace KernelForge.Runtime.Cuda.Tests;

internal static class Kernels
{
    public const string ScaleText = """
        extern "C" __global__ void scale(float* x, float factor, int count)
        {
            int i = blockIdx.x * BLOCK + threadIdx.x;
            if (i < count) x[i] *= factor;
        }
        """;

    public static KernelSource Scale { get; } = new("scale", ScaleText);

    public static CompileOptions Block128 { get; } = new() { Constants = [KeyValuePair.Create("BLOCK", "128")] };

    public static CompileTarget Sm80 { get; } = CompileTarget.Parse("sm_80");
}
