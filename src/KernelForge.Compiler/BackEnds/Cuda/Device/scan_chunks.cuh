// Chunks of long sequences, which a linear scan goes through side by side. Requires types.cuh, scan.cuh.
//
//   SCAN_CHUNK  turns of a chunk, but for the last of a sequence; a sequence that is not long is one chunk, whatever its length
//
// Chunks are counted from the sequence's first turn: a sequence is cut in the same places in every batch.

struct ScanChunk
{
    int sequence, number, chunks;  // its place among the chunks of its sequence, and how many these are

    __device__ __forceinline__ ScanChunk(const int* starts, const int* sequences, int chunk)
        : sequence(sequences[chunk]), number(chunk - starts[sequence]), chunks(starts[sequence + 1] - starts[sequence]) {}

    __device__ __forceinline__ bool is_last() const { return number == chunks - 1; }

    __device__ __forceinline__ int begin() const { return number * SCAN_CHUNK; }

    __device__ __forceinline__ int end(int turns) const { return is_last() ? turns : (number + 1) * SCAN_CHUNK; }
};

// What the turns of a chunk make of a state h in front of it: factor * h + state. The last chunk of a sequence has none.
struct __align__(8) ScanLink { float factor, state; };

// A product of the factors of some turns, as far as a float can hold it: one that became tiny and then grew has lost what it was.
struct ScanFactor
{
    float product = 1.0f;
    bool lost = false;

    __device__ __forceinline__ void multiply(float factor)
    {
        lost |= fabsf(product) < 0x1p-100f && fabsf(factor) > 1.0f;
        product *= factor;
    }

    // Not finite where the product cannot be used.
    __device__ __forceinline__ float value() const { return lost ? __uint_as_float(0x7fc00000u) : product; }
};

__device__ __forceinline__ bool is_finite(float x) { return fabsf(x) < __uint_as_float(0x7f800000u); }

// The states of one place from the first chunk of a sequence to the one before its last, each in place of that of its link.
//
//   replay  goes through a chunk from a state in front of it, turn by turn: where the factor cannot be used
template <class Replay> __device__ __forceinline__ void scan_chain(ScanLink* links, const ScanThread& at, int begin, int end, int k, Replay replay)
{
    constexpr int together = 8;  // loads under way: a state waits for the one before it, not for memory
    float h = 0.0f;
#pragma unroll 1
    for (int chunk = begin; chunk < end; chunk += together)
    {
        ScanLink link[together];
        bool finite = true;
#pragma unroll
        for (int i = 0; i < together; ++i)
            if (chunk + i < end)
            {
                link[i] = links[at.place(chunk + i, k)];
                finite &= is_finite(link[i].factor);
            }
        if (finite)
        {
#pragma unroll
            for (int i = 0; i < together; ++i)
                if (chunk + i < end) links[at.place(chunk + i, k)].state = h = link[i].factor * h + link[i].state;
            continue;
        }
#pragma unroll 1
        for (int i = chunk; i < min(chunk + together, end); ++i)
        {
            ScanLink& slow = links[at.place(i, k)];
            slow.state = h = is_finite(slow.factor) ? slow.factor * h + slow.state : replay(i, h);
        }
    }
}
