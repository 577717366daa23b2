// device: types math async wgmma
// beside: epilogues
//
// The product of gemm.cu for sm_90a: a producer thread feeds a ring of tiles through the copy engine, warpgroups multiply from shared
// memory. Same packed weight, same epilogues, same rule: one chain over ascending k for each output.
//
//   ELEMENT            f16 or bf16
//   GEMM_N, GEMM_K     multiples of 8
//   TILE_M             64 rows for each consuming warpgroup; TILE_N 64, 96, 128, 192 or 256
//   STAGES, BLOCKS     depth of the ring; blocks meant to share a multiprocessor
//   CLUSTER_M, _N      blocks of a cluster: those of one column of tiles share W's tile, those of one row A's, each bringing in a slice
//                      for all
//   UNDER_WAY          1: a step's products run on while the next step's start, and its stage is left one step later; 0: it waits
//   FETCHED            pieces of a row whose operands are fetched before the first is written: as many as registers are left for
//   EPILOGUE_...       as in gemm.cu

constexpr int tileK = 64, steps = (GEMM_K + tileK - 1) / tileK, consumers = TILE_M / 64;
constexpr int tileBytes = (TILE_M + TILE_N) * 128, threads = consumers * 128 + 32;
constexpr int clusterSize = CLUSTER_M * CLUSTER_N, sharers = CLUSTER_M + CLUSTER_N - 1;
constexpr int sliceA = TILE_M / CLUSTER_N, sliceW = TILE_N / CLUSTER_M;
static_assert(GEMM_N % 8 == 0 && GEMM_K % 8 == 0, "N and K in multiples of 8");
static_assert(TILE_M % 64 == 0 && TILE_N % 32 == 0, "tiles in multiples of 64 x 32");
static_assert(UNDER_WAY == 0 || UNDER_WAY == 1, "a stage is left at once or one step later");
static_assert(TILE_N / 32 % FETCHED == 0, "a row's pieces in whole fetches");
static_assert(sliceA % 8 == 0 && sliceW % 8 == 0, "slices in multiples of the swizzle's eight rows");

// The tiles of a block, one after another: clusters take cluster-sized pieces of the output in turn, rows first. A grid with a cluster for
// every piece gives each block one tile; a smaller one makes blocks stay, and the next tile's loads run beside this one's epilogue.
struct Tiles
{
    int rowPieces, count, first, stride, x, y;

    __device__ __forceinline__ explicit Tiles(int rows)
    {
        constexpr int columnPieces = (GEMM_N + TILE_N * CLUSTER_N - 1) / (TILE_N * CLUSTER_N);
        rowPieces = (rows + TILE_M * CLUSTER_M - 1) / (TILE_M * CLUSTER_M);
        const int rank = blockIdx.x % clusterSize;
        first = blockIdx.x / clusterSize;
        stride = gridDim.x / clusterSize;
        count = (rowPieces * columnPieces - first + stride - 1) / stride;
        x = rank % CLUSTER_M;
        y = rank / CLUSTER_M;
    }

    __device__ __forceinline__ int row(int tile) const { return ((first + tile * stride) % rowPieces * CLUSTER_M + x) * TILE_M; }
    __device__ __forceinline__ int column(int tile) const { return ((first + tile * stride) / rowPieces * CLUSTER_N + y) * TILE_N; }
};

struct Producer
{
    const TensorMap& aMap;
    const TensorMap& wMap;
    const Tiles& tiles;
    u32 base, full;

    // The block's slice of its A tile to all blocks of its row of the cluster.
    __device__ __forceinline__ void load_a(u32 stage, int step, int row) const
    {
        const u32 to = base + stage * tileBytes + tiles.y * sliceA * 128, barrier = full + stage * 8;
        if constexpr (CLUSTER_N == 1) tensor_load_2d(to, aMap, step * tileK, row, barrier);
        else
        {
            u16 ranks = 0;
#pragma unroll
            for (int i = 0; i < CLUSTER_N; ++i) ranks |= 1 << (i * CLUSTER_M);
            tensor_load_2d(to, aMap, step * tileK, row + tiles.y * sliceA, barrier, ranks << tiles.x);
        }
    }

    // The block's slice of its W tile to all blocks of its column of the cluster.
    __device__ __forceinline__ void load_w(u32 stage, int step, int column) const
    {
        const u32 to = base + stage * tileBytes + (TILE_M + tiles.x * sliceW) * 128, barrier = full + stage * 8;
        if constexpr (CLUSTER_M == 1) tensor_load_2d(to, wMap, step * tileK, column, barrier);
        else
            tensor_load_2d(to, wMap, step * tileK, column + tiles.x * sliceW, barrier,
                           ((1 << CLUSTER_M) - 1) << (tiles.y * CLUSTER_M));
    }

    // One thread. empty: barriers of stages that every block they are shared with has left.
    __device__ __forceinline__ void run(u32 empty) const
    {
        // Weights are constant: their first tiles are under way before the previous grid has finished.
        constexpr int early = STAGES < steps ? STAGES : steps;
#pragma unroll
        for (int s = 0; s < early; ++s)
        {
            barrier_arrive_expecting(full + s * 8, tileBytes);
            load_w(s, s, tiles.column(0));
        }
        wait_for_previous_grid();
#pragma unroll
        for (int s = 0; s < early; ++s) load_a(s, s, tiles.row(0));
        u32 stage = early % STAGES, parity = early == STAGES ? 0 : 1;  // a stage's first use waits for nobody: parity 1
        for (int tile = 0; tile < tiles.count; ++tile)
        {
            const int row = tiles.row(tile), column = tiles.column(tile);
#pragma unroll 1
            for (int step = tile == 0 ? early : 0; step < steps; ++step)
            {
                barrier_wait(empty + stage * 8, parity);
                barrier_arrive_expecting(full + stage * 8, tileBytes);
                load_a(stage, step, row);
                load_w(stage, step, column);
                if (++stage == STAGES) { stage = 0; parity ^= 1; }
            }
        }
    }
};

// Tells every block that fills this block's stage that a warp has left it. Lane l tells the l-th of them.
__device__ __forceinline__ void leave(u32 barrier, int x, int y, int lane)
{
    if constexpr (clusterSize == 1)
    {
        if (lane == 0) barrier_arrive(barrier);
    }
    else if (lane < sharers)
    {
        const int column = lane < CLUSTER_M ? lane : x, other = lane - CLUSTER_M, row = lane < CLUSTER_M ? y : other + (other >= y);
        barrier_arrive_at(barrier, row * CLUSTER_M + column);
    }
}

// aMap over A [capacity, K] in boxes of TILE_M / CLUSTER_N x 64, wMap over the packed weight in boxes of TILE_N / CLUSTER_M x 64, both
// with the 128-byte swizzle. Rows of A from rowCount on are read where the buffer has them; they reach no output.
// Grid: a multiple of the cluster, at most what the capacity's tiles need.
extern "C" __global__ void __cluster_dims__(CLUSTER_M * CLUSTER_N, 1, 1) __launch_bounds__(threads, BLOCKS)
gemm_sm90(const __grid_constant__ TensorMap aMap, const __grid_constant__ TensorMap wMap, const Element* bias, const Element* residual,
          Element* out, const int* rowCount)
{
    extern __shared__ __align__(1024) char ring[];
    __shared__ u64 barriers[2 * STAGES];
    const u32 base = shared_address(ring), full = shared_address(barriers), empty = full + STAGES * 8;
    const int rows = *rowCount, warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    const Tiles tiles(rows);
    let_next_grid_start();
    if (tiles.count <= 0) return;  // the whole cluster at once

    if (threadIdx.x == consumers * 128)
    {
        prefetch_map(wMap);
        prefetch_map(aMap);
    }
    if (threadIdx.x == 0)
    {
#pragma unroll
        for (int s = 0; s < STAGES; ++s)
        {
            barrier_init(full + s * 8, 1);
            barrier_init(empty + s * 8, consumers * 4 * sharers);
        }
        fence_barrier_init();
    }
    if constexpr (clusterSize == 1) __syncthreads();
    else
    {
        cluster_arrive();
        cluster_wait();
    }

    if (warp == consumers * 4)
    {
        if (lane == 0) Producer{aMap, wMap, tiles, base, full}.run(empty);
        __syncwarp();
        if constexpr (clusterSize > 1)
        {
            cluster_arrive();
            cluster_wait();
        }
        return;
    }

    wait_for_previous_grid();
    const Operands operands{bias, residual, out};
    const int group = warp / 4;
    u32 stage = 0, parity = 0;
    int refilled = tiles.count * steps - STAGES;  // stages left before this many are filled again: nobody waits for the others
    for (int tile = 0; tile < tiles.count; ++tile)
    {
        float c[TILE_N / 2] = {};
#pragma unroll 1
        for (int step = 0; step < steps; ++step)
        {
            barrier_wait(full + stage * 8, parity);
            const u64 a = tile_descriptor(base + stage * tileBytes + group * 64 * 128);
            const u64 w = tile_descriptor(base + stage * tileBytes + TILE_M * 128);
            hold(c);
            wgmma_fence();
#pragma unroll
            for (int piece = 0; piece < 4; ++piece) Wgmma<Element, TILE_N>::multiply(c, a + piece * 2, w + piece * 2, step + piece);
            wgmma_commit();
            hold(c);
            wgmma_wait<UNDER_WAY>();
            if ((UNDER_WAY == 0 || step > 0) && refilled-- > 0)
                leave(empty + (UNDER_WAY == 0 ? stage : stage == 0 ? STAGES - 1 : stage - 1) * 8, tiles.x, tiles.y, lane);
            if (++stage == STAGES) { stage = 0; parity ^= 1; }
        }
        wgmma_wait<0>();
        hold(c);
        if (UNDER_WAY == 1 && refilled-- > 0) leave(empty + (stage == 0 ? STAGES - 1 : stage - 1) * 8, tiles.x, tiles.y, lane);
        if constexpr (clusterSize > 1)
            if (tile == tiles.count - 1) cluster_arrive();

        constexpr int groups = TILE_N / 32;
        const int firstRow = tiles.row(tile) + warp * 16 + lane / 4, firstColumn = tiles.column(tile) + lane % 4 * 8;
#pragma unroll
        for (int batch = 0; batch < groups; batch += FETCHED)
#pragma unroll
            for (int half = 0; half < 2; ++half)
            {
                const int row = firstRow + half * 8;
                const auto inside = [&](int column) { return row < rows && (GEMM_N % (TILE_N * CLUSTER_N) == 0 || column < GEMM_N); };
                Inputs inputs[FETCHED];
#pragma unroll
                for (int i = 0; i < FETCHED; ++i)
                    if (const int column = firstColumn + (batch + i) * 32; inside(column)) inputs[i] = fetch(row, column, operands);
#pragma unroll
                for (int i = 0; i < FETCHED; ++i)
                {
                    const int column = firstColumn + (batch + i) * 32;
                    float v[8];
#pragma unroll
                    for (int n = 0; n < 8; ++n) v[n] = c[((batch + i) * 4 + n / 2) * 4 + half * 2 + n % 2];
                    if (inside(column)) epilogue(v, inputs[i], row, column, operands);
                }
            }
    }
    if constexpr (clusterSize > 1) cluster_wait();
}
