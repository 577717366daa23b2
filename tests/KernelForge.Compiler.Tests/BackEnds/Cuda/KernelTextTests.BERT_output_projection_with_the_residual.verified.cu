// sum2 = x + (project · context + layers[i].project.bias)
//
//   Grid: rows / TILE_M by packed columns / TILE_N, both rounded up. Block: a warp for each WARP_M x WARP_N of the tile.
//   Shared memory: STAGES tiles, each TILE_M rows of the input and TILE_N of the weight, 128 bytes a row.
//   Packed columns: HIDDEN of sum2.

struct Epilogue
{
    View<const Element, HIDDEN> x;
    View<const Element, HIDDEN> projectBias;
    View<Element, HIDDEN> sum2;

    struct Inputs
    {
        Eight<Element> x;
        Eight<Element> projectBias;
    };

    __device__ __forceinline__ Inputs fetch(int row, int column) const
    {
        Inputs in;
        if (column < padded(HIDDEN))
        {
            in.x = x.fetch8(row, column);
            in.projectBias = projectBias.fetch8(0, column);
        }
        return in;
    }

    __device__ __forceinline__ void finish(float (&sums)[8], const Inputs& in, int row, int column) const
    {
        if (column >= padded(HIDDEN)) return;
        float xValues[8];
        unpack8<Element>(xValues, in.x);
        float projectBiasValues[8];
        unpack8<Element>(projectBiasValues, in.projectBias);
        #pragma unroll
        for (int e = 0; e < 8; ++e) sums[e] = xValues[e] + (sums[e] + projectBiasValues[e]);
        sum2.store8(row, column, sums);
    }
};

extern "C" __global__ void __launch_bounds__(gemm_threads, BLOCKS)
project_kernel(const Element* input, const Element* weight, View<const Element, HIDDEN> x,
    View<const Element, HIDDEN> projectBias, View<Element, HIDDEN> sum2, const int* rowCount)
{
    gemm<packed(HIDDEN), HIDDEN, padded(HIDDEN), true>(input, weight, *rowCount, Epilogue{x, projectBias, sum2});
}
