// Matrix products of a warpgroup (four consecutive warps, the first at a multiple of four), sm_90a. Requires types.cuh.
// Both operands lie in shared memory in the layout of mma.cuh, which is the copy engine's 128-byte swizzle: rows of 64 half elements,
// a tile at a multiple of 1024 bytes. Accumulators: lane l of warp w holds rows 16 w + l / 4 (c[4 j], c[4 j + 1]) and that + 8
// (c[4 j + 2], c[4 j + 3]) of columns 8 j + 2 (l % 4) and the next.

#ifdef __CUDA_ARCH_FEAT_SM90_ALL
// Describes such a tile; 16 elements further along k is the descriptor + 2.
__device__ __forceinline__ u64 tile_descriptor(u32 address)
{
    constexpr u64 swizzle128 = 1ull << 62, groupOf8Rows = 64ull << 32, ignored = 1ull << 16;
    return swizzle128 | groupOf8Rows | ignored | ((address & 0x3ffff) >> 4);
}

// Before the first product that uses accumulators or shared memory which ordinary instructions wrote.
__device__ __forceinline__ void wgmma_fence() { asm volatile("wgmma.fence.sync.aligned;" ::: "memory"); }
__device__ __forceinline__ void wgmma_commit() { asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory"); }

// Until at most Pending committed groups are under way. Accumulators may be read after wgmma_wait<0>.
template <int Pending> __device__ __forceinline__ void wgmma_wait()
{
    asm volatile("wgmma.wait_group.sync.aligned %0;" :: "n"(Pending) : "memory");
}

// Keeps the compiler from moving accumulators to other registers while products are under way.
template <int Count> __device__ __forceinline__ void hold(float (&c)[Count])
{
#pragma unroll
    for (int i = 0; i < Count; ++i) asm volatile("" : "+f"(c[i]) :: "memory");
}

#define KF_ACC4(o) "+f"(c[o]), "+f"(c[o + 1]), "+f"(c[o + 2]), "+f"(c[o + 3])
#define KF_ACC8(o) KF_ACC4(o), KF_ACC4(o + 4)
#define KF_ACC32(o) KF_ACC8(o), KF_ACC8(o + 8), KF_ACC8(o + 16), KF_ACC8(o + 24)

// c[64 x N] = a[64 x 16] b[N x 16]^T, plus c where accumulate is not 0.
template <class T, int N> struct Wgmma;

#define KF_WGMMA_N64(Element, name) \
template <> struct Wgmma<Element, 64> \
{ \
    static __device__ __forceinline__ void multiply(float (&c)[32], u64 a, u64 b, int accumulate) \
    { \
        asm volatile("{ .reg .pred p; setp.ne.b32 p, %34, 0; " \
                     "wgmma.mma_async.sync.aligned.m64n64k16.f32." name "." name " " \
                     "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, " \
                     "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31}, " \
                     "%32, %33, p, 1, 1, 0, 0; }" \
                     : KF_ACC32(0) \
                     : "l"(a), "l"(b), "r"(accumulate)); \
    } \
};
KF_WGMMA_N64(f16, "f16")
KF_WGMMA_N64(bf16, "bf16")

#define KF_WGMMA_N96(Element, name) \
template <> struct Wgmma<Element, 96> \
{ \
    static __device__ __forceinline__ void multiply(float (&c)[48], u64 a, u64 b, int accumulate) \
    { \
        asm volatile("{ .reg .pred p; setp.ne.b32 p, %50, 0; " \
                     "wgmma.mma_async.sync.aligned.m64n96k16.f32." name "." name " " \
                     "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, " \
                     "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, " \
                     "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47}, " \
                     "%48, %49, p, 1, 1, 0, 0; }" \
                     : KF_ACC32(0), KF_ACC8(32), KF_ACC8(40) \
                     : "l"(a), "l"(b), "r"(accumulate)); \
    } \
};
KF_WGMMA_N96(f16, "f16")
KF_WGMMA_N96(bf16, "bf16")

#define KF_WGMMA_N128(Element, name) \
template <> struct Wgmma<Element, 128> \
{ \
    static __device__ __forceinline__ void multiply(float (&c)[64], u64 a, u64 b, int accumulate) \
    { \
        asm volatile("{ .reg .pred p; setp.ne.b32 p, %66, 0; " \
                     "wgmma.mma_async.sync.aligned.m64n128k16.f32." name "." name " " \
                     "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, " \
                     "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, " \
                     "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, " \
                     "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63}, " \
                     "%64, %65, p, 1, 1, 0, 0; }" \
                     : KF_ACC32(0), KF_ACC32(32) \
                     : "l"(a), "l"(b), "r"(accumulate)); \
    } \
};
KF_WGMMA_N128(f16, "f16")
KF_WGMMA_N128(bf16, "bf16")

#define KF_WGMMA_N192(Element, name) \
template <> struct Wgmma<Element, 192> \
{ \
    static __device__ __forceinline__ void multiply(float (&c)[96], u64 a, u64 b, int accumulate) \
    { \
        asm volatile("{ .reg .pred p; setp.ne.b32 p, %98, 0; " \
                     "wgmma.mma_async.sync.aligned.m64n192k16.f32." name "." name " " \
                     "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, " \
                     "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, " \
                     "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, " \
                     "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63, " \
                     "%64, %65, %66, %67, %68, %69, %70, %71, %72, %73, %74, %75, %76, %77, %78, %79, " \
                     "%80, %81, %82, %83, %84, %85, %86, %87, %88, %89, %90, %91, %92, %93, %94, %95}, " \
                     "%96, %97, p, 1, 1, 0, 0; }" \
                     : KF_ACC32(0), KF_ACC32(32), KF_ACC32(64) \
                     : "l"(a), "l"(b), "r"(accumulate)); \
    } \
};
KF_WGMMA_N192(f16, "f16")
KF_WGMMA_N192(bf16, "bf16")

#define KF_WGMMA_N256(Element, name) \
template <> struct Wgmma<Element, 256> \
{ \
    static __device__ __forceinline__ void multiply(float (&c)[128], u64 a, u64 b, int accumulate) \
    { \
        asm volatile("{ .reg .pred p; setp.ne.b32 p, %130, 0; " \
                     "wgmma.mma_async.sync.aligned.m64n256k16.f32." name "." name " " \
                     "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, " \
                     "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, " \
                     "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, " \
                     "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63, " \
                     "%64, %65, %66, %67, %68, %69, %70, %71, %72, %73, %74, %75, %76, %77, %78, %79, " \
                     "%80, %81, %82, %83, %84, %85, %86, %87, %88, %89, %90, %91, %92, %93, %94, %95, " \
                     "%96, %97, %98, %99, %100, %101, %102, %103, %104, %105, %106, %107, %108, %109, %110, %111, " \
                     "%112, %113, %114, %115, %116, %117, %118, %119, %120, %121, %122, %123, %124, %125, %126, %127}, " \
                     "%128, %129, p, 1, 1, 0, 0; }" \
                     : KF_ACC32(0), KF_ACC32(32), KF_ACC32(64), KF_ACC32(96) \
                     : "l"(a), "l"(b), "r"(accumulate)); \
    } \
};
KF_WGMMA_N256(f16, "f16")
KF_WGMMA_N256(bf16, "bf16")
#endif
