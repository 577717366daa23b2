// What attention_decode.cuh and attention_merge.cuh say to each other. Requires attention_rows.

// Some keys of a sequence and its few new queries: a warp's work for each key head. The host writes the list once a batch, the parts with the
// most keys first; it serves every layer.
struct alignas(16) AttentionPart
{
    WorkItem item;         // with all keys of the sequence
    int firstKey, keys;    // the first's position, a multiple of a block's rows; at most 32 blocks
    int slot, slotsAQuery; // where the results of the first query lie; those of the next query lie so many slots behind
};

// A query's parts: their results lie in slots one after another. Parts are numbered from the sequence's first row on; those in which nothing
// is left to see are not there.
struct alignas(16) MergeItem { int row, slot, firstPart, endPart; };

// Floats that a part leaves of a head: the largest exponent, the sum, two unused, and the columns.
__host__ __device__ constexpr int part_stride(int valueWidth) { return (valueWidth + 15) / 16 * 16 + 4; }
