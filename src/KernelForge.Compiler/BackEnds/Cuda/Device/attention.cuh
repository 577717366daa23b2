// Attention over ragged sequences. Requires types, views, math, reduce, mma, async, interval,
// attention_rows, attention_score, attention_mma, attention_fma.
//
// q [query rows, Heads x HeadWidth], k [key rows, KeyHeads x HeadWidth], v [key rows, KeyHeads x ValueWidth] and
// out [query rows, Heads x ValueWidth], row-major with the strides of the layout. Head h uses key head h * KeyHeads / Heads. A query
// that sees no key gets zeros.
//
// With KEPT, k and v are not read: keys and values lie in blocks, and `kept` (a KeptKeys of kept.cuh) tells where. The order of the sums is the
// same, from the sequence's first key on, and so are the bits.
//
// Grid: (Heads, work items that fit); blocks from workCount on leave at once.
// Block: WARPS * 32 threads. Dynamic shared memory, in bytes, with row(w) = w * sizeof(Element) rounded up to a multiple of 32:
//
//   WARPS * WARP_Q * max(row(HeadWidth), row(ValueWidth)) + (WHOLE ? 1 : STAGES) * KEY_TILE * (row(HeadWidth) + row(ValueWidth))
//
// KEY_TILE decides the order of the sums: with the same one all other settings give the same bits. What keeps to registers, and shared
// memory at the largest width:
//
//   16 bits, to 64 columns    4 warps of 16 queries, 64 keys, 3 stages, 3 blocks, 56 KiB; WHOLE: 4 blocks; long sequences: 4 warps of
//                             32 queries, 2 blocks, 64 KiB
//            to 128           4 warps of 16 queries, 64 keys, 2 stages, 1 block, 80 KiB
//            to 256           the same, 160 KiB; 96 KiB with 32 keys, where a block has 99 KiB (sm_86, sm_89)
//   floats,  to 64            4 warps of 16 queries, 32 keys, 2 stages, 2 blocks, 48 KiB
//            to 128           the same with 1 block, 96 KiB
//            to 256           8 warps of 8 queries, 16 keys, 2 stages, 1 block, 128 KiB; 96 KiB with 8 keys
//
// Whether a product and a sum become one instruction must not follow from the family: the kernels are compiled with --fmad=false.
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
//     static constexpr bool softmax;     // the weights are the softmax of the scores; else the scores themselves, 0 where not visible
//     static constexpr bool plain;       // score returns s
//     static constexpr bool allVisible;  // visible returns true
//     __device__ float score(float s, Place i, Place j, int head) const;    // s = scale * q.k, a natural logit
//     __device__ bool visible(Place i, Place j, int head) const;
//     __device__ Coverage cover(Interval i, Interval j, const WorkItem& item) const;  // of visible, over positions of the item's sequence
// };

// The tiles of a block's keys: walks over those that some query of the block may see.
template <class Pair> struct KeyTiles
{
    const Pair& pair;
    const WorkItem& item;
    const int count;

    __device__ __forceinline__ KeyTiles(const Pair& pair, const WorkItem& item)
        : pair(pair), item(item), count((item.keyLength + KEY_TILE - 1) / KEY_TILE) {}

    // What the mask says of `queries` queries from firstQuery on, as far as the sequence has them, and a tile.
    __device__ __forceinline__ Coverage cover(int firstQuery, int queries, int tile) const
    {
        if constexpr (Pair::allVisible) return Coverage::All;
        else
        {
            const int base = KEPT ? item.queryBase : 0;
            return firstQuery >= item.queryLength
                ? Coverage::None
                : pair.cover(Interval(base + firstQuery, base + min(firstQuery + queries, item.queryLength) - 1),
                             Interval(tile * KEY_TILE, min((tile + 1) * KEY_TILE, item.keyLength) - 1), item);
        }
    }

    // The first of them from `tile` on; `count` where there is none.
    __device__ __forceinline__ int from(int tile) const
    {
        if constexpr (!Pair::allVisible)
            while (tile < count && cover(item.firstQuery, attention_queries, tile) == Coverage::None) ++tile;
        return tile;
    }
};

// Which 16 queries of a warp may see a key of a tile, a bit each; edge: whether some query does not see all its keys. That 16 queries
// decide, and not a warp's, is the same in all families.
template <class Pair> __device__ __forceinline__ u32 live_queries(const KeyTiles<Pair>& tiles, int firstQuery, int tile, bool& edge)
{
    constexpr u32 all = (1u << (WARP_Q + 15) / 16) - 1;
    edge = (tile + 1) * KEY_TILE > tiles.item.keyLength;
    if constexpr (Pair::allVisible) return all;
    u32 live = 0;
#pragma unroll
    for (int m = 0; m < (WARP_Q + 15) / 16; ++m)
    {
        const Coverage cover = tiles.cover(firstQuery + m * 16, 16, tile);
        if (cover != Coverage::None) live |= 1u << m;
        if (cover != Coverage::All) edge = true;
    }
    return live;
}

template <int Heads, int KeyHeads, int HeadWidth, int ValueWidth, class Layout, class Pair, class Kept = NotKept>
__device__ __forceinline__ void attention(const Element* query, const Element* key, const Element* value, Element* output,
                                          const WorkItem* work, int workCount, float scale, const Pair& pair, const Kept& kept = {})
{
    static_assert(HeadWidth >= 1 && HeadWidth <= 256 && ValueWidth >= 1 && ValueWidth <= 256, "heads of 1 to 256 columns");
    static_assert(KEY_TILE % (sizeof(Element) == 2 ? 16 : 8) == 0 && WARP_Q % (sizeof(Element) == 2 ? 16 : 8) == 0,
                  "queries of a warp and keys of a tile in multiples of 16, and of 8 for elements stored as floats");
    static_assert(Heads % KeyHeads == 0, "as many query heads for each key head");
    using Warp = WarpAttention<HeadWidth, ValueWidth, Pair>;
    constexpr int keyBytes = KEY_TILE * Warp::keyBytes, stageBytes = keyBytes + KEY_TILE * Warp::valueBytes;
    extern __shared__ __align__(1024) char shared[];
    let_next_grid_start();
    if (blockIdx.y >= workCount) return;
    const WorkItem item = work[blockIdx.y];
    const int head = blockIdx.x, keyHead = head * KeyHeads / Heads, warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    const int warpQuery = item.firstQuery + warp * WARP_Q;
    const bool busy = warpQuery < item.queryLength;
    char* const rows = shared + warp * WARP_Q * Warp::queryBytes;
    char* const stages = shared + attention_queries * Warp::queryBytes;

    const auto load_queries = [&] {
        load_rows<attention_queries, HeadWidth, Layout::queryStride, Layout::aligned, Warp::queryBytes>(
            shared, query + static_cast<u64>(item.queryStart) * Layout::queryStride + head * HeadWidth, item.firstQuery, item.queryLength);
    };
    const auto load_keys = [&](char* stage, int tile) {
        if constexpr (KEPT)
            load_kept_rows<KEY_TILE, HeadWidth, Warp::keyBytes>(stage, tile * KEY_TILE, item.keyLength, [&](int position) {
                return kept.template key<HeadWidth>(item.sequence, position, keyHead);
            });
        else
            load_rows<KEY_TILE, HeadWidth, Layout::keyStride, Layout::aligned, Warp::keyBytes>(
                stage, key + static_cast<u64>(item.keyStart) * Layout::keyStride + keyHead * HeadWidth, tile * KEY_TILE, item.keyLength);
    };
    const auto load_values = [&](char* stage, int tile) {
        if constexpr (KEPT)
            load_kept_rows<KEY_TILE, ValueWidth, Warp::valueBytes>(stage + keyBytes, tile * KEY_TILE, item.keyLength, [&](int position) {
                return kept.template value<ValueWidth>(item.sequence, position, keyHead);
            });
        else
            load_rows<KEY_TILE, ValueWidth, Layout::valueStride, Layout::aligned, Warp::valueBytes>(
                stage + keyBytes, value + static_cast<u64>(item.keyStart) * Layout::valueStride + keyHead * ValueWidth, tile * KEY_TILE,
                item.keyLength);
    };

    const KeyTiles<Pair> tiles(pair, item);
    Warp state(pair, item, head, warpQuery, lane, scale);
    int tile = tiles.from(0);
    wait_for_previous_grid();
    if (tile < tiles.count) load_queries();  // a block that sees no key stores through the same memory
    if constexpr (WHOLE)
    {
        if (tile < tiles.count)
        {
            bool edge;
            const u32 live = live_queries(tiles, warpQuery, tile, edge);
            load_keys(stages, tile);
            cp_async_commit();
            load_values(stages, tile);
            cp_async_commit();
            cp_async_wait<1>();
            __syncthreads();
            if (busy && live != 0)
            {
                state.load_queries(rows);
                state.template products<true>(rows, stages, item.keyLength);
                state.template scores<true>(0, item.keyLength);
                if constexpr (Pair::softmax) state.softmax();
            }
            cp_async_wait<0>();
            __syncthreads();
            if (busy && live != 0) state.template accumulate<true>(stages + keyBytes, item.keyLength, live);
        }
    }
    else
    {
        static_assert(STAGES >= 2, "one tile is read while another is copied");
        int next = tile;
        const auto load = [&](int stage) {
            if (next < tiles.count)
            {
                load_keys(stages + stage * stageBytes, next);
                load_values(stages + stage * stageBytes, next);
                next = tiles.from(next + 1);
            }
            cp_async_commit();
        };
#pragma unroll
        for (int stage = 0; stage < STAGES - 1; ++stage) load(stage);
#pragma unroll 1
        for (int turn = 0; tile < tiles.count; ++turn, tile = tiles.from(tile + 1))
        {
            cp_async_wait<STAGES - 2>();
            __syncthreads();  // this tile is there for all, and the stage written next has been read by all
            load((turn + STAGES - 1) % STAGES);
            if (turn == 0) state.load_queries(rows);
            bool edge;
            const u32 live = busy ? live_queries(tiles, warpQuery, tile, edge) : 0;
            if (live == 0) continue;
            const char* const stage = stages + turn % STAGES * stageBytes;
            const int firstKey = tile * KEY_TILE, keys = item.keyLength - firstKey;
            if (edge)
            {
                state.template products<true>(rows, stage, keys);
                state.template scores<true>(firstKey, keys);
                if constexpr (Pair::softmax) state.softmax();
                state.template accumulate<true>(stage + keyBytes, keys, live);
            }
            else
            {
                state.template products<false>(rows, stage, keys);
                state.template scores<false>(firstKey, keys);
                if constexpr (Pair::softmax) state.softmax();
                state.template accumulate<false>(stage + keyBytes, keys, live);
            }
        }
    }
    if (!busy) return;
    const int count = min(WARP_Q, item.queryLength - warpQuery);
    Element* const to = output + static_cast<u64>(item.queryStart + warpQuery) * Layout::outputStride + head * ValueWidth;
    state.template store<Layout::outputStride, Layout::aligned>(to, rows, count);
    if constexpr (Layout::outputPadding > 0)
        if (head == Heads - 1) clear_columns<Layout::outputPadding, Layout::outputStride>(to + ValueWidth, count, lane);
}
