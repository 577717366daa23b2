// A warp's part of attention with elements stored as floats: WARP_Q queries against one tile of keys after the other by multiply-adds,
// softmax carried along, exponentials exact. Requires attention_score. Each product and each result is one chain, over ascending columns
// and keys. Lane l has WARP_Q / 4 queries, those of group l / 8; of the keys each eighth, of the results' columns four of each 32.

template <int HeadWidth, int ValueWidth, class Pair, class Item> struct WarpAttention<HeadWidth, ValueWidth, Pair, false, Item>
{
    static constexpr int keyBytes = row_bytes(HeadWidth), valueBytes = row_bytes(ValueWidth);
    static constexpr int queryBytes = keyBytes > valueBytes ? keyBytes : valueBytes;
    static constexpr int countQ = WARP_Q / 4, countK = KEY_TILE / 8, steps = keyBytes / 16, countD = (valueBytes + 127) / 128;

    float o[countQ][countD][4] = {};
    float largest[countQ], sum[countQ];  // the exponents' largest; the sum over this lane's own keys
    float s[countQ][countK];

    const Pair& pair;
    const Item& item;
    const int head, firstQuery, group, member;
    const float scale;

    __device__ __forceinline__ WarpAttention(const Pair& pair, const Item& item, int head, int firstQuery, int lane, float scale)
        : pair(pair), item(item), head(head), firstQuery(firstQuery), group(lane / 8), member(lane % 8), scale(scale)
    {
#pragma unroll
        for (int m = 0; m < countQ; ++m)
        {
            largest[m] = minus_infinity();
            sum[m] = 0.0f;
        }
    }

    // They are read from shared memory again for each tile.
    __device__ __forceinline__ void load_queries(const char*) {}

    template <int RowBytes> static __device__ __forceinline__ float4 chunk_of(const char* tile, int row, int chunk)
    {
        return *reinterpret_cast<const float4*>(tile + swizzled<RowBytes>(row, chunk));
    }

    // s = q k^T, the keys beyond the sequence with it: they are zeros.
    template <bool Edge> __device__ __forceinline__ void products(const char* rows, const char* keyTile, int)
    {
#pragma unroll
        for (int m = 0; m < countQ; ++m)
#pragma unroll
            for (int n = 0; n < countK; ++n) s[m][n] = 0.0f;
#pragma unroll 2
        for (int step = 0; step < steps; ++step)
        {
            float4 q[countQ];
#pragma unroll
            for (int m = 0; m < countQ; ++m) q[m] = chunk_of<queryBytes>(rows, group * countQ + m, step);
#pragma unroll
            for (int n = 0; n < countK; ++n)
            {
                const float4 k = chunk_of<keyBytes>(keyTile, n * 8 + member, step);
#pragma unroll
                for (int m = 0; m < countQ; ++m)
                    s[m][n] = fmaf(q[m].w, k.w, fmaf(q[m].z, k.z, fmaf(q[m].y, k.y, fmaf(q[m].x, k.x, s[m][n]))));
            }
        }
    }

    template <bool Edge> __device__ __forceinline__ void scores(int firstKey, int keys)
    {
#pragma unroll
        for (int m = 0; m < countQ; ++m)
#pragma unroll
            for (int n = 0; n < countK; ++n)
            {
                const int column = n * 8 + member, row = firstQuery + group * countQ + m;
                const Place i = query_place(item, row), j = key_place<Edge>(item, firstKey + column);
                s[m][n] = score<Edge>(pair, s[m][n], scale, i, j, head_of(item, head, row), column < keys);
            }
    }

    // s becomes 2^(s - largest); what was summed before follows the new largest.
    __device__ __forceinline__ void softmax()
    {
        const float factor = exponent_factor<Pair>(scale);
#pragma unroll
        for (int m = 0; m < countQ; ++m)
        {
            float top = s[m][0];
#pragma unroll
            for (int n = 1; n < countK; ++n) top = fmaxf(top, s[m][n]);
#pragma unroll
            for (int distance = 4; distance > 0; distance >>= 1) top = fmaxf(top, __shfl_xor_sync(0xffffffffu, top, distance));
            const float before = largest[m], shift = raise(largest[m], top, factor), rescale = exp2f(before - shift);
            sum[m] *= rescale;
#pragma unroll
            for (int d = 0; d < countD; ++d)
#pragma unroll
                for (int e = 0; e < 4; ++e) o[m][d][e] *= rescale;
#pragma unroll
            for (int n = 0; n < countK; ++n)
            {
                s[m][n] = exp2f(fmaf(s[m][n], factor, -shift));
                sum[m] += s[m][n];
            }
        }
    }

    // o += s v, a key at a time: its weight comes from the lane that has it.
    template <bool Edge> __device__ __forceinline__ void accumulate(const char* valueTile, int keys, u32)
    {
#pragma unroll
        for (int n = 0; n < countK; ++n)
#pragma unroll 2
            for (int k = 0; k < 8; ++k)
            {
                if (Edge && n * 8 + k >= keys) break;
                float p[countQ];
#pragma unroll
                for (int m = 0; m < countQ; ++m) p[m] = __shfl_sync(0xffffffffu, s[m][n], group * 8 + k);
#pragma unroll
                for (int d = 0; d < countD; ++d)
                {
                    const float4 v = chunk_of<valueBytes>(valueTile, n * 8 + k, min(d * 8 + member, valueBytes / 16 - 1));
#pragma unroll
                    for (int m = 0; m < countQ; ++m)
                    {
                        o[m][d][0] = fmaf(p[m], v.x, o[m][d][0]);
                        o[m][d][1] = fmaf(p[m], v.y, o[m][d][1]);
                        o[m][d][2] = fmaf(p[m], v.z, o[m][d][2]);
                        o[m][d][3] = fmaf(p[m], v.w, o[m][d][3]);
                    }
                }
            }
    }

    // The sum over all keys of a query: every lane of the warp calls.
    __device__ __forceinline__ float total_of(int m) const
    {
        float total = sum[m];
#pragma unroll
        for (int distance = 4; distance > 0; distance >>= 1) total += __shfl_xor_sync(0xffffffffu, total, distance);
        return total;
    }

    template <int Stride, bool Aligned> __device__ __forceinline__ void store(Element* to, char*, int count)
    {
#pragma unroll
        for (int m = 0; m < countQ; ++m)
        {
            float part = 1.0f;
            if constexpr (Pair::softmax)
            {
                const float total = total_of(m);
                part = total == 0.0f ? 0.0f : 1.0f / total;  // 0: no key seen
            }
            const int row = group * countQ + m;
            if (row >= count) continue;
#pragma unroll
            for (int d = 0; d < countD; ++d)
            {
                const int column = (d * 8 + member) * 4;
                const float values[4] = {o[m][d][0] * part, o[m][d][1] * part, o[m][d][2] * part, o[m][d][3] * part};
                if (column < ValueWidth)
                    store4<ValueWidth, in_chunks(ValueWidth, Aligned), 0>(to + static_cast<u64>(row) * Stride, column, values);
            }
        }
    }

    // As that of attention_mma.cuh; its columns end at a multiple of 8.
    template <class Places> __device__ __forceinline__ void store_part(const Places& at, int count, bool met)
    {
#pragma unroll
        for (int m = 0; m < countQ; ++m)
        {
            const float total = total_of(m);
            const int row = group * countQ + m;
            if (row >= count) continue;
            float* const to = at(row);
            if (Pair::softmax && member == 0) *reinterpret_cast<float2*>(to) = make_float2(largest[m], total);
            if (Pair::softmax && !met) continue;
#pragma unroll
            for (int d = 0; d < countD; ++d)
                if (const int column = (d * 8 + member) * 4; column < valueBytes / 4)
                    *reinterpret_cast<float4*>(to + 4 + column) = make_float4(o[m][d][0], o[m][d][1], o[m][d][2], o[m][d][3]);
        }
    }
};
