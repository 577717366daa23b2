// Reductions in a fixed order: the same values give the same bits wherever the warp or the block runs.
// Requires nothing. Every thread of the warp (block) calls, and every thread gets the result.

__device__ __forceinline__ float warp_sum(float x)
{
#pragma unroll
    for (int distance = 16; distance > 0; distance >>= 1) x += __shfl_xor_sync(0xffffffffu, x, distance);
    return x;
}

__device__ __forceinline__ float warp_max(float x)
{
#pragma unroll
    for (int distance = 16; distance > 0; distance >>= 1) x = fmaxf(x, __shfl_xor_sync(0xffffffffu, x, distance));
    return x;
}

// Over the four lanes that hold one row of a matrix fragment.
__device__ __forceinline__ float quad_sum(float x)
{
    x += __shfl_xor_sync(0xffffffffu, x, 1);
    return x + __shfl_xor_sync(0xffffffffu, x, 2);
}

__device__ __forceinline__ float quad_max(float x)
{
    x = fmaxf(x, __shfl_xor_sync(0xffffffffu, x, 1));
    return fmaxf(x, __shfl_xor_sync(0xffffffffu, x, 2));
}

// partials: one float a warp of the block, in shared memory. Ends with a barrier, so partials may be used again at once.
template <int Warps> __device__ __forceinline__ float block_sum(float x, float* partials)
{
    x = warp_sum(x);
    if (threadIdx.x % 32 == 0) partials[threadIdx.x / 32] = x;
    __syncthreads();
    float sum = partials[0];
#pragma unroll
    for (int warp = 1; warp < Warps; ++warp) sum += partials[warp];
    __syncthreads();
    return sum;
}

// As block_sum, of the largest.
template <int Warps> __device__ __forceinline__ float block_max(float x, float* partials)
{
    x = warp_max(x);
    if (threadIdx.x % 32 == 0) partials[threadIdx.x / 32] = x;
    __syncthreads();
    float top = partials[0];
#pragma unroll
    for (int warp = 1; warp < Warps; ++warp) top = fmaxf(top, partials[warp]);
    __syncthreads();
    return top;
}
