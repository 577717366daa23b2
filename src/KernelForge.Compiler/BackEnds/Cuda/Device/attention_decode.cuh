// Attention of a few new queries a sequence over many kept keys: the keys of a sequence are cut into parts, each is one warp's work, and
// attention_merge.cuh puts the parts together. Requires attention_mma, attention_fma, attention_parts, kept and what they require.
//
// What counts is how fast memory gives keys and values, so the keys of a part are loaded once for all queries that meet them: the rows of a
// warp's tile are the queries of the sequence times the heads that share a key head. Where a part ends follows from the sequence's own
// length, never from the grid or the other sequences, and parts are put together in their order: neither changes a bit.
//
// Grid: as many blocks as the device holds at a time, whatever the batch. They take turns over the pieces (a part and a key head), the parts
// with the most keys first, and so end within one piece of each other. While a piece is computed, keys of the next ones are on their way.
// Block: one warp, WARPS = 1, so that nobody waits at a barrier. Dynamic shared memory, in bytes, with row(w) as in attention.cuh:
//
//   WARP_Q * max(row(HeadWidth), row(ValueWidth)) + STAGES * KEY_TILE * (row(HeadWidth) + row(ValueWidth))
//
// WARP_Q: 16 with elements of 16 bits; 4, 8 or 16 with floats. KEY_TILE: 32, the rows of a block of kept keys, or 16, 8 (floats).
//
// A kernel around it:
//
//   extern "C" __global__ void __launch_bounds__(attention_threads, BLOCKS)
//   context_decode(const Element* query, ..., float* results, const AttentionPart* parts, const int* partCount)
//   {
//       attention_parts<HEADS, KEY_HEADS, HEAD_WIDTH, VALUE_WIDTH, Layout>(
//           query, KeptKeys<...>{...}, results, parts, *partCount, SCALE, Pair{...});
//   }
//
// Layout and Pair: as in attention.cuh.

// The rows of a tile: query r / Group, and of the heads that share a key head number r % Group.
template <int Group> struct GroupedItem : WorkItem {};

template <int Group> __device__ __forceinline__ Place query_place(const GroupedItem<Group>& item, int row)
{
    const int query = min(row / Group, item.queryLength - 1);
    return {item.queryBase + query, item.queryStart + query, item.sequence};
}

template <int Group> __device__ __forceinline__ int head_of(const GroupedItem<Group>&, int head, int row) { return head + row % Group; }

// Kept keys go by their position in the sequence.
template <bool Edge, int Group> __device__ __forceinline__ Place key_place(const GroupedItem<Group>& item, int position)
{
    if (Edge) position = min(position, item.keyLength - 1);
    return {position, item.keyStart + position - item.keyBase, item.sequence};
}

// A block's way over its pieces, and over the tiles of a piece that some of its queries may see.
template <int KeyHeads, int Group, class Pair> struct PieceWalk
{
    // Where more heads share a key head than a tile has rows, each so many rows are a piece.
    static constexpr int tiles = (Group + WARP_Q - 1) / WARP_Q;

    const Pair& pair;
    const AttentionPart* const parts;
    const KeptBlocks kept;
    const int pieces;
    GroupedItem<Group> item;
    int piece, firstRow, slot, slotsAQuery, firstTile, endTile;
    u64 block;  // of a lane: the address of one of the part's blocks, 0 where it was given back

    __device__ __forceinline__ PieceWalk(const Pair& pair, const AttentionPart* parts, int partCount, KeptBlocks kept)
        : pair(pair), parts(parts), kept(kept), pieces(partCount * KeyHeads * tiles)
    {
        enter(blockIdx.x);
    }

    __device__ __forceinline__ bool ended() const { return piece >= pieces; }

    __device__ __forceinline__ int key_head() const { return piece / tiles % KeyHeads; }

    // Rows from the first of the tile to the last of the sequence.
    __device__ __forceinline__ int rows() const { return item.queryLength * Group - firstRow; }

    __device__ __forceinline__ void enter(int next)
    {
        piece = next;
        if (ended()) return;
        const AttentionPart part = parts[piece / (KeyHeads * tiles)];
        static_cast<WorkItem&>(item) = part.item;
        slot = part.slot;
        slotsAQuery = part.slotsAQuery;
        firstRow = piece % tiles * WARP_Q;
        firstTile = part.firstKey / KEY_TILE;
        endTile = (part.firstKey + part.keys + KEY_TILE - 1) / KEY_TILE;
        const int blocks = (part.keys + kept_rows - 1) / kept_rows, lane = threadIdx.x;
        block = lane < blocks ? kept.blocks[kept.starts[item.sequence] + part.firstKey / kept_rows + lane] : 0;
    }

    // To the next rows of the same part, or to the next piece.
    __device__ __forceinline__ void next()
    {
        firstRow += tiles * WARP_Q;
        if (rows() <= 0) enter(piece + gridDim.x);
    }

    // The block that a tile lies in. Every lane calls.
    __device__ __forceinline__ u64 block_of(int tile) const
    {
        return __shfl_sync(0xffffffffu, block, (tile - firstTile) * KEY_TILE / kept_rows);
    }

    __device__ __forceinline__ Coverage cover(int tile) const
    {
        if constexpr (Pair::allVisible) return Coverage::All;
        const int first = firstRow / Group, last = (firstRow + min(WARP_Q, rows()) - 1) / Group;
        return pair.cover(Interval(item.queryBase + first, item.queryBase + last),
                          Interval(tile * KEY_TILE, min((tile + 1) * KEY_TILE, item.keyLength) - 1), item);
    }

    // The first of the tiles to visit from `tile` on; endTile where there is none. Every lane calls.
    __device__ __forceinline__ int from(int tile) const
    {
        while (tile < endTile && (block_of(tile) == 0 || cover(tile) == Coverage::None)) ++tile;
        return tile;
    }
};

// The queries of a piece to shared memory, zeros behind the last of its rows. It waits for them itself.
template <int Group, int HeadWidth, int RowBytes, class Layout>
__device__ __forceinline__ void fetch_queries(char* rows, const Element* query, const GroupedItem<Group>& item, int firstRow, int count, int head)
{
    constexpr int chunks = row_bytes(HeadWidth) / 16;
#pragma unroll 4
    for (int piece = threadIdx.x; piece < WARP_Q * chunks; piece += 32)
    {
        const int row = piece / chunks, column = piece % chunks * chunk_elements;
        Vector<Element, chunk_elements> raw = {};
        if (row < count && column < HeadWidth)
        {
            const Element* const from = query + static_cast<u64>(query_place(item, firstRow + row).row) * Layout::queryStride;
            raw = fetch_view<chunk_elements, HeadWidth, in_chunks(HeadWidth, Layout::aligned), 0>(
                from + head_of(item, head, firstRow + row) * HeadWidth, column);
        }
        *reinterpret_cast<uint4*>(rows + swizzled<RowBytes>(row, piece % chunks)) =
            make_uint4(raw.words[0], raw.words[1], raw.words[2], raw.words[3]);
    }
}

// A head's rows of a block (from: the first of the tile) to a tile; rows from `count` on become zeros and are not read.
template <int Width, int Stride, int RowBytes> __device__ __forceinline__ void load_block_rows(char* tile, const Element* from, int count)
{
    constexpr int chunks = row_bytes(Width) / 16, filled = Width / chunk_elements;
    // All at once would take more registers than the products leave.
#pragma unroll 4
    for (int piece = threadIdx.x; piece < KEY_TILE * chunks; piece += 32)
    {
        const int row = piece / chunks, chunk = piece % chunks;
        const Element* const of = from + row * Stride;
        char* const to = tile + swizzled<RowBytes>(row, chunk);
        if constexpr (in_chunks(Width, true))
            cp_async_16(shared_address(to), of + chunk * chunk_elements, row < count && (chunks == filled || chunk < filled));
        else
        {
            Vector<Element, chunk_elements> raw = {};
            if (row < count) raw = fetch_view<chunk_elements, Width, false, 0>(of, chunk * chunk_elements);
            *reinterpret_cast<uint4*>(to) = make_uint4(raw.words[0], raw.words[1], raw.words[2], raw.words[3]);
        }
    }
}

template <int Heads, int KeyHeads, int HeadWidth, int ValueWidth, class Layout, class Kept, class Pair>
__device__ __forceinline__ void attention_parts(const Element* query, const Kept& kept, float* results, const AttentionPart* parts,
                                                int partCount, float scale, const Pair& pair)
{
    static_assert(HeadWidth >= 1 && HeadWidth <= 256 && ValueWidth >= 1 && ValueWidth <= 256, "heads of 1 to 256 columns");
    static_assert(WARPS == 1 && STAGES >= 2, "a block is one warp, and one tile is read while another is copied");
    static_assert(kept_rows % KEY_TILE == 0 && KEY_TILE % (sizeof(Element) == 2 ? 16 : 8) == 0, "a tile of keys lies in one block");
    static_assert(WARP_Q % (sizeof(Element) == 2 ? 16 : 4) == 0 && Heads % KeyHeads == 0, "as many query heads for each key head");
    constexpr int Group = Heads / KeyHeads;
    using Walk = PieceWalk<KeyHeads, Group, Pair>;
    using Warp = WarpAttention<HeadWidth, ValueWidth, Pair, sizeof(Element) == 2, GroupedItem<Group>>;
    constexpr int keyBytes = KEY_TILE * Warp::keyBytes, stageBytes = keyBytes + KEY_TILE * Warp::valueBytes;
    extern __shared__ __align__(1024) char shared[];
    char* const rows = shared;
    char* const stages = shared + WARP_Q * Warp::queryBytes;
    const int lane = threadIdx.x;

    let_next_grid_start();
    Walk ahead(pair, parts, partCount, kept.blocks), now = ahead;
    wait_for_previous_grid();
    int next = ahead.ended() ? 0 : ahead.from(ahead.firstTile);
    // The next tile of this piece or a later one.
    const auto load = [&](int stage) {
        while (!ahead.ended() && next == ahead.endTile)
        {
            ahead.next();
            if (!ahead.ended()) next = ahead.from(ahead.firstTile);
        }
        if (!ahead.ended())
        {
            const u64 block = ahead.block_of(next);
            const int row = next * KEY_TILE % kept_rows, count = ahead.item.keyLength - next * KEY_TILE, head = ahead.key_head();
            char* const to = stages + stage * stageBytes;
            load_block_rows<HeadWidth, Kept::keyStride, Warp::keyBytes>(
                to, reinterpret_cast<const Element*>(block + kept.keyPlace) + row * Kept::keyStride + head * HeadWidth, count);
            load_block_rows<ValueWidth, Kept::valueStride, Warp::valueBytes>(
                to + keyBytes, reinterpret_cast<const Element*>(block + kept.valuePlace) + row * Kept::valueStride + head * ValueWidth, count);
            next = ahead.from(next + 1);
        }
        cp_async_commit();
    };
#pragma unroll
    for (int stage = 0; stage < STAGES - 1; ++stage) load(stage);

    int turn = 0;
    for (; !now.ended(); now.next())
    {
        const int head = now.key_head() * Group, count = min(WARP_Q, now.rows());
        Warp state(pair, now.item, head, now.firstRow, lane, scale);
        bool met = false;
        for (int tile = now.from(now.firstTile); tile < now.endTile; tile = now.from(tile + 1), ++turn)
        {
            cp_async_wait<STAGES - 2>();
            __syncwarp();  // this tile is there for all lanes, and all have read the stage written next, and the queries before
            load((turn + STAGES - 1) % STAGES);
            if (!met)
            {
                fetch_queries<Group, HeadWidth, Warp::queryBytes, Layout>(rows, query, now.item, now.firstRow, count, head);
                __syncwarp();
                state.load_queries(rows);
                met = true;
            }
            const char* const stage = stages + turn % STAGES * stageBytes;
            const int firstKey = tile * KEY_TILE, keys = now.item.keyLength - firstKey;
            if (keys < KEY_TILE || now.cover(tile) != Coverage::All)
            {
                state.template products<true>(rows, stage, keys);
                state.template scores<true>(firstKey, keys);
                if constexpr (Pair::softmax) state.softmax();
                state.template accumulate<true>(stage + keyBytes, keys, 1);
            }
            else
            {
                state.template products<false>(rows, stage, keys);
                state.template scores<false>(firstKey, keys);
                if constexpr (Pair::softmax) state.softmax();
                state.template accumulate<false>(stage + keyBytes, keys, 1);
            }
        }
        const auto at = [&](int row) {
            const int of = now.firstRow + row;
            return results + (static_cast<u64>(now.slot + of / Group * now.slotsAQuery) * Heads + head + of % Group) * part_stride(ValueWidth);
        };
        state.store_part(at, count, met);
    }
}
