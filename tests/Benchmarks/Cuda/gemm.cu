// device: types math mma async gemm
// beside: epilogues
//
// out = epilogue(A W^T) by gemm.cuh: A [rows, GEMM_K] activations, W [GEMM_N, GEMM_K] a packed weight, out [rows, GEMM_N].
//
//   GEMM_N, GEMM_K     multiples of 8; the packed weight has its rows padded with zeros to a multiple of 32
//   EPILOGUE_...       BIAS_ONLY, BIAS_GELU or BIAS_RESIDUAL
//   ELEMENT, TILE_M, TILE_N, WARP_M, WARP_N, STAGES, BLOCKS as gemm.cuh tells

static_assert(GEMM_N % 8 == 0 && GEMM_K % 8 == 0, "N and K in multiples of 8");

struct Epilogue
{
    using Inputs = ::Inputs;
    Operands operands;

    __device__ __forceinline__ static bool inside(int column) { return GEMM_N % 32 == 0 || column < GEMM_N; }

    __device__ __forceinline__ Inputs fetch(int row, int column) const
    {
        return inside(column) ? ::fetch(row, column, operands) : Inputs{};
    }

    __device__ __forceinline__ void finish(float (&sums)[8], const Inputs& inputs, int row, int column) const
    {
        if (inside(column)) epilogue(sums, inputs, row, column, operands);
    }
};

// Grid: (row tiles, column tiles). rowCount lies in device memory, so that one captured launch serves every batch that fits.
extern "C" __global__ void __launch_bounds__(gemm_threads, BLOCKS)
product(const Element* a, const Element* w, const Element* bias, const Element* residual, Element* out, const int* rowCount)
{
    gemm<packed(GEMM_N), GEMM_K, GEMM_K, true>(a, w, *rowCount, Epilogue{{bias, residual, out}});
}
