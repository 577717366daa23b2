// The product of an input [rows, K] and a packed weight [N, K], transposed, and whatever becomes of its sums before they are stored.
// Requires types.cuh, mma.cuh and async.cuh.
//
//   ELEMENT            f16, bf16, tf32 (matrix instructions) or float (multiply-adds); sums are floats
//   TILE_M, TILE_N     what a block computes; WARP_M, WARP_N what a warp computes of it (multiples of 16 and 32; float: WARP_N = 32)
//   STAGES, BLOCKS     depth of the pipeline, at least 2; blocks meant to share a multiprocessor
//
// Launch: gemm_threads threads, a grid of (row tiles, column tiles), STAGES * (TILE_M + TILE_N) * 128 bytes of dynamic shared memory.
//
// Packed weight: [N, padded(K)], N a multiple of 32, zeros beyond K and in rows that belong to no output. Within 32 rows, row 8 j + 2 t + e
// holds packed column 8 t + 2 j + e (j, t < 4, e < 2): a thread's share of four neighbouring fragments is then eight consecutive columns,
// so that every operand and result of the epilogue moves in 16-byte pieces.
// Several products of one input lie one behind the other, each padded to a multiple of 32 packed columns. Of a gate and what it gates, each
// eight packed columns hold four columns of the one, then the same four of the other.
//
// Each output is one chain over ascending k, whatever the tile: a row's result depends neither on the rows beside it nor on the tile.
//
//   struct Epilogue
//   {
//       struct Inputs;                                 // what it reads for eight sums
//       Inputs fetch(int row, int column) const;       // column: packed, a multiple of 8
//       void finish(float (&sums)[8], const Inputs& inputs, int row, int column) const;  // computes and stores
//   };
// It is asked for every row below `rows` and every packed column; columns that belong to no output are for it to leave out.

// The packed columns of a product with so many columns; of a gate and what it gates with twice as many.
__host__ __device__ constexpr int packed(int columns) { return (columns + 31) / 32 * 32; }

constexpr int gemm_threads = 32 * (TILE_M / WARP_M) * (TILE_N / WARP_N);

static_assert(WARP_M % 16 == 0 && WARP_N % 32 == 0, "warp tiles in multiples of 16 x 32");
static_assert(TILE_M % WARP_M == 0 && TILE_N % WARP_N == 0, "a block's tile in whole warp tiles");
static_assert(TILE_M % (gemm_threads / 8) == 0 && TILE_N % (gemm_threads / 8) == 0, "the block copies whole rows of its tiles");
static_assert(STAGES >= 2, "a tile is loaded while another is multiplied");

// The block's part of a tile of the input and the weight to shared memory, as rows of 128 bytes; rows and k beyond them become zeros.
template <int N, int K, int Stride, bool Aligned> struct GemmLoader
{
    static constexpr int chunk = 16 / sizeof(Element), tileK = 8 * chunk, rowsAtOnce = gemm_threads / 8;
    static constexpr int tileBytes = (TILE_M + TILE_N) * 128, weightStride = padded(K);

    const Element* input;
    const Element* weight;
    u32 keepInput, keepWeight;  // bit i: row i * rowsAtOnce + this thread's own lies inside
    char* stages;
    u32 to;
    int k;                      // first element of this thread's chunk, counted from the tile's

    __device__ __forceinline__ GemmLoader(const Element* allInput, const Element* allWeight, char* stages, int firstRow, int firstColumn,
                                          int rows) : stages(stages)
    {
        const int row = threadIdx.x / 8;
        k = threadIdx.x % 8 * chunk;
        input = allInput + static_cast<u64>(firstRow + row) * Stride + k;
        weight = allWeight + static_cast<u64>(firstColumn + row) * weightStride + k;
        to = swizzled<128>(row, threadIdx.x % 8);
        keepInput = keepWeight = 0;
#pragma unroll
        for (int i = 0; i < TILE_M / rowsAtOnce; ++i) keepInput |= (firstRow + row + i * rowsAtOnce < rows ? 1u : 0u) << i;
#pragma unroll
        for (int i = 0; i < TILE_N / rowsAtOnce; ++i) keepWeight |= (firstColumn + row + i * rowsAtOnce < N ? 1u : 0u) << i;
    }

    __device__ __forceinline__ void load_input(int stage, int step) const
    {
#pragma unroll (Aligned ? TILE_M / rowsAtOnce : 2)  // elements pass through registers, of which few are left
        for (int i = 0; i < TILE_M / rowsAtOnce; ++i) load_row(input + step * tileK + i * rowsAtOnce * Stride, stage, step, i);
    }

    // This thread's chunk of a step in its row i of a stage.
    __device__ __forceinline__ void load_row(const Element* from, int stage, int step, int i) const
    {
        const int left = K - step * tileK - k;  // elements of the view from this thread's chunk on
        char* at = stages + stage * tileBytes + to + i * rowsAtOnce * 128;
        const bool keep = keepInput >> i & 1;
        if constexpr (!Aligned) store(reinterpret_cast<Element*>(at), fetch_first<chunk>(from, keep ? left : 0));
        else if constexpr (K % chunk == 0) cp_async_16(shared_address(at), from, (K % tileK == 0 || left > 0) && keep);
        else cp_async_16_first(shared_address(at), from, keep ? min(max(left, 0), chunk) * static_cast<int>(sizeof(Element)) : 0);
    }

    __device__ __forceinline__ void load_weight(int stage, int step) const
    {
        const bool within = weightStride % tileK == 0 || step * tileK + k < weightStride;
#pragma unroll
        for (int i = 0; i < TILE_N / rowsAtOnce; ++i)
            cp_async_16(shared_address(stages + stage * tileBytes + TILE_M * 128 + to + i * rowsAtOnce * 128),
                        weight + step * tileK + i * rowsAtOnce * weightStride, within && (N % TILE_N == 0 || (keepWeight >> i & 1)));
    }
};

// The sums of a warp, by matrix instructions.
template <class T> struct WarpTile
{
    static constexpr int countM = WARP_M / 16, countN = WARP_N / 8;
    float c[countM][countN][4] = {};

    // A step's products. input, weight: the block's tiles in shared memory; warpM, warpN: the warp's place in the block.
    __device__ __forceinline__ void multiply(const char* input, const char* weight, int warpM, int warpN)
    {
        const int lane = threadIdx.x % 32;
        const u32 left = shared_address(input) + swizzled<128>(warpM * WARP_M + lane % 16, lane / 16);
        const u32 right = shared_address(weight) + swizzled<128>(warpN * WARP_N + lane / 16 * 8 + lane % 8, lane / 8 % 2);
        u32 fa[2][countM][4], fb[2][countN / 2][4];
        load(fa[0], fb[0], left, right, 0);
#pragma unroll
        for (int piece = 0; piece < 4; ++piece)
        {
            if (piece < 3) load(fa[(piece + 1) % 2], fb[(piece + 1) % 2], left, right, piece + 1);
#pragma unroll
            for (int i = 0; i < countM; ++i)
#pragma unroll
                for (int j = 0; j < countN; ++j)
                {
                    const u32(&b)[4] = fb[piece % 2][j / 2];
                    mma_m16n8<T>(c[i][j], fa[piece % 2][i], b[j % 2 * 2], b[j % 2 * 2 + 1]);
                }
        }
    }

    // 32 bytes of k: the two chunks 2 piece and 2 piece + 1.
    __device__ __forceinline__ void load(u32 (&fa)[countM][4], u32 (&fb)[countN / 2][4], u32 left, u32 right, int piece)
    {
#pragma unroll
        for (int i = 0; i < countM; ++i) fragment(fa[i], (left ^ piece * 32) + i * 16 * 128);
#pragma unroll
        for (int j = 0; j < countN / 2; ++j) fragment(fb[j], (right ^ piece * 32) + j * 16 * 128);
    }

    static __device__ __forceinline__ void fragment(u32 (&r)[4], u32 address)
    {
        ldmatrix_x4(r, address);
        if constexpr (sizeof(T) == 4)
#pragma unroll
            for (int i = 0; i < 4; ++i) r[i] = round_tf32(r[i]);
    }

    // A thread holds rowsOfThread rows, eight apart from lane / 4 on, and of each the eight sums from column 32 piece + 8 (lane % 4) on.
    static constexpr int rowsOfThread = countM * 2, piecesOfRow = countN / 4;
    __device__ __forceinline__ void sums(float (&v)[8], int row, int piece) const
    {
#pragma unroll
        for (int n = 0; n < 8; ++n) v[n] = c[row / 2][piece * 4 + n / 2][row % 2 * 2 + n % 2];
    }
};

// The same sums in the same places, by multiply-adds: a chunk of four k at a time.
template <> struct WarpTile<float>
{
    static constexpr int rowsOfThread = WARP_M / 8, piecesOfRow = 1;
    float c[rowsOfThread][8] = {};

    __device__ __forceinline__ void multiply(const char* input, const char* weight, int warpM, int warpN)
    {
        const int lane = threadIdx.x % 32, row = warpM * WARP_M + lane / 4, column = warpN * WARP_N + lane % 4 * 2;
#pragma unroll 1
        for (int piece = 0; piece < 8; ++piece)
        {
            float4 right[8];
#pragma unroll
            for (int j = 0; j < 8; ++j)
                right[j] = *reinterpret_cast<const float4*>(weight + swizzled<128>(column + j / 2 * 8 + j % 2, piece));
#pragma unroll
            for (int i = 0; i < rowsOfThread; ++i)
            {
                const float4 left = *reinterpret_cast<const float4*>(input + swizzled<128>(row + i * 8, piece));
#pragma unroll
                for (int j = 0; j < 8; ++j)
                {
                    const float first = fmaf(left.y, right[j].y, fmaf(left.x, right[j].x, c[i][j]));
                    c[i][j] = fmaf(left.w, right[j].w, fmaf(left.z, right[j].z, first));
                }
            }
        }
    }

    __device__ __forceinline__ void sums(float (&v)[8], int row, int) const
    {
#pragma unroll
        for (int n = 0; n < 8; ++n) v[n] = c[row][n];
    }
};

// A block's tile: the rows from firstRow to below `rows` that the loader brings, the packed columns from firstColumn on.
template <int N, int K, class Loader, class Epilogue>
__device__ __forceinline__ void gemm_tile(const Loader& loader, char* stages, int firstRow, int firstColumn, int rows, const Epilogue& epilogue)
{
    using Tile = WarpTile<Element>;
    static_assert(N > 0 && N % 32 == 0 && K > 0, "packed columns in multiples of 32");
    static_assert(WARP_N == 32 * Tile::piecesOfRow, "float: a warp computes 32 columns");
    constexpr int steps = (K + Loader::tileK - 1) / Loader::tileK, warpsM = TILE_M / WARP_M;
#pragma unroll
    for (int s = 0; s < STAGES - 1; ++s)
        if (s < steps) loader.load_weight(s, s);
    wait_for_previous_grid();
#pragma unroll
    for (int s = 0; s < STAGES - 1; ++s)
    {
        if (s < steps) loader.load_input(s, s);
        cp_async_commit();
    }

    const int warp = threadIdx.x / 32, warpM = warp % warpsM, warpN = warp / warpsM;
    Tile tile;
    int reading = 0, writing = STAGES - 1;
#pragma unroll 1
    for (int step = 0; step < steps; ++step)
    {
        cp_async_wait<STAGES - 2>();
        __syncthreads();  // this step's tile is there for all, and the stage written next has been read by all
        if (step + STAGES - 1 < steps)
        {
            loader.load_input(writing, step + STAGES - 1);
            loader.load_weight(writing, step + STAGES - 1);
        }
        cp_async_commit();
        const char* stage = stages + reading * Loader::tileBytes;
        tile.multiply(stage, stage + TILE_M * 128, warpM, warpN);
        reading = reading + 1 == STAGES ? 0 : reading + 1;
        writing = writing + 1 == STAGES ? 0 : writing + 1;
    }

    // Operands are fetched for two rows, or as many pieces as 32 registers hold, before any of their results is written.
    using Inputs = typename Epilogue::Inputs;
    constexpr int pieces = Tile::piecesOfRow, all = Tile::rowsOfThread * pieces, held = 128 / sizeof(Inputs);
    constexpr int together = held < 1 ? 1 : held < 2 * pieces ? held : 2 * pieces;
    const int lane = threadIdx.x % 32;
    const int warpRow = firstRow + warpM * WARP_M + lane / 4, warpColumn = firstColumn + warpN * WARP_N + lane % 4 * 8;
#pragma unroll
    for (int first = 0; first < all; first += together)
    {
        Inputs inputs[together];
#pragma unroll
        for (int i = 0; i < together && first + i < all; ++i)
        {
            const int row = warpRow + (first + i) / pieces * 8, column = warpColumn + (first + i) % pieces * 32;
            if (row < rows && (N % TILE_N == 0 || column < N)) inputs[i] = epilogue.fetch(row, column);
        }
#pragma unroll
        for (int i = 0; i < together && first + i < all; ++i)
        {
            const int row = warpRow + (first + i) / pieces * 8, column = warpColumn + (first + i) % pieces * 32;
            float sums[8];
            tile.sums(sums, (first + i) / pieces, (first + i) % pieces);
            if (row < rows && (N % TILE_N == 0 || column < N)) epilogue.finish(sums, inputs[i], row, column);
        }
    }
}

// input: a view with so many columns (K) of a buffer with that stride; Aligned: its first column is a multiple of 8 of the buffer's.
template <int N, int K, int Stride, bool Aligned, class Epilogue>
__device__ __forceinline__ void gemm(const Element* input, const Element* weight, int rows, const Epilogue& epilogue)
{
    static_assert(Stride % 8 == 0 && Stride >= K, "rows of a buffer begin at multiples of 16 bytes");
    extern __shared__ __align__(1024) char stages[];
    const int firstRow = blockIdx.x * TILE_M, firstColumn = blockIdx.y * TILE_N;
    let_next_grid_start();
    if (firstRow >= rows)
    {
        if (rows == 0) wait_for_previous_grid();  // the grid after this one waits for this one alone
        return;
    }
    const GemmLoader<N, K, Stride, Aligned> loader(input, weight, stages, firstRow, firstColumn, rows);
    gemm_tile<N, K>(loader, stages, firstRow, firstColumn, rows, epilogue);
}
