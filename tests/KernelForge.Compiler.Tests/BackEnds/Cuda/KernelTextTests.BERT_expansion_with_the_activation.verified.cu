// activated = activation[expand · attentionNorm + layers[i].expand.bias]
//
//   Grid: rows / TILE_M by packed columns / TILE_N, both rounded up. Block: a warp for each WARP_M x WARP_N of the tile.
//   Shared memory: STAGES tiles, each TILE_M rows of the input and TILE_N of the weight, 128 bytes a row.
//   Packed columns: INTERMEDIATE of activated.

struct Epilogue
{
    View<const Element, INTERMEDIATE> expandBias;
    View<Element, INTERMEDIATE> activated;

    struct Inputs
    {
        Eight<Element> expandBias;
    };

    __device__ __forceinline__ Inputs fetch(int row, int column) const
    {
        Inputs in;
        if (column < padded(INTERMEDIATE))
        {
            in.expandBias = expandBias.fetch8(0, column);
        }
        return in;
    }

    __device__ __forceinline__ void finish(float (&sums)[8], const Inputs& in, int row, int column) const
    {
        if (column >= padded(INTERMEDIATE)) return;
        float expandBiasValues[8];
        unpack8<Element>(expandBiasValues, in.expandBias);
        #pragma unroll
        for (int e = 0; e < 8; ++e) sums[e] = ACTIVATION<Element>(sums[e] + expandBiasValues[e]);
        activated.store8(row, column, sums);
    }
};

extern "C" __global__ void __launch_bounds__(gemm_threads, BLOCKS)
expand_kernel(const Element* input, const Element* weight, View<const Element, INTERMEDIATE> expandBias,
    View<Element, INTERMEDIATE> activated, const int* rowCount)
{
    gemm<packed(INTERMEDIATE), HIDDEN, padded(HIDDEN), true>(input, weight, *rowCount, Epilogue{expandBias, activated});
}
