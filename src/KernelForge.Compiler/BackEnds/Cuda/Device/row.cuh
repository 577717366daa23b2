// Kernels that take whole rows: a row is held by ROW_WARPS warps, a thread has pieces of eight neighbouring columns. Requires types.cuh, reduce.cuh.
//
//   ROWS       rows of a block; 1 where a row has several warps
//   ROW_WARPS  warps of a row
//
// What is computed of a row depends on its own columns alone, in an order that follows from their number.

constexpr int row_threads = 32 * ROW_WARPS, rows_threads = ROWS * row_threads;
static_assert(ROWS == 1 || ROW_WARPS == 1, "a block has several rows of a warp each, or one row of several warps");

// Pieces of a row of so many columns that a thread has, and where the first column of one is.
template <int Columns> constexpr int pieces_of = (padded(Columns) / 8 + row_threads - 1) / row_threads;

struct RowThread
{
    int row, lane;  // lane: number of the thread within its row

    __device__ __forceinline__ RowThread() : row(blockIdx.x * ROWS + threadIdx.x / row_threads), lane(threadIdx.x % row_threads) {}

    __device__ __forceinline__ int column(int piece) const { return (piece * row_threads + lane) * 8; }

    // Whether a piece holds anything of a row of so many columns.
    template <int Columns> __device__ __forceinline__ bool holds(int piece) const
    {
        return padded(Columns) % (8 * row_threads) == 0 || column(piece) < padded(Columns);
    }
};

// Whether a column of a piece is one of the row's own and not of its padding.
template <int Columns> __device__ __forceinline__ bool within(int column) { return Columns % 8 == 0 || column < Columns; }

// Every thread of the row calls and gets the result.
__device__ __forceinline__ float row_sum(float x)
{
    if constexpr (ROW_WARPS == 1) return warp_sum(x);
    else
    {
        __shared__ float partials[ROW_WARPS];
        return block_sum<ROW_WARPS>(x, partials);
    }
}

__device__ __forceinline__ float row_max(float x)
{
    if constexpr (ROW_WARPS == 1) return warp_max(x);
    else
    {
        __shared__ float partials[ROW_WARPS];
        return block_max<ROW_WARPS>(x, partials);
    }
}

// Until all threads of the row are here, and what they wrote to shared memory can be read.
__device__ __forceinline__ void row_barrier()
{
    if constexpr (ROW_WARPS == 1) __syncwarp();
    else __syncthreads();
}

struct SumOf
{
    static __device__ __forceinline__ float none() { return 0.0f; }
    static __device__ __forceinline__ float join(float a, float b) { return a + b; }
    static __device__ __forceinline__ float of_row(float x) { return row_sum(x); }
};

struct MaxOf
{
    static __device__ __forceinline__ float none() { return minus_infinity(); }
    static __device__ __forceinline__ float join(float a, float b) { return fmaxf(a, b); }
    static __device__ __forceinline__ float of_row(float x) { return row_max(x); }
};

// Reduces each of Groups equal groups of a row that lies in shared memory; results [padded(Groups)] are written there too, times scale, zeros
// behind the last. Every thread of the row calls; a barrier stands on both sides. Groups of a warp's width or more are shared by the threads.
template <class Reduction, int Columns, int Groups>
__device__ __forceinline__ void reduce_groups(const float* values, float* results, int lane, float scale)
{
    constexpr int width = Columns / Groups;
    row_barrier();
    if constexpr (width >= 32)
    {
        for (int group = 0; group < Groups; ++group)
        {
            float x = Reduction::none();
            for (int i = lane; i < width; i += row_threads) x = Reduction::join(x, values[group * width + i]);
            x = Reduction::of_row(x);
            if (lane == 0) results[group] = x * scale;
        }
        for (int group = Groups + lane; group < padded(Groups); group += row_threads) results[group] = 0.0f;
    }
    else
    {
        for (int group = lane; group < padded(Groups); group += row_threads)
        {
            float x = group < Groups ? Reduction::none() : 0.0f;
            for (int i = 0; i < (group < Groups ? width : 0); ++i) x = Reduction::join(x, values[group * width + i]);
            results[group] = group < Groups ? x * scale : 0.0f;
        }
    }
    row_barrier();
}
