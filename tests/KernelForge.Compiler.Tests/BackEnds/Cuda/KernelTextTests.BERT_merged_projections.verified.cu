// query = query · x + layers[i].query.bias
// key = key · x + layers[i].key.bias
// value = value · x + layers[i].value.bias
//
//   Grid: rows / TILE_M by packed columns / TILE_N, both rounded up. Block: a warp for each WARP_M x WARP_N of the tile.
//   Shared memory: STAGES tiles, each TILE_M rows of the input and TILE_N of the weight, 128 bytes a row.
//   Packed columns: HIDDEN of query, then HIDDEN of key, then HIDDEN of value.

struct Epilogue
{
    View<const Element, HIDDEN> queryBias;
    View<Element, HIDDEN> query;
    View<const Element, HIDDEN> keyBias;
    View<Element, HIDDEN> key;
    View<const Element, HIDDEN> valueBias;
    View<Element, HIDDEN> value;

    struct Inputs
    {
        Eight<Element> eight1;
    };

    __device__ __forceinline__ Inputs fetch(int row, int column) const
    {
        Inputs in;
        if (column < packed(HIDDEN))
        {
            const int c = column;
            if (c < padded(HIDDEN))
            {
                in.eight1 = queryBias.fetch8(0, c);
            }
        }
        else if (column < packed(HIDDEN) + packed(HIDDEN))
        {
            const int c = column - packed(HIDDEN);
            if (c < padded(HIDDEN))
            {
                in.eight1 = keyBias.fetch8(0, c);
            }
        }
        else
        {
            const int c = column - (packed(HIDDEN) + packed(HIDDEN));
            if (c < padded(HIDDEN))
            {
                in.eight1 = valueBias.fetch8(0, c);
            }
        }
        return in;
    }

    __device__ __forceinline__ void finish(float (&sums)[8], const Inputs& in, int row, int column) const
    {
        if (column < packed(HIDDEN))
        {
            const int c = column;
            if (c >= padded(HIDDEN)) return;
            float queryBiasValues[8];
            unpack8<Element>(queryBiasValues, in.eight1);
            #pragma unroll
            for (int e = 0; e < 8; ++e) sums[e] = sums[e] + queryBiasValues[e];
            query.store8(row, c, sums);
        }
        else if (column < packed(HIDDEN) + packed(HIDDEN))
        {
            const int c = column - packed(HIDDEN);
            if (c >= padded(HIDDEN)) return;
            float keyBiasValues[8];
            unpack8<Element>(keyBiasValues, in.eight1);
            #pragma unroll
            for (int e = 0; e < 8; ++e) sums[e] = sums[e] + keyBiasValues[e];
            key.store8(row, c, sums);
        }
        else
        {
            const int c = column - (packed(HIDDEN) + packed(HIDDEN));
            if (c >= padded(HIDDEN)) return;
            float valueBiasValues[8];
            unpack8<Element>(valueBiasValues, in.eight1);
            #pragma unroll
            for (int e = 0; e < 8; ++e) sums[e] = sums[e] + valueBiasValues[e];
            value.store8(row, c, sums);
        }
    }
};

extern "C" __global__ void __launch_bounds__(gemm_threads, BLOCKS)
query_key_value_kernel(const Element* input, const Element* weight, View<const Element, HIDDEN> queryBias,
    View<Element, HIDDEN> query, View<const Element, HIDDEN> keyBias, View<Element, HIDDEN> key,
    View<const Element, HIDDEN> valueBias, View<Element, HIDDEN> value, const int* rowCount)
{
    gemm<packed(HIDDEN) + packed(HIDDEN) + packed(HIDDEN), HIDDEN, padded(HIDDEN), true>(input, weight, *rowCount,
        Epilogue{queryBias, query, keyBias, key, valueBias, value});
}
