using System.Numerics;
using KernelForge.Emulation;

namespace KernelForge.Cuda.Tests.Language;

/// <summary>What lanes tell each other, atomics, and memory, in kernels of two blocks of 96 threads; lane 0's value stands for all where it says so.</summary>
public sealed class WarpTests
{
    private const int Threads = 96, Blocks = 2;

    // The right value for thread t of block b; v is 7 t + 3 b + 1.
    private static readonly Dictionary<string, Func<int, int, int>> Expressions = new()
    {
        ["__shfl_sync(~0u, v, 5)"] = (b, t) => Value(b, t / 32 * 32 + 5),
        ["__shfl_up_sync(~0u, v, 3)"] = (b, t) => Value(b, t % 32 < 3 ? t : t - 3),
        ["__shfl_down_sync(~0u, v, 3, 8)"] = (b, t) => Value(b, t % 8 + 3 > 7 ? t : t + 3),
        ["__shfl_xor_sync(~0u, v, 16)"] = (b, t) => Value(b, t ^ 16),
        ["(int)__ballot_sync(~0u, v & 1)"] = (b, t) => Ballot(b, t, v => (v & 1) != 0),
        ["__any_sync(~0u, v > 600) + 2 * __all_sync(~0u, v > 200)"] = (b, t) =>
            (Ballot(b, t, v => v > 600) != 0 ? 1 : 0) + (Ballot(b, t, v => v > 200) == -1 ? 2 : 0),
        ["(int)__match_any_sync(~0u, v % 5)"] = (b, t) => Ballot(b, t, v => v % 5 == Value(b, t) % 5),
        ["(int)__match_all_sync(~0u, v / 1000, &p) + p"] = (_, _) => 0,
        ["(int)__reduce_add_sync(~0u, (unsigned)v)"] = (b, t) => Warp(t).Sum(o => Value(b, o)),
        ["__reduce_max_sync(~0u, -v)"] = (b, t) => Warp(t).Max(o => -Value(b, o)),
        ["(int)__reduce_xor_sync(~0u, (unsigned)v)"] = (b, t) => Warp(t).Aggregate(0, (sum, o) => sum ^ Value(b, o)),
        ["(v & 1) ? (int)__activemask() : 0"] = (b, t) => (Value(b, t) & 1) != 0 ? Ballot(b, t, v => (v & 1) != 0) : 0,
        ["__syncthreads_count(v & 1) + 1000 * __syncthreads_or(v == 8)"] = (b, _) =>
            Enumerable.Range(0, Threads).Count(t => (Value(b, t) & 1) != 0) + 1000 * (Enumerable.Range(0, Threads).Any(t => Value(b, t) == 8) ? 1 : 0),
        ["local_array(v)"] = (b, t) => Enumerable.Range(0, 16).Sum(i => i * (Value(b, t) + i) % 17),
        ["(int)__isShared(&held[t]) + 2 * (int)__isGlobal(input)"] = (_, _) => 3,
    };

    private const string LocalArray = """
        __device__ int local_array(int v)
        {
            int a[16];
            for (int i = 0; i < 16; i++) a[(i * 5 + v) & 15] = i * (v + i) % 17;
            int sum = 0;
            #pragma unroll 1
            for (int i = 0; i < 16; i++) sum += a[(i + v) & 15];
            return sum;
        }
        """;

    public static TheoryData<string> Names => [.. Expressions.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Lanes_get_what_the_others_have(string expression)
    {
        string text = $$"""
            {{LocalArray}}
            extern "C" __global__ void apply(const int* input, int* output)
            {
                __shared__ int held[{{Threads}}];
                const int t = threadIdx.x, b = blockIdx.x;
                const int v = input[b * {{Threads}} + t];
                int p = 0;
                held[t] = v;
                __syncthreads();
                output[b * {{Threads}} + t] = {{expression}} + (held[t] - v) + 0 * p;
            }
            """;
        for (int seed = 0; seed < 3; seed++)
        {
            using var kernel = new EmulatedKernel("apply", text, [], [], seed);
            int[] values = [.. Enumerable.Range(0, Blocks * Threads).Select(i => Value(i / Threads, i % Threads))];
            ulong output = kernel.Room(4 * Blocks * Threads, "output");
            kernel.Launch(new Index3(Blocks), new Index3(Threads), 0, new LaunchArguments().Add(kernel.Array<int>(values, "input")).Add(output));
            Assert.True(kernel.Findings.Count == 0, string.Join('\n', kernel.Findings));
            Assert.Equal(Enumerable.Range(0, values.Length).Select(i => Expressions[expression](i / Threads, i % Threads)),
                kernel.Read<int>(output, values.Length));
        }
    }

    private static int Value(int block, int thread) => 7 * thread + 3 * block + 1;

    private static IEnumerable<int> Warp(int thread) => Enumerable.Range(thread / 32 * 32, 32);

    private static int Ballot(int block, int thread, Func<int, bool> holds) =>
        Warp(thread).Where(other => holds(Value(block, other))).Aggregate(0, (mask, other) => mask | 1 << other);
}
