// From products of queries and keys to exponents or weights, as the layer's own score and mask say. Requires math, interval, attention_rows.

// A query or a key: its position in its sequence, its row in its space, and its sequence.
struct Place { int position, row, sequence; };

// What one warp computes of a tile: attention_mma.cuh for 16-bit elements, attention_fma.cuh for those stored as floats. Item tells which
// query and which head a row of the tile is (query_place, head_of), and where a key lies (key_place).
template <int HeadWidth, int ValueWidth, class Pair, bool Half = sizeof(Element) == 2, class Item = WorkItem> struct WarpAttention;

// Rows that fill up a tile take the last one's place, so that a score reads only what is there. Queries are counted from the first in memory.
__device__ __forceinline__ Place query_place(const WorkItem& item, int query)
{
    query = min(query, item.queryLength - 1);
    return {KEPT ? item.queryBase + query : query, item.queryStart + query, item.sequence};
}

// All rows of a tile belong to one head.
__device__ __forceinline__ int head_of(const WorkItem&, int head, int) { return head; }

template <bool Edge> __device__ __forceinline__ Place key_place(const WorkItem& item, int position)
{
    if (Edge) position = min(position, item.keyLength - 1);
    return {position, item.keyStart + position, item.sequence};
}

// A natural logit as the exponent of two.
__device__ __forceinline__ float exponent(float logit) { return logit * 1.4426950408889634f; }

// Where the score is the product itself, the exponential takes the scale in at no cost: s stays a plain product, and exponent_factor says
// what it is multiplied with. The largest exponent then belongs to the largest product only if the scale is positive.
template <class Pair> __device__ __forceinline__ bool scaled_in_exponent(float scale)
{
    return Pair::softmax && Pair::plain && scale > 0.0f;
}

template <class Pair> __device__ __forceinline__ float exponent_factor(float scale)
{
    return scaled_in_exponent<Pair>(scale) ? exponent(scale) : 1.0f;
}

// A product becomes an exponent of two but for the factor above, or the weight itself without a softmax. Edge: the key may lie beyond the
// sequence, or not be seen.
template <bool Edge, class Pair>
__device__ __forceinline__ float score(const Pair& pair, float s, float scale, Place i, Place j, int head, bool within)
{
    if constexpr (!Pair::softmax) s = pair.score(s * scale, i, j, head);
    else if constexpr (!Pair::plain) s = exponent(pair.score(s * scale, i, j, head));
    else if (!scaled_in_exponent<Pair>(scale)) s *= exponent(scale);
    if constexpr (Edge)
    {
        if constexpr (!Pair::allVisible) within = within && pair.visible(i, j, head);
        if (!within) s = Pair::softmax ? minus_infinity() : 0.0f;
    }
    return s;
}

// Takes a tile's largest value in, and returns what its exponents lose: the largest of all so far, 0 while no key was seen. Kept as the
// product that is taken off, not as the value: a tile that raises nothing then leaves what was summed before it bit for bit.
__device__ __forceinline__ float raise(float& largest, float top, float factor)
{
    largest = fmaxf(largest, top * factor);
    return largest == minus_infinity() ? 0.0f : largest;
}
