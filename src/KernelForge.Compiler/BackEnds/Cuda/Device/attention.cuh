// Softmax attention over ragged sequences. Requires types, views, math, reduce, mma, async, interval,
// attention_rows, attention_mma, attention_fma.
//
// q [query rows, Heads x HeadWidth], k [key rows, KeyHeads x HeadWidth], v [key rows, KeyHeads x ValueWidth], row-major with the strides of the
// layout; out [query rows, Heads x ValueWidth]. Head h uses key head h * KeyHeads / Heads. A query that sees no key gets zeros.
//
// Grid: (Heads, work items that fit); blocks from workCount on leave at once.
// Block: WARPS * 32 threads. Dynamic shared memory, in bytes, with row(w) = w * sizeof(Element) rounded up to a multiple of 32:
//
//   WARPS * WARP_Q * max(row(HeadWidth), row(ValueWidth)) + (WHOLE ? 1 : STAGES) * KEY_TILE * (row(HeadWidth) + row(ValueWidth))
//   and for float and tf32 WARPS * WARP_Q * KEY_TILE * 4 more
//
// A kernel around it:
//
//   extern "C" __global__ void __launch_bounds__(attention_threads, BLOCKS)
//   context(const Element* query, ..., const WorkItem* work, const int* workCount)
//   {
//       attention<HEADS, KEY_HEADS, HEAD_WIDTH, VALUE_WIDTH, Views>(query, key, value, output, work, *workCount, SCALE, Pair{...});
//   }
//
// struct Layout
// {
//     static constexpr int queryStride, keyStride, valueStride, outputStride;
//     static constexpr bool aligned;      // all four views begin at multiples of 8 columns
//     static constexpr int outputPadding; // columns behind the output's last that are ours to zero: where it ends its buffer, else 0
// };
//
// struct Pair
// {
//     static constexpr bool plain;       // score returns s
//     static constexpr bool allVisible;  // visible returns true
//     __device__ float score(float s, Place i, Place j, int head) const;    // s = scale * q.k, a natural logit
//     __device__ bool visible(Place i, Place j, int head) const;
//     __device__ Coverage cover(Interval i, Interval j) const;              // of visible, over positions
// };

template <int Heads, int KeyHeads, int HeadWidth, int ValueWidth, class Layout, class Pair>
__device__ __forceinline__ void attention(const Element* query, const Element* key, const Element* value, Element* output,
                                          const WorkItem* work, int workCount, float scale, const Pair& pair);
