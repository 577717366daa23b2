// Warp-level matrix products, sm_80 and later. Requires types.cuh.
// Tiles lie in shared memory as rows of a multiple of 32 bytes in 16-byte chunks. The chunks of a row change places with the row's number,
// so that the eight rows that one ldmatrix phase reads lie in eight different groups of banks. A tile starts at a multiple of 128 bytes
// (1024 where the copy engine or wgmma meets it).

// Byte offset of a chunk of such a tile.
template <int RowBytes> __device__ __forceinline__ u32 swizzled(int row, int chunk)
{
    static_assert(RowBytes > 0 && RowBytes % 32 == 0, "rows of a multiple of 32 bytes");
    // So many neighbours change places: with 128 bytes eight, and where a row ends within 128 bytes only those that other rows leave free.
    constexpr int together = RowBytes % 128 == 0 ? 8 : RowBytes % 64 == 0 ? 4 : 2;
    constexpr int shift = together == 8 ? 0 : together == 4 ? 1 : 2;
    return static_cast<u32>(row * RowBytes + ((chunk ^ (row >> shift & (together - 1))) << 4));
}

// Four 8x8 matrices of 16-bit elements; lane l gives the shared-memory address of row l % 8 of matrix l / 8.
__device__ __forceinline__ void ldmatrix_x4(u32 (&r)[4], u32 address)
{
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3]) : "r"(address) : "memory");
}

// The same, each matrix transposed: for a right operand whose rows are the summed index.
__device__ __forceinline__ void ldmatrix_x4_trans(u32 (&r)[4], u32 address)
{
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3]) : "r"(address) : "memory");
}

// c[16 x 8] += a[16 x k] b[k x 8] over 32 bytes of k: 16 half elements, 8 tf32. Sums in float.
// Lane l holds of c: row l / 4 (c[0], c[1]) and row l / 4 + 8 (c[2], c[3]), columns 2 (l % 4) and the next.
template <class T> __device__ __forceinline__ void mma_m16n8(float (&c)[4], const u32 (&a)[4], u32 b0, u32 b1);

template <> __device__ __forceinline__ void mma_m16n8<f16>(float (&c)[4], const u32 (&a)[4], u32 b0, u32 b1)
{
    asm("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

template <> __device__ __forceinline__ void mma_m16n8<bf16>(float (&c)[4], const u32 (&a)[4], u32 b0, u32 b1)
{
    asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

template <> __device__ __forceinline__ void mma_m16n8<tf32>(float (&c)[4], const u32 (&a)[4], u32 b0, u32 b1)
{
    asm("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

// A float's bits rounded to the nearest tf32, ties away from zero; without it the instruction cuts the lower bits off.
__device__ __forceinline__ u32 round_tf32(u32 bits)
{
    u32 rounded;
    asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(rounded) : "f"(__uint_as_float(bits)));
    return rounded;
}
