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
//   EPILOGUE_...       as in gemm.cu

constexpr int tileK = 64, steps = (GEMM_K + tileK - 1) / tileK, consumers = TILE_M / 64;
constexpr int tileBytes = (TILE_M + TILE_N) * 128, threads = consumers * 128 + 32;
static_assert(GEMM_N % 8 == 0 && GEMM_K % 8 == 0, "N and K in multiples of 8");
static_assert(TILE_M % 64 == 0 && TILE_N % 32 == 0, "tiles in multiples of 64 x 32");

// aMap over A [capacity, K] in boxes of TILE_M x 64, wMap over the packed weight in boxes of TILE_N x 64, both with the 128-byte swizzle.
// Rows of A from rowCount on are read where the buffer has them; they reach no output. Grid: (row tiles, column tiles).
extern "C" __global__ void __launch_bounds__(threads, BLOCKS)
gemm_sm90(const __grid_constant__ TensorMap aMap, const __grid_constant__ TensorMap wMap, const Element* bias, const Element* residual,
          Element* out, const int* rowCount, int capacity)
{
    extern __shared__ __align__(1024) char ring[];
    __shared__ u64 barriers[2 * STAGES];
    const u32 base = shared_address(ring), full = shared_address(barriers), empty = full + STAGES * 8;
    const int firstRow = blockIdx.x * TILE_M, firstColumn = blockIdx.y * TILE_N, rows = *rowCount;
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    let_next_grid_start();
    if (firstRow >= rows) return;

    if (threadIdx.x == 0)
    {
#pragma unroll
        for (int s = 0; s < STAGES; ++s)
        {
            barrier_init(full + s * 8, 1);
            barrier_init(empty + s * 8, consumers * 4);
        }
        fence_barrier_init();
    }
    __syncthreads();

    if (warp == consumers * 4)
    {
        if (lane == 0)
        {
            // Weights are constant: their first tiles are under way before the previous grid has finished.
            constexpr int early = STAGES < steps ? STAGES : steps;
#pragma unroll
            for (int s = 0; s < early; ++s)
            {
                barrier_arrive_expecting(full + s * 8, tileBytes);
                tensor_load_2d(base + s * tileBytes + TILE_M * 128, wMap, s * tileK, firstColumn, full + s * 8);
            }
            wait_for_previous_grid();
#pragma unroll
            for (int s = 0; s < early; ++s) tensor_load_2d(base + s * tileBytes, aMap, s * tileK, firstRow, full + s * 8);
            u32 stage = 0, parity = 0;
#pragma unroll 1
            for (int step = early; step < steps; ++step)
            {
                barrier_wait(empty + stage * 8, parity);
                barrier_arrive_expecting(full + stage * 8, tileBytes);
                tensor_load_2d(base + stage * tileBytes, aMap, step * tileK, firstRow, full + stage * 8);
                tensor_load_2d(base + stage * tileBytes + TILE_M * 128, wMap, step * tileK, firstColumn, full + stage * 8);
                if (++stage == STAGES) { stage = 0; parity ^= 1; }
            }
        }
        return;
    }

    wait_for_previous_grid();
    const int group = warp / 4;
    float c[TILE_N / 2] = {};
    u32 stage = 0, parity = 0;
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
        wgmma_wait<1>();  // the products of the step before are done: its stage may be filled again
        const u32 previous = stage == 0 ? STAGES - 1 : stage - 1;
        if (step > 0 && lane == 0) barrier_arrive(empty + previous * 8);
        if (++stage == STAGES) { stage = 0; parity ^= 1; }
    }
    wgmma_wait<0>();
    hold(c);

    const Operands operands{bias, residual, out, capacity};
#pragma unroll
    for (int half = 0; half < 2; ++half)
    {
        const int row = firstRow + warp * 16 + half * 8 + lane / 4;
#pragma unroll
        for (int columns = 0; columns < TILE_N / 32; ++columns)
        {
            const int column = firstColumn + columns * 32 + lane % 4 * 8;
            float v[8];
#pragma unroll
            for (int n = 0; n < 8; ++n) v[n] = c[(columns * 4 + n / 2) * 4 + half * 2 + n % 2];
            if (row < rows && (GEMM_N % TILE_N == 0 || column < GEMM_N)) epilogue(v, row, column, operands);
        }
    }
}
