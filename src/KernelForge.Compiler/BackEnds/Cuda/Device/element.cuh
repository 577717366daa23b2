// Kernels that compute each feature of each row by itself: a thread a feature, LANES neighbouring features of ROWS rows a block.
// Requires types.cuh.
//
// Launch: elements_threads threads, a grid of (rows / ROWS, padded(features) / LANES), both rounded up.

constexpr int elements_threads = ROWS * LANES;

struct ElementThread
{
    int row, feature;

    __device__ __forceinline__ ElementThread()
        : row(blockIdx.x * ROWS + threadIdx.x / LANES), feature(blockIdx.y * LANES + threadIdx.x % LANES) {}
};
