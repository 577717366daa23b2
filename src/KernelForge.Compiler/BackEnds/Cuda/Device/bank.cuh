// The product of each row with the one of several weights that it names. Requires types.cuh, views.cuh, mma.cuh, async.cuh, gemm.cuh, and
// rows that order.cuh has put in the order of their weights.
//
// Launch: as a product, but with a row tile for each TILE_M rows that fit and one more for each weight and for the rows that name none:
// every weight's last tile may be partly filled. Tiles that no rows have leave at once.

// A bank without biases.
struct NoBias
{
    __device__ __forceinline__ Eight<Element> fetch8(int, int) const { return {}; }
};

template <class Output, class Bias> struct BankEpilogue
{
    Output output;
    Bias bias;
    const int* order;
    int weight;

    struct Inputs { Eight<Element> bias; };

    __device__ __forceinline__ Inputs fetch(int, int column) const
    {
        Inputs in = {};
        if (column < padded(Output::columns)) in.bias = bias.fetch8(weight, column);
        return in;
    }

    __device__ __forceinline__ void finish(float (&sums)[8], const Inputs& in, int row, int column) const
    {
        if (column >= padded(Output::columns)) return;
        float b[8];
        unpack8(b, in.bias);
#pragma unroll
        for (int e = 0; e < 8; ++e) sums[e] += b[e];
        output.store8(order[row], column, sums);
    }
};

// Rows of the input that lie anywhere: `order` names them.
template <int N, int K, int Stride, bool Aligned> struct OrderedLoader : GemmLoader<N, K, Stride, Aligned>
{
    using Loader = GemmLoader<N, K, Stride, Aligned>;
    static constexpr int count = TILE_M / Loader::rowsAtOnce;

    int rowAt[count];

    __device__ __forceinline__ OrderedLoader(const Element* allInput, const Element* weight, const int* order, char* stages, int firstRow,
                                             int firstColumn, int end)
        : Loader(allInput, weight, stages, firstRow, firstColumn, end)
    {
        this->input = allInput + this->k;
#pragma unroll
        for (int i = 0; i < count; ++i)
            rowAt[i] = this->keepInput >> i & 1 ? order[firstRow + threadIdx.x / 8 + i * Loader::rowsAtOnce] : 0;
    }

    __device__ __forceinline__ void load_input(int stage, int step) const
    {
#pragma unroll (Aligned ? count : 2)
        for (int i = 0; i < count; ++i)
            this->load_row(this->input + static_cast<u64>(rowAt[i]) * Stride + step * Loader::tileK, stage, step, i);
    }
};

// The weight and the first row (in `order`) of a tile: weight Count stands for rows that name none, a greater one for no rows.
struct BankTile { int weight, row; };

template <int Count> __device__ __forceinline__ BankTile bank_tile(const int* starts, int number)
{
    const int lane = threadIdx.x % 32;
    for (int first = 0; first <= Count; first += 32)
    {
        const int weight = first + lane, start = weight <= Count ? starts[weight] : 0;
        const int tiles = weight <= Count ? (starts[weight + 1] - start + TILE_M - 1) / TILE_M : 0;
        int sum = tiles;  // of the weights up to this one
#pragma unroll
        for (int distance = 1; distance < 32; distance <<= 1)
        {
            const int other = __shfl_up_sync(0xffffffffu, sum, distance);
            if (lane >= distance) sum += other;
        }
        const u32 reached = __ballot_sync(0xffffffffu, sum > number);
        if (reached != 0)
        {
            const int found = __ffs(reached) - 1, row = start + (number - (sum - tiles)) * TILE_M;
            return {first + found, __shfl_sync(0xffffffffu, row, found)};
        }
        number -= __shfl_sync(0xffffffffu, sum, 31);
    }
    return {Count + 1, 0};
}

// input: as in gemm. weight: Count packed weights one behind the other. bias: a view of [Count, columns], or NoBias.
template <int Count, int N, int K, int Stride, bool Aligned, class Output, class Bias>
__device__ __forceinline__ void bank(const Element* input, const Element* weight, const int* starts, const int* order, const Output& output,
                                     const Bias& bias)
{
    extern __shared__ __align__(1024) char stages[];
    let_next_grid_start();
    wait_for_previous_grid();
    const BankTile tile = bank_tile<Count>(starts, blockIdx.x);
    if (tile.weight > Count) return;
    const int firstColumn = blockIdx.y * TILE_N, end = starts[tile.weight + 1];
    if (tile.weight == Count)
    {
        constexpr int pieces = TILE_N / 8;
        const float zeros[8] = {};
        for (int i = threadIdx.x; i < TILE_M * pieces; i += gemm_threads)
        {
            const int row = tile.row + i / pieces, column = firstColumn + i % pieces * 8;
            if (row < end && column < padded(Output::columns)) output.store8(order[row], column, zeros);
        }
        return;
    }
    const Element* of = weight + static_cast<u64>(tile.weight) * N * padded(K);
    const OrderedLoader<N, K, Stride, Aligned> loader(input, of, order, stages, tile.row, firstColumn, end);
    gemm_tile<N, K>(loader, stages, tile.row, firstColumn, end, BankEpilogue<Output, Bias>{output, bias, order, tile.weight});
}
