// The epilogues of the GEMM kernels, as the generator would write them from a layer's expression. One of
// EPILOGUE_BIAS_ONLY, EPILOGUE_BIAS_GELU, EPILOGUE_BIAS_RESIDUAL; ELEMENT; GEMM_N.

struct Operands
{
    const Element* bias;      // [N]
    const Element* residual;  // [rows, N]
    Element* out;             // [rows, N]
};

// <epilogue>
// What the expression reads at eight outputs. A kernel fetches for several pieces before it writes any of them: a load behind a store
// that might alias it waits for its turn, and each turn costs a trip to the second-level cache.
struct Inputs
{
    Eight<Element> bias;
#ifdef EPILOGUE_BIAS_RESIDUAL
    Eight<Element> residual;
#endif
};

__device__ __forceinline__ Inputs fetch(int row, int column, const Operands& o)
{
    Inputs in;
    in.bias = fetch8(o.bias + column);
#ifdef EPILOGUE_BIAS_RESIDUAL
    in.residual = fetch8(o.residual + static_cast<u64>(row) * GEMM_N + column);
#endif
    return in;
}

__device__ __forceinline__ void epilogue(float (&v)[8], const Inputs& in, int row, int column, const Operands& o)
{
    float bias[8];
    unpack8<Element>(bias, in.bias);
#if defined(EPILOGUE_BIAS_GELU)
#pragma unroll
    for (int i = 0; i < 8; ++i) v[i] = sizeof(Element) == 2 ? gelu_erf_16bit(v[i] + bias[i]) : gelu_erf(v[i] + bias[i]);
    store8(o.out + static_cast<u64>(row) * GEMM_N + column, v);
#elif defined(EPILOGUE_BIAS_RESIDUAL)
    float residual[8];
    unpack8<Element>(residual, in.residual);
#pragma unroll
    for (int i = 0; i < 8; ++i) v[i] = v[i] + bias[i] + residual[i];
    store8(o.out + static_cast<u64>(row) * GEMM_N + column, v);
#elif defined(EPILOGUE_BIAS_ONLY)
#pragma unroll
    for (int i = 0; i < 8; ++i) v[i] += bias[i];
    store8(o.out + static_cast<u64>(row) * GEMM_N + column, v);
#else
#error "name an epilogue"
#endif
}
// </epilogue>
