// device: types math mma async
// beside: epilogues
//
// out = epilogue(A W^T): A [rows, GEMM_K] activations, W [GEMM_N, GEMM_K] a packed weight, out [rows, GEMM_N] or split into heads.
//
//   ELEMENT            f16, bf16, tf32 (matrix instructions) or float (multiply-adds)
//   GEMM_N, GEMM_K     multiples of 8; the packed weight has its rows padded with zeros to a multiple of 32
//   TILE_M, TILE_N     what a block computes; WARP_M, WARP_N what a warp computes of it (multiples of 16 and 32)
//   STAGES, BLOCKS     depth of the pipeline; blocks meant to share a multiprocessor
//   EPILOGUE_...       BIAS_GELU, BIAS_RESIDUAL or BIAS_HEADS (with HEAD_DIM)
//
// Packed weight: within 32 rows, row 8 j + 2 t + e holds column 8 t + 2 j + e of the layer (j, t < 4, e < 2). A thread's share of four
// neighbouring fragments is then eight consecutive columns, so every operand and result of the epilogue moves in 16-byte pieces.
// Each output is one chain over ascending k, whatever the tile: a row's result does not depend on the rows beside it.

constexpr int tileK = 128 / sizeof(Element), chunk = 16 / sizeof(Element), steps = (GEMM_K + tileK - 1) / tileK;
constexpr int warpsM = TILE_M / WARP_M, warpsN = TILE_N / WARP_N, threads = 32 * warpsM * warpsN;
constexpr int tileBytes = (TILE_M + TILE_N) * 128, paddedN = (GEMM_N + 31) / 32 * 32;
constexpr int rowsAtOnce = threads / 8;
static_assert(GEMM_N % 8 == 0 && GEMM_K % 8 == 0, "N and K in multiples of 8");
static_assert(WARP_M % 16 == 0 && WARP_N % 32 == 0, "warp tiles in multiples of 16 x 32");
static_assert(TILE_M % rowsAtOnce == 0 && TILE_N % rowsAtOnce == 0, "the block copies whole rows of its tiles");

// The block's part of a tile of A and W to shared memory, as rows of 128 bytes; rows and k beyond the matrix become zeros.
struct TileLoader
{
    const Element* a;
    const Element* w;
    u32 keepA, keepW;  // bit i: row i * rowsAtOnce + this thread's own lies inside
    u32 to;
    int k;             // first element of this thread's chunk, counted from the tile's

    __device__ __forceinline__ TileLoader(const Element* allA, const Element* allW, int firstRow, int firstColumn, int rows)
    {
        const int row = threadIdx.x / 8;
        k = threadIdx.x % 8 * chunk;
        a = allA + static_cast<u64>(firstRow + row) * GEMM_K + k;
        w = allW + static_cast<u64>(firstColumn + row) * GEMM_K + k;
        to = swizzled<128>(row, threadIdx.x % 8);
        keepA = keepW = 0;
#pragma unroll
        for (int i = 0; i < TILE_M / rowsAtOnce; ++i) keepA |= (firstRow + row + i * rowsAtOnce < rows ? 1u : 0u) << i;
#pragma unroll
        for (int i = 0; i < TILE_N / rowsAtOnce; ++i) keepW |= (firstColumn + row + i * rowsAtOnce < paddedN ? 1u : 0u) << i;
    }

    __device__ __forceinline__ bool within(int step) const { return GEMM_K % tileK == 0 || step * tileK + k < GEMM_K; }

    __device__ __forceinline__ void load_a(u32 stage, int step) const
    {
#pragma unroll
        for (int i = 0; i < TILE_M / rowsAtOnce; ++i)
            cp_async_16(stage + to + i * rowsAtOnce * 128, a + step * tileK + i * rowsAtOnce * GEMM_K,
                        within(step) && (keepA >> i & 1));
    }

    __device__ __forceinline__ void load_w(u32 stage, int step) const
    {
#pragma unroll
        for (int i = 0; i < TILE_N / rowsAtOnce; ++i)
            cp_async_16(stage + TILE_M * 128 + to + i * rowsAtOnce * 128, w + step * tileK + i * rowsAtOnce * GEMM_K,
                        within(step) && (paddedN % TILE_N == 0 || (keepW >> i & 1)));
    }
};

#ifdef FULL_FLOAT
// A thread computes WARP_M / 8 rows, eight apart, by eight consecutive columns: a chunk of k at a time.
struct WarpTile
{
    static constexpr int count = WARP_M / 8;
    static_assert(WARP_N == 32, "four lanes of eight columns");
    float c[count][8] = {};

    __device__ __forceinline__ void multiply(const char* a, const char* w, int warpM, int warpN)
    {
        const int lane = threadIdx.x % 32, row = warpM * WARP_M + lane / 4, column = warpN * WARP_N + lane % 4 * 2;
#pragma unroll 1
        for (int piece = 0; piece < 8; ++piece)
        {
            float4 right[8];
#pragma unroll
            for (int j = 0; j < 8; ++j)
                right[j] = *reinterpret_cast<const float4*>(w + swizzled<128>(column + j / 2 * 8 + j % 2, piece));
#pragma unroll
            for (int i = 0; i < count; ++i)
            {
                const float4 left = *reinterpret_cast<const float4*>(a + swizzled<128>(row + i * 8, piece));
#pragma unroll
                for (int j = 0; j < 8; ++j)
                {
                    const float first = fmaf(left.y, right[j].y, fmaf(left.x, right[j].x, c[i][j]));
                    c[i][j] = fmaf(left.w, right[j].w, fmaf(left.z, right[j].z, first));
                }
            }
        }
    }

    static constexpr int rowsOfThread = count, piecesOfRow = 1;
    static __device__ __forceinline__ int row(int i) { return threadIdx.x % 32 / 4 + i * 8; }
    __device__ __forceinline__ void piece(float (&v)[8], int i, int) const
    {
#pragma unroll
        for (int n = 0; n < 8; ++n) v[n] = c[i][n];
    }
};
#else
struct WarpTile
{
    static constexpr int countM = WARP_M / 16, countN = WARP_N / 8;
    float c[countM][countN][4] = {};

    __device__ __forceinline__ void multiply(const char* a, const char* w, int warpM, int warpN)
    {
        const int lane = threadIdx.x % 32;
        const u32 left = shared_address(a) + swizzled<128>(warpM * WARP_M + lane % 16, lane / 16);
        const u32 right = shared_address(w) + swizzled<128>(warpN * WARP_N + lane / 16 * 8 + lane % 8, lane / 8 % 2);
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
                    mma_m16n8<Element>(c[i][j], fa[piece % 2][i], b[j % 2 * 2], b[j % 2 * 2 + 1]);
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
        if constexpr (sizeof(Element) == 4)
#pragma unroll
            for (int i = 0; i < 4; ++i) r[i] = round_tf32(r[i]);
    }

    static constexpr int rowsOfThread = countM * 2, piecesOfRow = countN / 4;
    static __device__ __forceinline__ int row(int i) { return threadIdx.x % 32 / 4 + i * 8; }
    __device__ __forceinline__ void piece(float (&v)[8], int i, int group) const
    {
#pragma unroll
        for (int n = 0; n < 8; ++n) v[n] = c[i / 2][group * 4 + n / 2][i % 2 * 2 + n % 2];
    }
};
#endif

// Grid: (row tiles, column tiles). rowCount lies in device memory, so that one captured launch serves every batch that fits.
extern "C" __global__ void __launch_bounds__(threads, BLOCKS)
gemm(const Element* a, const Element* w, const Element* bias, const Element* residual, Element* out, const int* rowCount, int capacity)
{
    extern __shared__ __align__(1024) char stages[];
    const int firstRow = blockIdx.x * TILE_M, firstColumn = blockIdx.y * TILE_N, rows = *rowCount;
    let_next_grid_start();
    if (firstRow >= rows) return;

    const TileLoader loader(a, w, firstRow, firstColumn, rows);
    const u32 base = shared_address(stages);
#pragma unroll
    for (int s = 0; s < STAGES - 1; ++s)
        if (s < steps) loader.load_w(base + s * tileBytes, s);
    wait_for_previous_grid();
#pragma unroll
    for (int s = 0; s < STAGES - 1; ++s)
    {
        if (s < steps) loader.load_a(base + s * tileBytes, s);
        cp_async_commit();
    }

    const int warp = threadIdx.x / 32, warpM = warp % warpsM, warpN = warp / warpsM;
    WarpTile tile;
    int reading = 0, writing = STAGES - 1;
#pragma unroll 1
    for (int step = 0; step < steps; ++step)
    {
        cp_async_wait<STAGES - 2>();
        __syncthreads();  // this step's tile is there for all, and the stage written next has been read by all
        if (step + STAGES - 1 < steps)
        {
            loader.load_a(base + writing * tileBytes, step + STAGES - 1);
            loader.load_w(base + writing * tileBytes, step + STAGES - 1);
        }
        cp_async_commit();
        tile.multiply(stages + reading * tileBytes, stages + reading * tileBytes + TILE_M * 128, warpM, warpN);
        reading = reading + 1 == STAGES ? 0 : reading + 1;
        writing = writing + 1 == STAGES ? 0 : writing + 1;
    }

    // Two rows' operands are fetched before their results are written.
    constexpr int together = WarpTile::rowsOfThread < 2 ? 1 : 2, pieces = WarpTile::piecesOfRow;
    const Operands operands{bias, residual, out, capacity};
    const int warpRow = firstRow + warpM * WARP_M, warpColumn = firstColumn + warpN * WARP_N + threadIdx.x % 4 * 8;
    const auto inside = [&](int row, int column) { return row < rows && (GEMM_N % TILE_N == 0 || column < GEMM_N); };
#pragma unroll
    for (int batch = 0; batch < WarpTile::rowsOfThread; batch += together)
    {
        Inputs inputs[together][pieces];
#pragma unroll
        for (int i = 0; i < together; ++i)
#pragma unroll
            for (int p = 0; p < pieces; ++p)
                if (const int row = warpRow + WarpTile::row(batch + i), column = warpColumn + p * 32; inside(row, column))
                    inputs[i][p] = fetch(row, column, operands);
#pragma unroll
        for (int i = 0; i < together; ++i)
#pragma unroll
            for (int p = 0; p < pieces; ++p)
            {
                const int row = warpRow + WarpTile::row(batch + i), column = warpColumn + p * 32;
                float v[8];
                tile.piece(v, batch + i, p);
                if (inside(row, column)) epilogue(v, inputs[i][p], row, column, operands);
            }
    }
}
