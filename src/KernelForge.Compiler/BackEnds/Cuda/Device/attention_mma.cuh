// A warp's part of attention with 16-bit elements: WARP_Q queries against one tile of keys after the other on tensor cores, softmax
// carried along. Requires reduce, attention_score. Of a product's 16 x 8 values lane l holds rows l / 4 and l / 4 + 8, columns 2 (l % 4)
// and the next.

template <int HeadWidth, int ValueWidth, class Pair, class Item> struct WarpAttention<HeadWidth, ValueWidth, Pair, true, Item>
{
    static constexpr int keyBytes = row_bytes(HeadWidth), valueBytes = row_bytes(ValueWidth);
    static constexpr int queryBytes = keyBytes > valueBytes ? keyBytes : valueBytes;  // results leave through the queries' rows
    static constexpr int countQ = (WARP_Q + 15) / 16, countK = (KEY_TILE + 15) / 16 * 2, steps = keyBytes / 32, countD = valueBytes / 16;
    static constexpr bool queriesStay = steps <= 8;  // in registers; wider ones are read again for each tile

    u32 q[queriesStay ? countQ : 1][queriesStay ? steps : 1][4];
    float o[countQ][countD][4] = {};
    float largest[countQ][2], sum[countQ][2];  // of this lane's two rows of each 16: the exponents' largest; the sum of its own columns
    float s[countQ][countK][4];

    const Pair& pair;
    const Item& item;
    const int head, firstQuery, lane;
    const float scale;

    __device__ __forceinline__ WarpAttention(const Pair& pair, const Item& item, int head, int firstQuery, int lane, float scale)
        : pair(pair), item(item), head(head), firstQuery(firstQuery), lane(lane), scale(scale)
    {
#pragma unroll
        for (int m = 0; m < countQ; ++m)
#pragma unroll
            for (int half = 0; half < 2; ++half)
            {
                largest[m][half] = minus_infinity();
                sum[m][half] = 0.0f;
            }
    }

    __device__ __forceinline__ void load_query(u32 (&to)[4], u32 rows, int m, int step) const
    {
        ldmatrix_x4(to, rows + swizzled<queryBytes>(m * 16 + lane % 16, step * 2 + lane / 16));
    }

    // rows: the warp's first in the tile of queries.
    __device__ __forceinline__ void load_queries(const char* rows)
    {
        if constexpr (queriesStay)
#pragma unroll
            for (int m = 0; m < countQ; ++m)
#pragma unroll
                for (int step = 0; step < steps; ++step) load_query(q[m][step], shared_address(rows), m, step);
    }

    // s += q k^T for 16 keys and one step of the head's width.
    __device__ __forceinline__ void product(const u32 (&queries)[4], const u32 (&k)[4], int m, int n)
    {
        mma_m16n8<Element>(s[m][2 * n], queries, k[0], k[1]);
        mma_m16n8<Element>(s[m][2 * n + 1], queries, k[2], k[3]);
    }

    // s = q k^T. In an edge tile, pieces of 16 keys from `keys` on are left out.
    template <bool Edge> __device__ __forceinline__ void products(const char* rows, const char* keyTile, int keys)
    {
        const u32 queryRows = shared_address(rows), tile = shared_address(keyTile);
        const auto load_keys = [&](u32 (&k)[4], int n, int step) {
            ldmatrix_x4(k, tile + swizzled<keyBytes>(n * 16 + lane / 16 * 8 + lane % 8, step * 2 + lane / 8 % 2));
        };
#pragma unroll
        for (int m = 0; m < countQ; ++m)
#pragma unroll
            for (int n = 0; n < countK; ++n)
#pragma unroll
                for (int e = 0; e < 4; ++e) s[m][n][e] = 0.0f;
        if constexpr (queriesStay)
        {
#pragma unroll
            for (int n = 0; n < countK / 2; ++n)
            {
                if (Edge && n * 16 >= keys) continue;
#pragma unroll
                for (int step = 0; step < steps; ++step)
                {
                    u32 k[4];
                    load_keys(k, n, step);
#pragma unroll
                    for (int m = 0; m < countQ; ++m) product(q[m][step], k, m, n);
                }
            }
        }
        else
        {
#pragma unroll 2
            for (int step = 0; step < steps; ++step)
            {
                u32 queries[countQ][4];
#pragma unroll
                for (int m = 0; m < countQ; ++m) load_query(queries[m], queryRows, m, step);
#pragma unroll
                for (int n = 0; n < countK / 2; ++n)
                {
                    if (Edge && n * 16 >= keys) continue;
                    u32 k[4];
                    load_keys(k, n, step);
#pragma unroll
                    for (int m = 0; m < countQ; ++m) product(queries[m], k, m, n);
                }
            }
        }
    }

    // The score, in units of the exponent unless it is plain, and minus infinity where a key is not seen.
    template <bool Edge> __device__ __forceinline__ void scores(int firstKey, int keys)
    {
        if constexpr (!Pair::plain || Edge)
        {
#pragma unroll
            for (int m = 0; m < countQ; ++m)
#pragma unroll
                for (int n = 0; n < countK; ++n)
#pragma unroll
                    for (int e = 0; e < 4; ++e)
                    {
                        const int column = n * 8 + lane % 4 * 2 + e % 2;
                        const int row = firstQuery + m * 16 + lane / 4 + e / 2 * 8;
                        const Place i = query_place(item, row), j = key_place<Edge>(item, firstKey + column);
                        s[m][n][e] = score<Edge>(pair, s[m][n][e], scale, i, j, head_of(item, head, row), column < keys);
                    }
        }
        else if (!scaled_in_exponent<Pair>(scale))
#pragma unroll
            for (int m = 0; m < countQ; ++m)
#pragma unroll
                for (int n = 0; n < countK; ++n)
#pragma unroll
                    for (int e = 0; e < 4; ++e) s[m][n][e] = score<Edge>(pair, s[m][n][e], scale, {}, {}, head, true);
    }

    // s becomes 2^(s - largest); what was summed before follows the new largest.
    __device__ __forceinline__ void softmax()
    {
        const float factor = exponent_factor<Pair>(scale);
#pragma unroll
        for (int m = 0; m < countQ; ++m)
#pragma unroll
            for (int half = 0; half < 2; ++half)
            {
                float top = minus_infinity();
#pragma unroll
                for (int n = 0; n < countK; ++n) top = fmaxf(top, fmaxf(s[m][n][half * 2], s[m][n][half * 2 + 1]));
                const float before = largest[m][half], shift = raise(largest[m][half], quad_max(top), factor);
                if constexpr (!WHOLE)
                {
                    const float rescale = exp2_fast(before - shift);
                    sum[m][half] *= rescale;
#pragma unroll
                    for (int d = 0; d < countD; ++d)
                    {
                        o[m][d][half * 2] *= rescale;
                        o[m][d][half * 2 + 1] *= rescale;
                    }
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

    // o += s v. live: a bit for each 16 queries, set where some of them may see a key of the tile.
    template <bool Edge> __device__ __forceinline__ void accumulate(const char* valueTile, int keys, u32 live)
    {
        const u32 tile = shared_address(valueTile);
#pragma unroll
        for (int n = 0; n < countK / 2; ++n)
        {
            if (Edge && n * 16 >= keys) continue;
            u32 p[countQ][4];
#pragma unroll
            for (int m = 0; m < countQ; ++m)
#pragma unroll
                for (int e = 0; e < 4; ++e) p[m][e] = pack2<Element>(s[m][2 * n + e / 2][e % 2 * 2], s[m][2 * n + e / 2][e % 2 * 2 + 1]);
#pragma unroll
            for (int d = 0; d < countD / 2; ++d)
            {
                u32 v[4];
                ldmatrix_x4_trans(v, tile + swizzled<valueBytes>(n * 16 + lane % 16, d * 2 + lane / 16));
#pragma unroll
                for (int m = 0; m < countQ; ++m)
                {
                    if (Edge && countQ > 1 && (live >> m & 1) == 0) continue;
                    mma_m16n8<Element>(o[m][2 * d], p[m], v[0], v[1]);
                    mma_m16n8<Element>(o[m][2 * d + 1], p[m], v[2], v[3]);
                }
            }
        }
    }

    // The sum over all keys of a row: every lane of the warp calls.
    __device__ __forceinline__ float total_of(int m, int half) const { return quad_sum(sum[m][half]); }

    // Through the warp's own rows of the tile of queries, so that a row leaves in 16-byte pieces.
    template <int Stride, bool Aligned> __device__ __forceinline__ void store(Element* to, char* rows, int count)
    {
        __syncwarp();  // queries that do not stay in registers have been read
#pragma unroll
        for (int m = 0; m < countQ; ++m)
#pragma unroll
            for (int half = 0; half < 2; ++half)
            {
                float part = 1.0f;
                if constexpr (Pair::softmax)
                {
                    const float total = total_of(m, half);
                    part = total == 0.0f ? 0.0f : reciprocal(total);  // 0: no key seen
                }
                const int row = m * 16 + half * 8 + lane / 4;
#pragma unroll
                for (int d = 0; d < countD; ++d)
                    *reinterpret_cast<u32*>(rows + swizzled<queryBytes>(row, d) + lane % 4 * 4) =
                        pack2<Element>(o[m][d][half * 2] * part, o[m][d][half * 2 + 1] * part);
            }
        __syncwarp();
        store_rows<ValueWidth, Stride, Aligned, queryBytes>(to, rows, 0, count, lane);
    }

    // What a part of the keys gives, not divided by its sum: at(row) is where a row's numbers go, the largest exponent, the sum, and from the
    // fifth float on its columns up to a multiple of 16, these only where some key was met (or there is no softmax).
    template <class Places> __device__ __forceinline__ void store_part(const Places& at, int count, bool met)
    {
#pragma unroll
        for (int m = 0; m < countQ; ++m)
#pragma unroll
            for (int half = 0; half < 2; ++half)
            {
                const float total = total_of(m, half);
                const int row = m * 16 + half * 8 + lane / 4;
                if (row >= count) continue;
                float* const to = at(row);
                if (Pair::softmax && lane % 4 == 0) *reinterpret_cast<float2*>(to) = make_float2(largest[m][half], total);
                if (Pair::softmax && !met) continue;
#pragma unroll
                for (int d = 0; d < countD; ++d)
                    *reinterpret_cast<float2*>(to + 4 + d * 8 + lane % 4 * 2) = make_float2(o[m][d][half * 2], o[m][d][half * 2 + 1]);
            }
    }
};
