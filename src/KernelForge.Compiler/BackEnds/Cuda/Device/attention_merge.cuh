// The parts of attention_decode.cuh put together. Requires views, math, reduce, async, attention_parts.
//
// Grid: (Heads, queries that fit); blocks from the list's count on leave at once. Block: WARPS * 32 threads, the same number wherever bits are
// to be the same.

// Each lane takes four columns, and the streams of lanes that have the same take turns over the parts: a part's number alone says which takes
// it, so that neither parts without a key to see nor those that are not there change a bit. Each stream is a chain in the order of the keys,
// and the streams are added up in their order. A query without parts gets zeros.
template <int Heads, int ValueWidth, class Layout, bool Softmax>
__device__ __forceinline__ void merge_parts(const float* results, Element* output, const MergeItem* items, int count)
{
    constexpr int quads = (ValueWidth + 3) / 4;
    constexpr int lanes = quads <= 8 ? 8 : quads <= 16 ? 16 : quads <= 32 ? 32 : 64, streams = attention_threads / lanes;
    __shared__ float4 sums[streams][lanes];
    __shared__ float totals[streams], partials[WARPS];
    let_next_grid_start();
    if (blockIdx.y >= count) return;
    const MergeItem item = items[blockIdx.y];
    const int head = blockIdx.x, stream = threadIdx.x / lanes, lane = threadIdx.x % lanes;
    const auto part = [&](int n) {
        return results + (static_cast<u64>(item.slot + n - item.firstPart) * Heads + head) * part_stride(ValueWidth);
    };
    wait_for_previous_grid();

    float top = minus_infinity();
    if constexpr (Softmax)
    {
        for (int n = item.firstPart + threadIdx.x; n < item.endPart; n += attention_threads) top = fmaxf(top, part(n)[0]);
        top = block_max<WARPS>(top, partials);
    }
    float4 sum = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
    float total = 0.0f;
    const int first = item.firstPart + ((stream - item.firstPart) % streams + streams) % streams;
#pragma unroll 8
    for (int n = first; n < item.endPart; n += streams)
    {
        const float* const from = part(n);
        float weight = 1.0f;
        if constexpr (Softmax)
        {
            const float2 state = *reinterpret_cast<const float2*>(from);
            if (state.x == minus_infinity()) continue;  // no key seen: columns were not written
            weight = exp2f(state.x - top);
            total = fmaf(weight, state.y, total);
        }
        if (lane >= quads) continue;
        const float4 values = reinterpret_cast<const float4*>(from + 4)[lane];
        sum = make_float4(fmaf(weight, values.x, sum.x), fmaf(weight, values.y, sum.y), fmaf(weight, values.z, sum.z),
                          fmaf(weight, values.w, sum.w));
    }
    sums[stream][lane] = sum;
    if (lane == 0) totals[stream] = total;
    __syncthreads();
    if (stream > 0) return;
#pragma unroll
    for (int other = 1; other < streams; ++other)
    {
        const float4 further = sums[other][lane];
        sum = make_float4(sum.x + further.x, sum.y + further.y, sum.z + further.z, sum.w + further.w);
    }
    float share = 1.0f;
    if constexpr (Softmax)
    {
        total = totals[0];
#pragma unroll
        for (int other = 1; other < streams; ++other) total += totals[other];
        share = total == 0.0f ? 0.0f : 1.0f / total;  // 0: no key seen
    }
    Element* const to = output + static_cast<u64>(item.row) * Layout::outputStride + head * ValueWidth;
    const float values[4] = {sum.x * share, sum.y * share, sum.z * share, sum.w * share};
    if (lane < quads) store4<ValueWidth, in_chunks(ValueWidth, Layout::aligned), 0>(to, lane * 4, values);
    if constexpr (Layout::outputPadding > 0)
        if (head == Heads - 1) clear_columns<Layout::outputPadding, Layout::outputStride>(to + ValueWidth, 1, lane);
}
