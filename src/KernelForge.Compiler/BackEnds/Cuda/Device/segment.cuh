// One row a sequence from the rows of each sequence; zeros for an empty one. Requires types.cuh, async.cuh.
// A thread takes every SLOTS-th row of its sequence in ascending order, then the slots are joined in ascending order: the order follows from
// the sequence's own length.
//
//   SLOTS  rows under way at once

constexpr int segment_threads = 8 * SLOTS;

struct SegmentSum
{
    static constexpr bool firstOnly = false;
    static __device__ __forceinline__ float none() { return 0.0f; }
    static __device__ __forceinline__ float join(float a, float b) { return a + b; }
    static __device__ __forceinline__ float end(float x, int) { return x; }
};

struct SegmentMean : SegmentSum
{
    static __device__ __forceinline__ float end(float x, int length) { return x / length; }
};

struct SegmentMax
{
    static constexpr bool firstOnly = false;
    static __device__ __forceinline__ float none() { return minus_infinity(); }
    static __device__ __forceinline__ float join(float a, float b) { return fmaxf(a, b); }
    static __device__ __forceinline__ float end(float x, int) { return x; }
};

// The first row alone.
struct SegmentFirst : SegmentSum
{
    static constexpr bool firstOnly = true;
};

// input: views of [rows, Columns], output: of [sequences, Columns]. Grid: (padded(Columns) / 64, rounded up, sequences that fit).
template <class Reduction, class Input, class Output>
__device__ __forceinline__ void segment(const Input& input, const int* offsets, const Output& output, int sequences)
{
    __shared__ float partials[SLOTS][8][8];
    let_next_grid_start();
    const int sequence = blockIdx.y;
    if (sequence >= sequences) return;
    const int first = offsets[sequence], end = offsets[sequence + 1], last = Reduction::firstOnly ? min(end, first + 1) : end;
    const int lane = threadIdx.x % 8, slot = threadIdx.x / 8, column = (blockIdx.x * 8 + lane) * 8;
    float x[8];
#pragma unroll
    for (int e = 0; e < 8; ++e) x[e] = Reduction::none();
    wait_for_previous_grid();
    if (column < padded(Input::columns))
    {
#pragma unroll 4
        for (int row = first + slot; row < last; row += SLOTS)
        {
            float v[8];
            input.load(v, row, column);
#pragma unroll
            for (int e = 0; e < 8; ++e) x[e] = Reduction::join(x[e], v[e]);
        }
    }
#pragma unroll
    for (int e = 0; e < 8; ++e) partials[slot][lane][e] = x[e];
    __syncthreads();
    if (slot != 0 || column >= padded(Output::columns)) return;
#pragma unroll
    for (int e = 0; e < 8; ++e)
    {
        float total = partials[0][lane][e];
        for (int s = 1; s < SLOTS; ++s) total = Reduction::join(total, partials[s][lane][e]);
        x[e] = end > first ? Reduction::end(total, end - first) : 0.0f;
    }
    output.store8(sequence, column, x);
}
