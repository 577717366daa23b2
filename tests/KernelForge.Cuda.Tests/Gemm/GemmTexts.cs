namespace KernelForge.Cuda.Tests.Gemm;

/// <summary>Kernels as the compiler writes them: a policy with a layer's own expressions, handed to the device library's product.</summary>
internal static class GemmTexts
{
    /// <summary>out = input W + bias.</summary>
    public const string Bias = """
        struct Epilogue
        {
            View<const Element, OUT_COLUMNS> bias;
            View<Element, OUT_COLUMNS, OUT_WHOLE, OUT_START> out;

            struct Inputs { Eight<Element> bias; };

            __device__ __forceinline__ Inputs fetch(int row, int column) const
            {
                Inputs in;
                if (column < padded(OUT_COLUMNS)) in.bias = bias.fetch8(0, column);
                return in;
            }

            __device__ __forceinline__ void finish(float (&sums)[8], const Inputs& in, int row, int column) const
            {
                if (column >= padded(OUT_COLUMNS)) return;
                float bias[8];
                unpack8(bias, in.bias);
        #pragma unroll
                for (int i = 0; i < 8; ++i) sums[i] += bias[i];
                out.store8(row, column, sums);
            }
        };

        extern "C" __global__ void __launch_bounds__(gemm_threads, BLOCKS)
        project(const Element* input, const Element* weight, View<const Element, OUT_COLUMNS> bias,
                View<Element, OUT_COLUMNS, OUT_WHOLE, OUT_START> out, const int* rows)
        {
            gemm<packed(OUT_COLUMNS), IN_COLUMNS, padded(IN_WHOLE), IN_START % 8 == 0>(
                input + IN_START, weight, *rows, Epilogue{bias, out});
        }
        """;

    /// <summary>out = residual + gelu(input W + bias).</summary>
    public const string Residual = """
        struct Epilogue
        {
            View<const Element, OUT_COLUMNS> bias;
            View<const Element, OUT_COLUMNS, RES_WHOLE, RES_START> residual;
            View<Element, OUT_COLUMNS, OUT_WHOLE, OUT_START> out;

            struct Inputs { Eight<Element> bias, residual; };

            __device__ __forceinline__ Inputs fetch(int row, int column) const
            {
                Inputs in;
                if (column < padded(OUT_COLUMNS))
                {
                    in.bias = bias.fetch8(0, column);
                    in.residual = residual.fetch8(row, column);
                }
                return in;
            }

            __device__ __forceinline__ void finish(float (&sums)[8], const Inputs& in, int row, int column) const
            {
                if (column >= padded(OUT_COLUMNS)) return;
                float bias[8], residual[8];
                unpack8(bias, in.bias);
                unpack8(residual, in.residual);
        #pragma unroll
                for (int i = 0; i < 8; ++i) sums[i] = residual[i] + gelu_erf(sums[i] + bias[i]);
                out.store8(row, column, sums);
            }
        };

        extern "C" __global__ void __launch_bounds__(gemm_threads, BLOCKS)
        project(const Element* input, const Element* weight, View<const Element, OUT_COLUMNS> bias,
                View<const Element, OUT_COLUMNS, RES_WHOLE, RES_START> residual, View<Element, OUT_COLUMNS, OUT_WHOLE, OUT_START> out,
                const int* rows)
        {
            gemm<packed(OUT_COLUMNS), IN_COLUMNS, padded(IN_WHOLE), IN_START % 8 == 0>(
                input + IN_START, weight, *rows, Epilogue{bias, residual, out});
        }
        """;

    /// <summary>Three products of one input, each with its bias, side by side.</summary>
    public const string Blocks = """
        struct Epilogue
        {
            View<const Element, Q_COLUMNS> queryBias;
            View<const Element, K_COLUMNS> keyBias;
            View<const Element, V_COLUMNS> valueBias;
            View<Element, Q_COLUMNS, Q_WHOLE, Q_START> query;
            View<Element, K_COLUMNS, K_WHOLE, K_START> key;
            View<Element, V_COLUMNS, V_WHOLE, V_START> value;

            struct Inputs { Eight<Element> bias; };

            __device__ __forceinline__ Inputs fetch(int row, int column) const
            {
                Inputs in;
                if (column < packed(Q_COLUMNS))
                {
                    if (column < padded(Q_COLUMNS)) in.bias = queryBias.fetch8(0, column);
                }
                else if (column < packed(Q_COLUMNS) + packed(K_COLUMNS))
                {
                    const int c = column - packed(Q_COLUMNS);
                    if (c < padded(K_COLUMNS)) in.bias = keyBias.fetch8(0, c);
                }
                else
                {
                    const int c = column - packed(Q_COLUMNS) - packed(K_COLUMNS);
                    if (c < padded(V_COLUMNS)) in.bias = valueBias.fetch8(0, c);
                }
                return in;
            }

            __device__ __forceinline__ void finish(float (&sums)[8], const Inputs& in, int row, int column) const
            {
                if (column < packed(Q_COLUMNS))
                {
                    if (column >= padded(Q_COLUMNS)) return;
                    add(sums, in);
                    query.store8(row, column, sums);
                }
                else if (column < packed(Q_COLUMNS) + packed(K_COLUMNS))
                {
                    const int c = column - packed(Q_COLUMNS);
                    if (c >= padded(K_COLUMNS)) return;
                    add(sums, in);
                    key.store8(row, c, sums);
                }
                else
                {
                    const int c = column - packed(Q_COLUMNS) - packed(K_COLUMNS);
                    if (c >= padded(V_COLUMNS)) return;
                    add(sums, in);
                    value.store8(row, c, sums);
                }
            }

            static __device__ __forceinline__ void add(float (&sums)[8], const Inputs& in)
            {
                float bias[8];
                unpack8(bias, in.bias);
        #pragma unroll
                for (int i = 0; i < 8; ++i) sums[i] += bias[i];
            }
        };

        extern "C" __global__ void __launch_bounds__(gemm_threads, BLOCKS)
        project(const Element* input, const Element* weight, View<const Element, Q_COLUMNS> queryBias,
                View<const Element, K_COLUMNS> keyBias, View<const Element, V_COLUMNS> valueBias,
                View<Element, Q_COLUMNS, Q_WHOLE, Q_START> query, View<Element, K_COLUMNS, K_WHOLE, K_START> key,
                View<Element, V_COLUMNS, V_WHOLE, V_START> value, const int* rows)
        {
            gemm<packed(Q_COLUMNS) + packed(K_COLUMNS) + packed(V_COLUMNS), IN_COLUMNS, padded(IN_WHOLE), IN_START % 8 == 0>(
                input + IN_START, weight, *rows, Epilogue{queryBias, keyBias, valueBias, query, key, value});
        }
        """;

    /// <summary>out = silu(input G + gateBias) * (input U + upBias), from one packed weight.</summary>
    public const string Gate = """
        struct Epilogue
        {
            View<const Element, OUT_COLUMNS> gateBias;
            View<const Element, OUT_COLUMNS> upBias;
            View<Element, OUT_COLUMNS, OUT_WHOLE, OUT_START> out;

            struct Inputs { Four<Element> gate, up; };

            __device__ __forceinline__ Inputs fetch(int row, int column) const
            {
                const int c = column / 2;
                Inputs in;
                if (c < padded(OUT_COLUMNS))
                {
                    in.gate = gateBias.fetch4(0, c);
                    in.up = upBias.fetch4(0, c);
                }
                return in;
            }

            __device__ __forceinline__ void finish(float (&sums)[8], const Inputs& in, int row, int column) const
            {
                const int c = column / 2;
                if (c >= padded(OUT_COLUMNS)) return;
                float gate[4], up[4];
                unpack4(gate, in.gate);
                unpack4(up, in.up);
        #pragma unroll
                for (int i = 0; i < 4; ++i) gate[i] = silu(sums[i] + gate[i]) * (sums[4 + i] + up[i]);
                out.store4(row, c, gate);
            }
        };

        extern "C" __global__ void __launch_bounds__(gemm_threads, BLOCKS)
        project(const Element* input, const Element* weight, View<const Element, OUT_COLUMNS> gateBias,
                View<const Element, OUT_COLUMNS> upBias, View<Element, OUT_COLUMNS, OUT_WHOLE, OUT_START> out, const int* rows)
        {
            gemm<packed(2 * OUT_COLUMNS), IN_COLUMNS, padded(IN_WHOLE), IN_START % 8 == 0>(
                input + IN_START, weight, *rows, Epilogue{gateBias, upBias, out});
        }
        """;
}
