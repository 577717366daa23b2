// device: types views math reduce mma async interval attention_rows attention_score attention_mma attention_fma attention
//
// Attention over ragged sequences by attention.cuh: q, k and v are columns of one buffer [rows, 3 * HEADS * HEAD_DIM], as a merged
// projection left them; out [rows, HEADS * HEAD_DIM].
//
//   HEADS, HEAD_DIM, SCALE
//   ELEMENT, WARPS, WARP_Q, KEY_TILE, STAGES, WHOLE, BLOCKS as attention.cuh tells

static_assert(HEADS * HEAD_DIM % 8 == 0, "views in multiples of 8 columns");

struct Projection
{
    static constexpr int outputStride = HEADS * HEAD_DIM;
    static constexpr int queryStride = 3 * outputStride, keyStride = queryStride, valueStride = queryStride;
    static constexpr bool aligned = true;
    static constexpr int outputPadding = 0;
};

// <score>
struct Pair
{
    static constexpr bool softmax = true, plain = true, allVisible = true;

    __device__ __forceinline__ float score(float s, Place i, Place j, int head) const { return s; }
    __device__ __forceinline__ bool visible(Place i, Place j, int head) const { return true; }
    __device__ __forceinline__ Coverage cover(Interval i, Interval j, const WorkItem&) const { return Coverage::All; }
};
// </score>

// Grid: (HEADS, work items that fit).
extern "C" __global__ void __launch_bounds__(attention_threads, BLOCKS)
context(const Element* projected, Element* out, const WorkItem* work, const int* workCount)
{
    attention<HEADS, HEADS, HEAD_DIM, HEAD_DIM, Projection>(projected, projected + HEADS * HEAD_DIM, projected + 2 * HEADS * HEAD_DIM, out,
                                                            work, *workCount, SCALE, Pair{});
}
