// Kernels that go along a sequence row by row with states in registers. Requires types.cuh.
//
//   STATE_LANES     neighbouring lanes that share a feature: a power of two up to 32
//   STATES_OF_LANE  states that a lane holds: lane l has states l, l + STATE_LANES, ...
//
// Launch: scan_threads threads, a grid of (padded(features) / scan_features, rounded up, sequences that fit). A block goes along one sequence.
// The order of a sum over states follows from their number alone.

constexpr int scan_threads = 128, scan_features = scan_threads / STATE_LANES;

struct ScanThread
{
    int feature, lane;

    __device__ __forceinline__ ScanThread()
        : feature(blockIdx.x * scan_features + threadIdx.x / STATE_LANES), lane(threadIdx.x % STATE_LANES) {}

    // The sum over the lanes of a feature. Every lane of the warp calls, and every lane gets the result of its feature.
    __device__ __forceinline__ float sum(float x) const
    {
#pragma unroll
        for (int distance = STATE_LANES / 2; distance > 0; distance >>= 1) x += __shfl_xor_sync(0xffffffffu, x, distance);
        return x;
    }

    // A lane's states from where all `count` of its feature lie, and back.
    template <int Count> __device__ __forceinline__ void load(float (&states)[Count], const float* from, int count) const
    {
#pragma unroll
        for (int k = 0; k < Count; ++k)
            if (k * STATE_LANES + lane < count) states[k] = from[k * STATE_LANES + lane];
    }

    template <int Count> __device__ __forceinline__ void store(const float (&states)[Count], float* to, int count) const
    {
#pragma unroll
        for (int k = 0; k < Count; ++k)
            if (k * STATE_LANES + lane < count) to[k * STATE_LANES + lane] = states[k];
    }

    // Where state k of the lane lies among states that kernels leave for one another, of a chunk or a sequence: neighbours side by side.
    __device__ __forceinline__ u64 place(int of, int k) const
    {
        return (static_cast<u64>(of) * STATES_OF_LANE + k) * (gridDim.x * scan_threads) + blockIdx.x * scan_threads + threadIdx.x;
    }
};
