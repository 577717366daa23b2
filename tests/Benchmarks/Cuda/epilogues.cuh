// The epilogues of the GEMM kernels, as the generator would write them from a layer's expression. One of
// EPILOGUE_BIAS_GELU, EPILOGUE_BIAS_RESIDUAL, EPILOGUE_BIAS_HEADS (with HEAD_DIM); ELEMENT, or FULL_FLOAT; GEMM_N.

#ifdef FULL_FLOAT
using Element = float;
#else
using Element = ELEMENT;
#endif

struct Operands
{
    const Element* bias;      // [N]
    const Element* residual;  // [rows, N]
    Element* out;
    int capacity;             // rows that `out` has room for
};

// <epilogue>
__device__ __forceinline__ void epilogue(float (&v)[8], int row, int column, const Operands& o)
{
    float bias[8];
    load8(bias, o.bias + column);
#if defined(EPILOGUE_BIAS_GELU)
#pragma unroll
    for (int i = 0; i < 8; ++i) v[i] = sizeof(Element) == 2 ? gelu_erf_16bit(v[i] + bias[i]) : gelu_erf(v[i] + bias[i]);
    store8(o.out + static_cast<u64>(row) * GEMM_N + column, v);
#elif defined(EPILOGUE_BIAS_RESIDUAL)
    float residual[8];
    load8(residual, o.residual + static_cast<u64>(row) * GEMM_N + column);
#pragma unroll
    for (int i = 0; i < 8; ++i) v[i] = v[i] + bias[i] + residual[i];
    store8(o.out + static_cast<u64>(row) * GEMM_N + column, v);
#elif defined(EPILOGUE_BIAS_HEADS)
    // out [N / headDim, capacity, headDim]: the heads of q, then of k, then of v.
#pragma unroll
    for (int i = 0; i < 8; ++i) v[i] += bias[i];
    const u64 head = column / HEAD_DIM;
    store8(o.out + (head * o.capacity + row) * HEAD_DIM + column % HEAD_DIM, v);
#else
#error "name an epilogue"
#endif
}
// </epilogue>
