// Copies that run beside the arithmetic, and the waits that belong to them. Requires types.cuh.
// cp.async: sm_80 and later. mbarrier with transaction counts, tensor copies, griddepcontrol: sm_90.

__device__ __forceinline__ u32 shared_address(const void* pointer) { return static_cast<u32>(__cvta_generic_to_shared(pointer)); }

// 16 bytes from global to shared memory, both aligned to 16; where keep is false the 16 bytes become zero and nothing is read.
__device__ __forceinline__ void cp_async_16(u32 to, const void* from, bool keep)
{
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" :: "r"(to), "l"(from), "r"(keep ? 16 : 0) : "memory");
}

// The first `bytes` of 16, from 0 to all; the others become zero and are not read.
__device__ __forceinline__ void cp_async_16_first(u32 to, const void* from, int bytes)
{
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" :: "r"(to), "l"(from), "r"(bytes) : "memory");
}

__device__ __forceinline__ void cp_async_commit() { asm volatile("cp.async.commit_group;" ::: "memory"); }

// Until at most Pending of this thread's groups are under way; the other threads' copies need a barrier after it.
template <int Pending> __device__ __forceinline__ void cp_async_wait()
{
    asm volatile("cp.async.wait_group %0;" :: "n"(Pending) : "memory");
}

// Until the grids this one depends on have finished and their writes can be seen; a launch without that attribute does not wait.
__device__ __forceinline__ void wait_for_previous_grid()
{
#if __CUDA_ARCH__ >= 900
    asm volatile("griddepcontrol.wait;" ::: "memory");
#endif
}

// The next grid may start to occupy free multiprocessors once every block has said this or has ended.
__device__ __forceinline__ void let_next_grid_start()
{
#if __CUDA_ARCH__ >= 900
    asm volatile("griddepcontrol.launch_dependents;" ::: "memory");
#endif
}

#if __CUDA_ARCH__ >= 900
// What cuTensorMapEncodeTiled fills; a kernel takes it as `const __grid_constant__ TensorMap`.
struct alignas(128) TensorMap { u64 words[16]; };

// One thread initialises, then fence_barrier_init and a block barrier, before any other thread uses it.
__device__ __forceinline__ void barrier_init(u32 barrier, u32 arrivals)
{
    asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" :: "r"(barrier), "r"(arrivals) : "memory");
}

__device__ __forceinline__ void fence_barrier_init() { asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory"); }

__device__ __forceinline__ void barrier_arrive(u32 barrier)
{
    asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0];" :: "r"(barrier) : "memory");
}

// One arrival, and the phase ends only after so many more bytes were copied.
__device__ __forceinline__ void barrier_arrive_expecting(u32 barrier, u32 bytes)
{
    asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" :: "r"(barrier), "r"(bytes) : "memory");
}

// Until the phase of that parity has ended: 0 for the first, then alternating; 1 on a fresh barrier returns at once.
__device__ __forceinline__ void barrier_wait(u32 barrier, u32 parity)
{
    u32 done;
    do
    {
        asm volatile("{ .reg .pred p; mbarrier.try_wait.parity.shared::cta.b64 p, [%1], %2; selp.u32 %0, 1, 0, p; }"
                     : "=r"(done) : "r"(barrier), "r"(parity) : "memory");
    } while (done == 0);
}

__device__ __forceinline__ void prefetch_map(const TensorMap& map)
{
    asm volatile("prefetch.tensormap [%0];" :: "l"(reinterpret_cast<u64>(&map)) : "memory");
}

// The box of the map at column x, row y into shared memory at `to` (1024-byte aligned for the 128-byte swizzle); completes on the barrier.
__device__ __forceinline__ void tensor_load_2d(u32 to, const TensorMap& map, int x, int y, u32 barrier)
{
    asm volatile("cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1, {%2, %3}], [%4];"
                 :: "r"(to), "l"(reinterpret_cast<u64>(&map)), "r"(x), "r"(y), "r"(barrier) : "memory");
}

// The same box to every block of the cluster whose rank's bit is set: to the same place there, completing on the barrier in the same place.
__device__ __forceinline__ void tensor_load_2d(u32 to, const TensorMap& map, int x, int y, u32 barrier, u16 ranks)
{
    asm volatile("cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes.multicast::cluster "
                 "[%0], [%1, {%2, %3}], [%4], %5;"
                 :: "r"(to), "l"(reinterpret_cast<u64>(&map)), "r"(x), "r"(y), "r"(barrier), "h"(ranks) : "memory");
}

// One arrival at the barrier in the same place of another block of the cluster. It orders no memory accesses: it says that a stage has been
// read, by products that have completed. (Releasing at cluster scope would cost a fence of the whole memory system at each step.)
__device__ __forceinline__ void barrier_arrive_at(u32 barrier, u32 rank)
{
    asm volatile("{ .reg .b32 there; mapa.shared::cluster.u32 there, %0, %1; "
                 "mbarrier.arrive.relaxed.cluster.shared::cluster.b64 _, [there]; }" :: "r"(barrier), "r"(rank) : "memory");
}

// Every thread of every block of the cluster arrives, and later waits for all that arrived. It orders execution, not memory: a block whose
// shared memory others still write or signal must not end before, nor be written before its barriers stand (fence_barrier_init).
__device__ __forceinline__ void cluster_arrive() { asm volatile("barrier.cluster.arrive.relaxed.aligned;" ::: "memory"); }
__device__ __forceinline__ void cluster_wait() { asm volatile("barrier.cluster.wait.aligned;" ::: "memory"); }
#endif
