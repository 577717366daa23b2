using KernelForge.Emulation;

namespace KernelForge.Cuda.Tests.Language;

/// <summary>A C expression of <c>x</c> and <c>y</c> that a kernel computes for many pairs.</summary>
internal static class Elementwise
{
    /// <summary>The kernel's results, which nothing was found about.</summary>
    /// <param name="types">Of the arguments and of the result, in C.</param>
    /// <param name="expression">In C.</param>
    /// <param name="xs">As many as <paramref name="ys"/>.</param>
    /// <param name="ys">As many as <paramref name="xs"/>.</param>
    /// <param name="before">Functions that the expression calls.</param>
    public static TResult[] Run<T, TResult>((string Argument, string Result) types, string expression, T[] xs, T[] ys, string before = "")
        where T : unmanaged where TResult : unmanaged
    {
        string text = $$"""
            {{before}}
            extern "C" __global__ void apply(const {{types.Argument}}* xs, const {{types.Argument}}* ys, {{types.Result}}* results, int count)
            {
                const int i = blockIdx.x * blockDim.x + threadIdx.x;
                if (i >= count) return;
                const {{types.Argument}} x = xs[i], y = ys[i];
                (void)x, (void)y;
                results[i] = {{expression}};
            }
            """;
        using var kernel = new EmulatedKernel("apply", text, [], []);
        ulong results = kernel.Room(xs.Length * System.Runtime.CompilerServices.Unsafe.SizeOf<TResult>(), "results");
        kernel.Launch(new Index3((xs.Length + 95) / 96), new Index3(96), 0, new LaunchArguments()
            .Add(kernel.Array<T>(xs, "xs")).Add(kernel.Array<T>(ys, "ys")).Add(results).Add(xs.Length));
        Assert.True(kernel.Findings.Count == 0, string.Join('\n', kernel.Findings));
        return kernel.Read<TResult>(results, xs.Length);
    }
}
