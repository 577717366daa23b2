// device: types math reduce mma async
//
// Attention over ragged sequences, packed in and packed out: q, k, v [HEADS, capacity, HEAD_DIM] as the merged projection left them,
// out [rows, HEADS * HEAD_DIM]. The host makes the work list once a batch, longest sequences first; it serves every layer.
//
//   ELEMENT        f16 or bf16
//   HEADS, HEAD_DIM (32, 64 or 128)
//   WARPS, WARP_Q  warps of a block and query rows of a warp (16 or 32): a block takes WARPS * WARP_Q queries of one head
//   KEY_TILE       keys in shared memory at a time
//   WHOLE          1: every sequence of the list has at most KEY_TILE tokens and at most WARPS * WARP_Q: softmax in one piece
//                  0: any length: keys and values stream through STAGES buffers, softmax is carried along
//
// Which of the kernels a sequence gets follows from its own length alone, so its result does not depend on its batch.

using Element = ELEMENT;
constexpr int rowBytes = HEAD_DIM * 2, chunks = HEAD_DIM / 8, threads = WARPS * 32, queries = WARPS * WARP_Q;
constexpr int queryBytes = queries * rowBytes, keyBytes = KEY_TILE * rowBytes;
constexpr int countQ = WARP_Q / 16, countK = KEY_TILE / 8, countD = HEAD_DIM / 8;
static_assert(KEY_TILE % 16 == 0 && WARP_Q % 16 == 0, "query rows and keys in multiples of 16");

// <score>
// What the exponential is taken of, as a power of two, from the scaled product of query i and key j of a sequence.
__device__ __forceinline__ float score(float s, int i, int j, int head) { return s; }
// True where score changes nothing: the scale then waits for the exponential, which takes it in at no cost.
constexpr bool plain = true;
// Whether query i may see key j, beside j < length. False for allVisible says that every tile has to ask.
__device__ __forceinline__ bool visible(int i, int j) { return true; }
constexpr bool allVisible = true;
// </score>

struct WorkItem { int start, length, firstQuery, unused; };

// Rows first .. first + count - 1 of a sequence's q, k or v to shared memory; rows from length on become zeros.
template <int Count> __device__ __forceinline__ void load_rows(u32 to, const Element* from, int first, int length)
{
#pragma unroll
    for (int i = 0; i < (Count * chunks + threads - 1) / threads; ++i)
    {
        const int piece = i * threads + threadIdx.x, row = piece / chunks, chunk = piece % chunks;
        if (Count * chunks % threads == 0 || piece < Count * chunks)
            cp_async_16(to + swizzled<rowBytes>(row, chunk), from + static_cast<u64>(first + row) * HEAD_DIM + chunk * 8,
                        first + row < length);
    }
}

struct WarpAttention
{
    u32 q[countQ][HEAD_DIM / 16][4];
    float o[countQ][countD][4] = {};
    float largest[countQ][2], sum[countQ][2];  // of this lane's two rows of each 16; sum over this lane's own columns
    float s[countQ][countK][4];

    __device__ __forceinline__ void load_queries(u32 tile, int firstRow, int lane)
    {
#pragma unroll
        for (int m = 0; m < countQ; ++m)
        {
            largest[m][0] = largest[m][1] = minus_infinity();
            sum[m][0] = sum[m][1] = 0.0f;
#pragma unroll
            for (int d = 0; d < HEAD_DIM / 16; ++d)
                ldmatrix_x4(q[m][d], tile + swizzled<rowBytes>(firstRow + m * 16 + lane % 16, d * 2 + lane / 16));
        }
    }

    // s = q k^T. In the last tile, pieces of 16 keys from `keys` on are left out.
    template <bool Last> __device__ __forceinline__ void products(u32 tile, int keys, int lane)
    {
#pragma unroll
        for (int n = 0; n < countK / 2; ++n)
        {
#pragma unroll
            for (int m = 0; m < countQ; ++m)
#pragma unroll
                for (int e = 0; e < 4; ++e) s[m][2 * n][e] = s[m][2 * n + 1][e] = 0.0f;
            if (Last && n * 16 >= keys) continue;
#pragma unroll
            for (int d = 0; d < HEAD_DIM / 16; ++d)
            {
                u32 k[4];
                ldmatrix_x4(k, tile + swizzled<rowBytes>(n * 16 + lane / 16 * 8 + lane % 8, d * 2 + lane / 8 % 2));
#pragma unroll
                for (int m = 0; m < countQ; ++m)
                {
                    mma_m16n8<Element>(s[m][2 * n], q[m][d], k[0], k[1]);
                    mma_m16n8<Element>(s[m][2 * n + 1], q[m][d], k[2], k[3]);
                }
            }
        }
    }

    // The score expression, and minus infinity where a key is not seen. Only the last tile can reach beyond the sequence.
    template <bool Last> __device__ __forceinline__ void scores(float scale, int firstQuery, int firstKey, int keys, int head, int lane)
    {
        if constexpr (!plain || !allVisible || Last)
        {
#pragma unroll
            for (int m = 0; m < countQ; ++m)
#pragma unroll
                for (int n = 0; n < countK; ++n)
#pragma unroll
                    for (int e = 0; e < 4; ++e)
                    {
                        const int i = firstQuery + m * 16 + lane / 4 + e / 2 * 8, j = n * 8 + lane % 4 * 2 + e % 2;
                        if (!plain) s[m][n][e] = score(s[m][n][e] * scale, i, firstKey + j, head);
                        if ((Last && j >= keys) || !visible(i, firstKey + j)) s[m][n][e] = minus_infinity();
                    }
        }
    }

    // s becomes 2^(s - largest), times `scale` in the exponent where the score expression is plain; what was summed before follows
    // the new largest.
    __device__ __forceinline__ void softmax(float scale)
    {
        const float factor = plain ? scale : 1.0f;
#pragma unroll
        for (int m = 0; m < countQ; ++m)
#pragma unroll
            for (int half = 0; half < 2; ++half)
            {
                float top = WHOLE ? minus_infinity() : largest[m][half];
#pragma unroll
                for (int n = 0; n < countK; ++n) top = fmaxf(top, fmaxf(s[m][n][half * 2], s[m][n][half * 2 + 1]));
                top = quad_max(top);
                const float shift = top == minus_infinity() ? 0.0f : top * factor;  // a row that sees no key yet
                if (!WHOLE)
                {
                    const float rescale = exp2_fast(fmaf(largest[m][half], factor, -shift));
                    sum[m][half] *= rescale;
#pragma unroll
                    for (int d = 0; d < countD; ++d)
                    {
                        o[m][d][half * 2] *= rescale;
                        o[m][d][half * 2 + 1] *= rescale;
                    }
                    largest[m][half] = top;
                }
#pragma unroll
                for (int n = 0; n < countK; ++n)
#pragma unroll
                    for (int e = 0; e < 2; ++e)
                    {
                        s[m][n][half * 2 + e] = exp2_fast(fmaf(s[m][n][half * 2 + e], factor, -shift));
                        sum[m][half] += s[m][n][half * 2 + e];
                    }
            }
    }

    // o += s v
    template <bool Last> __device__ __forceinline__ void accumulate(u32 tile, int keys, int lane)
    {
#pragma unroll
        for (int n = 0; n < countK / 2; ++n)
        {
            if (Last && n * 16 >= keys) continue;
            u32 p[countQ][4];
#pragma unroll
            for (int m = 0; m < countQ; ++m)
#pragma unroll
                for (int e = 0; e < 4; ++e) p[m][e] = pack2<Element>(s[m][2 * n + e / 2][e % 2 * 2], s[m][2 * n + e / 2][e % 2 * 2 + 1]);
#pragma unroll
            for (int d = 0; d < countD / 2; ++d)
            {
                u32 v[4];
                ldmatrix_x4_trans(v, tile + swizzled<rowBytes>(n * 16 + lane % 16, d * 2 + lane / 16));
#pragma unroll
                for (int m = 0; m < countQ; ++m)
                {
                    mma_m16n8<Element>(o[m][2 * d], p[m], v[0], v[1]);
                    mma_m16n8<Element>(o[m][2 * d + 1], p[m], v[2], v[3]);
                }
            }
        }
    }

    // Through the warp's own rows of the query tile, so that a row leaves in 16-byte pieces.
    __device__ __forceinline__ void store(char* tile, Element* out, int warpRow, int rowsLeft, int lane)
    {
#pragma unroll
        for (int m = 0; m < countQ; ++m)
#pragma unroll
            for (int half = 0; half < 2; ++half)
            {
                const float total = quad_sum(sum[m][half]), scale = total > 0.0f ? reciprocal(total) : 0.0f;  // no key seen: zeros
                const int row = warpRow + m * 16 + half * 8 + lane / 4;
#pragma unroll
                for (int d = 0; d < countD; ++d)
                    *reinterpret_cast<u32*>(tile + swizzled<rowBytes>(row, d) + lane % 4 * 4) =
                        pack2<Element>(o[m][d][half * 2] * scale, o[m][d][half * 2 + 1] * scale);
            }
        __syncwarp();
#pragma unroll
        for (int i = 0; i < WARP_Q * chunks / 32; ++i)
        {
            const int row = (i * 32 + lane) / chunks, chunk = (i * 32 + lane) % chunks;
            if (row < rowsLeft)
                *reinterpret_cast<uint4*>(out + static_cast<u64>(row) * (HEADS * HEAD_DIM) + chunk * 8) =
                    *reinterpret_cast<const uint4*>(tile + swizzled<rowBytes>(warpRow + row, chunk));
        }
    }
};

// One tile of keys and values, the values behind the keys.
template <bool Last>
__device__ __forceinline__ void consume(WarpAttention& attention, u32 stage, float scale, int firstQuery, int firstKey, int keys, int head,
                                        int lane)
{
    attention.products<Last>(stage, keys, lane);
    attention.scores<Last>(scale, firstQuery, firstKey, keys, head, lane);
    attention.softmax(scale);
    attention.accumulate<Last>(stage + keyBytes, keys, lane);
}

// Grid: (HEADS, work items that fit). scale already carries log2(e).
extern "C" __global__ void __launch_bounds__(threads, BLOCKS)
attention(const Element* q, const Element* k, const Element* v, Element* out, const WorkItem* work, const int* workCount, int capacity,
          float scale)
{
    extern __shared__ __align__(1024) char shared[];
    let_next_grid_start();
    if (blockIdx.y >= *workCount) return;
    const WorkItem item = work[blockIdx.y];
    const int head = blockIdx.x, warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    const u64 start = (static_cast<u64>(head) * capacity + item.start) * HEAD_DIM;
    const u32 queryTile = shared_address(shared), stages = queryTile + queryBytes;
    const int warpQuery = item.firstQuery + warp * WARP_Q;
    const bool busy = warpQuery < item.length;
    WarpAttention attention;

    wait_for_previous_grid();
    load_rows<queries>(queryTile, q + start, item.firstQuery, item.length);
    if constexpr (WHOLE)
    {
        load_rows<KEY_TILE>(stages, k + start, 0, item.length);
        cp_async_commit();
        load_rows<KEY_TILE>(stages + keyBytes, v + start, 0, item.length);
        cp_async_commit();
        cp_async_wait<1>();
        __syncthreads();
        if (busy)
        {
            attention.load_queries(queryTile, warp * WARP_Q, lane);
            attention.products<true>(stages, item.length, lane);
            attention.scores<true>(scale, warpQuery, 0, item.length, head, lane);
            attention.softmax(scale);
        }
        cp_async_wait<0>();
        __syncthreads();
        if (busy) attention.accumulate<true>(stages + keyBytes, item.length, lane);
    }
    else
    {
        const int tiles = (item.length + KEY_TILE - 1) / KEY_TILE;
        const auto load = [&](int tile) {
            if (tile < tiles)
            {
                const u32 stage = stages + tile % STAGES * 2 * keyBytes;
                load_rows<KEY_TILE>(stage, k + start, tile * KEY_TILE, item.length);
                load_rows<KEY_TILE>(stage + keyBytes, v + start, tile * KEY_TILE, item.length);
            }
            cp_async_commit();
        };
#pragma unroll
        for (int tile = 0; tile < STAGES - 1; ++tile) load(tile);
#pragma unroll 1
        for (int tile = 0; tile < tiles; ++tile)
        {
            cp_async_wait<STAGES - 2>();
            __syncthreads();  // this tile is there for all, and the stage written next has been read by all
            load(tile + STAGES - 1);
            if (tile == 0) attention.load_queries(queryTile, warp * WARP_Q, lane);
            if (!busy) continue;
            const u32 stage = stages + tile % STAGES * 2 * keyBytes;
            const int keys = item.length - tile * KEY_TILE;
            if (keys > KEY_TILE) consume<false>(attention, stage, scale, warpQuery, tile * KEY_TILE, keys, head, lane);
            else consume<true>(attention, stage, scale, warpQuery, tile * KEY_TILE, keys, head, lane);
        }
    }
    Element* const to = out + (static_cast<u64>(item.start) + warpQuery) * (HEADS * HEAD_DIM) + head * HEAD_DIM;
    if (busy) attention.store(shared, to, warp * WARP_Q, item.length - warpQuery, lane);
}
