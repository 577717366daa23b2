// context = Attention(query, key, value, heads: heads)
//
//   Grid: heads by work items. A work item is WARPS * WARP_Q queries of a sequence. Block: WARPS warps.
//   Shared memory: the queries' tile, then STAGES times KEY_TILE keys and as many values.

struct Layout
{
    static constexpr int queryStride = padded(HIDDEN);
    static constexpr int keyStride = padded(HIDDEN);
    static constexpr int valueStride = padded(HIDDEN);
    static constexpr int outputStride = padded(HIDDEN);
    static constexpr bool aligned = true;
    static constexpr int outputPadding = outputStride - HIDDEN;
};

struct Pair
{
    static constexpr bool softmax = true;
    static constexpr bool plain = true;
    static constexpr bool allVisible = true;

    __device__ __forceinline__ float score(float s, Place i, Place j, int head) const { return s; }
    __device__ __forceinline__ bool visible(Place i, Place j, int head) const { return true; }
    __device__ __forceinline__ Coverage cover(Interval i, Interval j, const WorkItem& item) const { return Coverage::All; }
};

extern "C" __global__ void __launch_bounds__(attention_threads, BLOCKS)
context_kernel(const Element* query, const Element* key, const Element* value, Element* output, const WorkItem* work,
    const int* workCount)
{
    attention<HEADS, HEADS, HIDDEN / HEADS, HIDDEN / HEADS, Layout>(query, key, value,
        output, work, *workCount, SCALE, Pair{});
}
