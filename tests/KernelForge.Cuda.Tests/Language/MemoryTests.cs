using KernelForge.Emulation;

namespace KernelForge.Cuda.Tests.Language;

/// <summary>Atomics, wide and non-coherent loads, constant memory and asynchronous copies, each as a kernel of two blocks of 64 threads over 128 ints.</summary>
public sealed class MemoryTests
{
    private const int Count = 128;

    private static readonly Dictionary<string, (string Body, Func<int, int> Right)> Kernels = new()
    {
        ["global atomics"] = ("""
            atomicAdd(&counters[i & 3], input[i]);
            atomicMax(&counters[4], input[i]);
            atomicMin(&counters[5], -input[i]);
            atomicOr((unsigned*)&counters[6], 1u << (i & 31));
            atomicInc((unsigned*)&counters[7], 1000u);
            output[i] = input[i];
            """, i => i),
        ["float atomics"] = ("""
            __shared__ float sum;
            __shared__ double wide;
            if (threadIdx.x == 0) { sum = 0.0f; wide = 0.0; }
            __syncthreads();
            atomicAdd(&sum, 0.5f * input[i]);
            atomicAdd(&wide, 0.25 * input[i]);
            __syncthreads();
            output[i] = (int)(sum + (float)wide);
            """, i => (int)(0.75 * Enumerable.Range(i / 64 * 64, 64).Sum())),
        ["compare and swap"] = ("""
            __shared__ int best;
            if (threadIdx.x == 0) best = -1;
            __syncthreads();
            int seen = *reinterpret_cast<volatile int*>(&best);
            while (seen < input[i]) {
                const int before = atomicCAS(&best, seen, input[i]);
                if (before == seen) break;
                seen = before;
            }
            __syncthreads();
            output[i] = best;
            """, i => i / 64 * 64 + 63),
        ["wide loads"] = ("""
            const int4 four = __ldg(reinterpret_cast<const int4*>(input) + i / 4);
            const int2 two = reinterpret_cast<const int2*>(input)[i / 2];
            output[i] = four.x + four.w + two.y + __ldcs(input + i);
            """, i => i / 4 * 4 + (i / 4 * 4 + 3) + (i / 2 * 2 + 1) + i),
        ["bytes and shorts"] = ("""
            const unsigned char* bytes = reinterpret_cast<const unsigned char*>(input);
            const short* shorts = reinterpret_cast<const short*>(input);
            output[i] = bytes[4 * i] + shorts[2 * i] + (int)*reinterpret_cast<const long long*>(input + i / 2 * 2);
            """, i => i + i + i / 2 * 2),
        ["constant memory"] = ("output[i] = table[i & 7] + scale;", i => (i & 7) * (i & 7) + 3),
        ["hints of the cache"] = ("""
            __shared__ __align__(16) int buffer[64];
            const int t = threadIdx.x;
            const unsigned to = (unsigned)__cvta_generic_to_shared(buffer + 4 * (t / 4));
            unsigned long long policy;
            asm("createpolicy.fractional.L2::evict_first.b64 %0, 1.0;" : "=l"(policy));
            if (t % 4 == 0) asm volatile("cp.async.cg.shared.global.L2::cache_hint.L2::128B [%0], [%1], 16, %2;" :: "r"(to), "l"(input + i), "l"(policy));
            asm volatile("cp.async.wait_all;" ::: "memory");
            __syncthreads();
            int2 two;
            asm volatile("ld.global.nc.L1::no_allocate.L2::128B.v2.s32 {%0, %1}, [%2];" : "=r"(two.x), "=r"(two.y) : "l"(input + i / 2 * 2));
            output[i] = buffer[t] + two.y;
            """, i => i + (i / 2 * 2 + 1)),
        ["a copy that a predicate leaves out"] = ("""
            __shared__ __align__(16) int buffer[64];
            const unsigned to = (unsigned)__cvta_generic_to_shared(buffer + threadIdx.x);
            asm volatile("{ .reg .pred p; setp.ne.s32 p, %2, 0; cp.async.ca.shared.global [%0], [%1], 4, p; }" :: "r"(to), "l"(input + i), "r"(i & 1));
            asm volatile("cp.async.wait_all;" ::: "memory");
            output[i] = buffer[threadIdx.x];
            """, i => (i & 1) != 0 ? 0 : i),
        ["copies of 16, 8 and 4 bytes"] = ("""
            __shared__ __align__(16) int buffer[3][64];
            const int t = threadIdx.x, base = blockIdx.x * 64;
            const unsigned to = (unsigned)__cvta_generic_to_shared(&buffer[0][0]);
            if (t < 16) asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" :: "r"(to + 16 * t), "l"(input + base + 4 * t));
            asm volatile("cp.async.commit_group;");
            if (t < 32) asm volatile("cp.async.ca.shared.global [%0], [%1], 8, %2;" :: "r"(to + 256 + 8 * t), "l"(input + base + 2 * t), "r"(t & 1 ? 4 : 8));
            asm volatile("cp.async.commit_group;");
            asm volatile("cp.async.ca.shared.global [%0], [%1], 4, %2;" :: "r"(to + 512 + 4 * t), "l"(input + base + t), "r"(t & 2 ? 0 : 4));
            asm volatile("cp.async.commit_group;");
            asm volatile("cp.async.wait_group 1;" ::: "memory");
            __syncthreads();
            const int early = buffer[0][63 - t] + buffer[1][t];
            asm volatile("cp.async.wait_all;" ::: "memory");
            __syncthreads();
            output[i] = early + buffer[2][t];
            """, i => (i / 64 * 64 + 63 - i % 64) + (i % 4 == 3 ? 0 : i) + ((i & 2) != 0 ? 0 : i)),
    };

    public static TheoryData<string> Names => [.. Kernels.Keys];

    [Theory, MemberData(nameof(Names))]
    public void A_kernel_computes_what_it_should(string name)
    {
        (string body, Func<int, int> right) = Kernels[name];
        string text = $$"""
            __constant__ int table[8] = { 0, 1, 4, 9, 16, 25, 36, 49 };
            __device__ int scale = 3;
            extern "C" __global__ void apply(const int* __restrict__ input, int* output, int* counters)
            {
                const int i = blockIdx.x * 64 + threadIdx.x;
                (void)counters;
                {{body}}
            }
            """;
        for (int seed = 0; seed < 3; seed++)
        {
            using var kernel = new EmulatedKernel("apply", text, [], [], seed);
            ulong output = kernel.Room(4 * Count, "output"), counters = kernel.Array<int>(new int[8], "counters");
            kernel.Launch(new Index3(2), new Index3(64), 0, new LaunchArguments()
                .Add(kernel.Array<int>([.. Enumerable.Range(0, Count)], "input")).Add(output).Add(counters));
            Assert.True(kernel.Findings.Count == 0, string.Join('\n', kernel.Findings));
            Assert.Equal(Enumerable.Range(0, Count).Select(right), kernel.Read<int>(output, Count));
            if (name == "global atomics") Assert.Equal([1984, 2016, 2048, 2080, 127, -127, -1, 128], kernel.Read<int>(counters, 8));
        }
    }
}
