using KernelForge.Emulation;

namespace KernelForge.Cuda.Tests.Language;

/// <summary>Matrix instructions and the loads that feed them: one warp, products of small whole numbers, which every format holds.</summary>
public sealed class MatrixTests
{
    private const int M = 16, N = 8;

    private static readonly int[] Left = [.. Enumerable.Range(0, M * 16).Select(i => i * 7 % 11 - 5)];
    private static readonly int[] Right = [.. Enumerable.Range(0, N * 16).Select(i => i * 5 % 13 - 6)];

    [Theory]
    [InlineData("m16n8k16", "f16", 16, 2), InlineData("m16n8k16", "bf16", 16, 2), InlineData("m16n8k8", "f16", 8, 2)]
    [InlineData("m16n8k8", "bf16", 8, 2), InlineData("m16n8k8", "tf32", 8, 1), InlineData("m16n8k4", "tf32", 4, 1)]
    public void A_product_of_fragments_is_the_product_of_the_matrices(string shape, string type, int depth, int perRegister)
    {
        int registersB = depth / (4 * perRegister), registersA = 2 * registersB;
        string text = $$"""
            __device__ unsigned element(int v)
            {
                unsigned r;
                {{(type == "tf32" ? "asm(\"cvt.rna.tf32.f32 %0, %1;\" : \"=r\"(r) : \"f\"((float)v));"
                    : $"unsigned short h; asm(\"cvt.rn.{type}.f32 %0, %1;\" : \"=h\"(h) : \"f\"((float)v)); r = h;")}}
                return r;
            }
            __device__ unsigned fragment(const int* row, int k)
            {
                return {{(perRegister == 1 ? "element(row[k])" : "element(row[k]) | element(row[k + 1]) << 16")}};
            }
            extern "C" __global__ void multiply(const int* left, const int* right, float* sums)
            {
                const int g = threadIdx.x / 4, t = threadIdx.x % 4;
                unsigned a[{{registersA}}], b[{{registersB}}];
                for (int i = 0; i < {{registersA}}; i++)
                    a[i] = fragment(left + (g + 8 * (i & 1)) * {{depth}}, (i / 2) * {{4 * perRegister}} + t * {{perRegister}});
                for (int i = 0; i < {{registersB}}; i++) b[i] = fragment(right + g * {{depth}}, i * {{4 * perRegister}} + t * {{perRegister}});
                float d[4] = { 1.0f, 2.0f, 3.0f, 4.0f };
                asm("mma.sync.aligned.{{shape}}.row.col.f32.{{type}}.{{type}}.f32 {%0, %1, %2, %3}, {{Operands(4, registersA)}}, {{Operands(4 + registersA, registersB)}}, {%0, %1, %2, %3};"
                    : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3]) : {{Inputs("a", registersA)}}, {{Inputs("b", registersB)}});
                for (int i = 0; i < 4; i++) sums[(g + 8 * (i / 2)) * {{N}} + 2 * t + (i & 1)] = d[i];
            }
            """;
        using var kernel = new EmulatedKernel("multiply", text, [], []);
        int[] left = Left[..(M * depth)], right = Right[..(N * depth)];
        ulong sums = kernel.Room(4 * M * N, "sums");
        LaunchStatistics statistics = kernel.Launch(new Index3(1), new Index3(32), 0,
            new LaunchArguments().Add(kernel.Array<int>(left, "left")).Add(kernel.Array<int>(right, "right")).Add(sums));
        Assert.True(kernel.Findings.Count == 0, string.Join('\n', kernel.Findings));
        float[] got = kernel.Read<float>(sums, M * N);
        for (int row = 0; row < M; row++)
            for (int column = 0; column < N; column++)
            {
                int start = 1 + 2 * (row / 8) + column % 2;
                Assert.Equal(start + Enumerable.Range(0, depth).Sum(k => left[row * depth + k] * right[column * depth + k]), got[row * N + column]);
            }
        Assert.Equal(M * N * depth, statistics.MultiplyAdds);
    }

    [Theory, InlineData(1, false), InlineData(2, false), InlineData(4, false), InlineData(1, true), InlineData(2, true), InlineData(4, true)]
    public void A_matrix_load_spreads_rows_or_columns_over_the_lanes(int matrices, bool transposed)
    {
        string text = $$"""
            extern "C" __global__ void spread(const unsigned short* input, unsigned* output)
            {
                __shared__ __align__(16) unsigned short tile[{{64 * matrices}}];
                for (int i = threadIdx.x; i < {{64 * matrices}}; i += 32) tile[i] = input[i];
                __syncthreads();
                const unsigned address = (unsigned)__cvta_generic_to_shared(tile + 8 * (threadIdx.x % {{8 * matrices}}));
                unsigned r[{{matrices}}];
                asm volatile("ldmatrix.sync.aligned.m8n8.x{{matrices}}{{(transposed ? ".trans" : "")}}.shared.b16 {{Operands(0, matrices)}}, [%{{matrices}}];"
                    : {{string.Join(", ", Enumerable.Range(0, matrices).Select(i => $"\"=r\"(r[{i}])"))}} : "r"(address) : "memory");
                for (int i = 0; i < {{matrices}}; i++) output[32 * i + threadIdx.x] = r[i];
            }
            """;
        using var kernel = new EmulatedKernel("spread", text, [], []);
        ushort[] values = [.. Enumerable.Range(0, 64 * matrices).Select(i => (ushort)(i * 37))];
        ulong output = kernel.Room(4 * 32 * matrices, "output");
        kernel.Launch(new Index3(1), new Index3(32), 0, new LaunchArguments().Add(kernel.Array<ushort>(values, "input")).Add(output));
        Assert.True(kernel.Findings.Count == 0, string.Join('\n', kernel.Findings));
        uint[] got = kernel.Read<uint>(output, 32 * matrices);
        for (int i = 0; i < got.Length; i++)
        {
            int matrix = i / 32 * 64, line = i % 32 / 4, pair = 2 * (i % 4);
            uint At(int row, int column) => values[matrix + (transposed ? 8 * column + row : 8 * row + column)];
            Assert.Equal(At(line, pair) | At(line, pair + 1) << 16, got[i]);
        }
    }

    [Fact]
    public void A_matrix_in_registers_is_transposed()
    {
        const string text = """
            extern "C" __global__ void transpose(const unsigned* input, unsigned* output)
            {
                unsigned r;
                asm("movmatrix.sync.aligned.m8n8.trans.b16 %0, %1;" : "=r"(r) : "r"(input[threadIdx.x]));
                output[threadIdx.x] = r;
            }
            """;
        using var kernel = new EmulatedKernel("transpose", text, [], []);
        ushort[] values = [.. Enumerable.Range(0, 64).Select(i => (ushort)(i * 37))];
        ulong output = kernel.Room(128, "output");
        kernel.Launch(new Index3(1), new Index3(32), 0, new LaunchArguments().Add(kernel.Array<ushort>(values, "input")).Add(output));
        Assert.Equal(Enumerable.Range(0, 64).Select(i => values[8 * (i % 8) + i / 8]), kernel.Read<ushort>(output, 64));
    }

    private static string Operands(int first, int count) => "{" + string.Join(", ", Enumerable.Range(first, count).Select(i => $"%{i}")) + "}";

    private static string Inputs(string array, int count) => string.Join(", ", Enumerable.Range(0, count).Select(i => $"\"r\"({array}[{i}])"));
}
