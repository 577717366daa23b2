// device: types math reduce async
//
// Rows: a warp takes one row, keeps it in registers, and normalises it: (x - mean) / sqrt(variance + EPSILON) * gamma + beta.
//
//   ELEMENT     f16, bf16 or float
//   WIDTH       features of a row, a multiple of 8
//   ROWS        rows, and warps, of a block
//   ROW_...     EMBEDDINGS: x = word[id] + position[p] + type[t]; RESIDUAL: x = a + b; NORM: x = a

constexpr int chunks = WIDTH / 8, perLane = (chunks + 31) / 32;
static_assert(WIDTH % 8 == 0, "rows in multiples of 8 features");

struct Operands
{
    const Element* a;         // RESIDUAL, NORM: [rows, WIDTH]; EMBEDDINGS: the word table
    const Element* b;         // RESIDUAL: [rows, WIDTH]; EMBEDDINGS: the position table
    const Element* types;     // EMBEDDINGS: the type table
    const int* ids;           // EMBEDDINGS: [3, capacity]: word, position, type of each row
    int capacity;
};

// <row>
__device__ __forceinline__ void load_row(float (&x)[8], int row, int feature, const Operands& o)
{
#if defined(ROW_EMBEDDINGS)
    float position[8], type[8];
    load8(x, o.a + static_cast<u64>(o.ids[row]) * WIDTH + feature);
    load8(position, o.b + static_cast<u64>(o.ids[o.capacity + row]) * WIDTH + feature);
    load8(type, o.types + static_cast<u64>(o.ids[2 * o.capacity + row]) * WIDTH + feature);
#pragma unroll
    for (int i = 0; i < 8; ++i) x[i] = x[i] + position[i] + type[i];
#elif defined(ROW_RESIDUAL)
    float residual[8];
    load8(x, o.a + static_cast<u64>(row) * WIDTH + feature);
    load8(residual, o.b + static_cast<u64>(row) * WIDTH + feature);
#pragma unroll
    for (int i = 0; i < 8; ++i) x[i] += residual[i];
#elif defined(ROW_NORM)
    load8(x, o.a + static_cast<u64>(row) * WIDTH + feature);
#else
#error "name a row"
#endif
}
// </row>

// Grid: rows / ROWS, rounded up.
extern "C" __global__ void __launch_bounds__(ROWS * 32)
rows(const Element* a, const Element* b, const Element* types, const int* ids, const Element* gamma, const Element* beta, Element* out,
     const int* rowCount, int capacity)
{
    const int row = blockIdx.x * ROWS + threadIdx.x / 32, lane = threadIdx.x % 32;
    let_next_grid_start();
    if (row >= *rowCount) return;
    const Operands operands{a, b, types, ids, capacity};
    float scale[perLane][8], shift[perLane][8], x[perLane][8];
#pragma unroll
    for (int i = 0; i < perLane; ++i)
        if (chunks % 32 == 0 || i * 32 + lane < chunks)
        {
            load8(scale[i], gamma + (i * 32 + lane) * 8);
            load8(shift[i], beta + (i * 32 + lane) * 8);
        }
    wait_for_previous_grid();

    float sum = 0.0f;
#pragma unroll
    for (int i = 0; i < perLane; ++i)
    {
        if (chunks % 32 == 0 || i * 32 + lane < chunks) load_row(x[i], row, (i * 32 + lane) * 8, operands);
        else
#pragma unroll
            for (int e = 0; e < 8; ++e) x[i][e] = 0.0f;
#pragma unroll
        for (int e = 0; e < 8; ++e) sum += x[i][e];
    }
    const float mean = warp_sum(sum) * (1.0f / WIDTH);
    float squares = 0.0f;
#pragma unroll
    for (int i = 0; i < perLane; ++i)
        if (chunks % 32 == 0 || i * 32 + lane < chunks)
#pragma unroll
            for (int e = 0; e < 8; ++e)
            {
                x[i][e] -= mean;
                squares = fmaf(x[i][e], x[i][e], squares);
            }
    const float factor = rsqrt_fast(warp_sum(squares) * (1.0f / WIDTH) + EPSILON);
#pragma unroll
    for (int i = 0; i < perLane; ++i)
        if (chunks % 32 == 0 || i * 32 + lane < chunks)
        {
#pragma unroll
            for (int e = 0; e < 8; ++e) x[i][e] = fmaf(x[i][e] * factor, scale[i][e], shift[i][e]);
            store8(out + static_cast<u64>(row) * WIDTH + (i * 32 + lane) * 8, x[i]);
        }
}
