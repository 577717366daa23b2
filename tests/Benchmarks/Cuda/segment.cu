// device: types async
//
// Mean over the rows of each sequence: in [rows, WIDTH], offsets [sequences + 1], out [sequences, WIDTH] in float; zeros for an empty one.
// A thread adds every SLOTS-th row of its sequence in ascending order, then the slots are added in ascending order: the order of the sum
// follows from the sequence's own length.
//
//   ELEMENT   f16, bf16 or float
//   WIDTH     features of a row, a multiple of 64
//   SLOTS     rows under way at once

static_assert(WIDTH % 64 == 0, "rows in multiples of 64 features");

// Grid: (WIDTH / 64, sequences that fit): a block takes 64 features of one sequence.
extern "C" __global__ void __launch_bounds__(8 * SLOTS)
mean_pool(const Element* in, const int* offsets, float* out, const int* sequenceCount)
{
    __shared__ __align__(16) float partials[SLOTS][8][8];
    let_next_grid_start();
    const int sequence = blockIdx.y;
    if (sequence >= *sequenceCount) return;
    const int first = offsets[sequence], end = offsets[sequence + 1];
    const int lane = threadIdx.x % 8, slot = threadIdx.x / 8, feature = blockIdx.x * 64 + lane * 8;
    float sum[8] = {};
    wait_for_previous_grid();
#pragma unroll 4
    for (int row = first + slot; row < end; row += SLOTS)
    {
        float x[8];
        load8(x, in + static_cast<u64>(row) * WIDTH + feature);
#pragma unroll
        for (int e = 0; e < 8; ++e) sum[e] += x[e];
    }
    store8(partials[slot][lane], sum);
    __syncthreads();
    if (threadIdx.x < 64)
    {
        float total = 0.0f;
#pragma unroll 8
        for (int s = 0; s < SLOTS; ++s) total += partials[s][threadIdx.x / 8][threadIdx.x % 8];
        out[static_cast<u64>(sequence) * WIDTH + blockIdx.x * 64 + threadIdx.x] = end > first ? total / (end - first) : 0.0f;
    }
}
