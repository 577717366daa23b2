// The rows of a bank in the order of the weights that they name, and within a weight in their own. Requires types.cuh, views.cuh, async.cuh.
//
//   ORDER_WARPS  warps of a block
//
// A block for each weight, and one for the rows that name none: it counts the rows of the weights before, and then writes its own behind
// those. Nothing is counted by two, so that no block waits for another.

constexpr int order_threads = ORDER_WARPS * 32;

// The weight that a number names; Count where it is none of 0 ... Count - 1.
template <int Count> __device__ __forceinline__ int named_weight(float number)
{
    return number >= 0.0f && number < Count && number == floorf(number) ? static_cast<int>(number) : Count;
}

// starts[w]: where the rows of weight w begin in `order`; starts[Count]: those of none; starts[Count + 1]: the number of rows.
// Launch: a grid of Count + 1 blocks.
template <int Count, class Index> __device__ __forceinline__ void order_rows(const Index& index, int* starts, int* order, int rows)
{
    __shared__ int counts[ORDER_WARPS];
    let_next_grid_start();
    wait_for_previous_grid();
    const int weight = blockIdx.x, warp = threadIdx.x / 32, lane = threadIdx.x % 32;

    int before = 0;
    for (int row = threadIdx.x; row < rows; row += order_threads) before += named_weight<Count>(index.at(row, 0)) < weight ? 1 : 0;
#pragma unroll
    for (int distance = 16; distance > 0; distance >>= 1) before += __shfl_xor_sync(0xffffffffu, before, distance);
    if (lane == 0) counts[warp] = before;
    __syncthreads();
    int next = 0;
#pragma unroll
    for (int w = 0; w < ORDER_WARPS; ++w) next += counts[w];
    if (threadIdx.x == 0)
    {
        starts[weight] = next;
        if (weight == Count) starts[Count + 1] = rows;
    }
    __syncthreads();

    for (int first = 0; first < rows; first += order_threads)
    {
        const int row = first + threadIdx.x;
        const bool mine = row < rows && named_weight<Count>(index.at(row, 0)) == weight;
        const u32 votes = __ballot_sync(0xffffffffu, mine);
        if (lane == 0) counts[warp] = __popc(votes);
        __syncthreads();
        int place = next;
#pragma unroll
        for (int w = 0; w < ORDER_WARPS; ++w)
        {
            if (w < warp) place += counts[w];
            next += counts[w];
        }
        if (mine) order[place + __popc(votes & ((1u << lane) - 1))] = row;
        __syncthreads();
    }
}
