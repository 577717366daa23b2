// Element types as bit patterns, so that a kernel needs no header of the CUDA toolkit. Arithmetic is always in float.
// Requires nothing. Vectors move 16 bytes at a time: pointers given to fetch8, load8 and store8 are aligned to it.

using u16 = unsigned short;
using u32 = unsigned int;
using u64 = unsigned long long;

struct f16 { u16 bits; };    // IEEE half: 11 bits of precision, largest finite value 65504
struct bf16 { u16 bits; };   // the upper half of a float: 8 bits of precision
struct tf32 { float value; };  // stored as a float; matrix instructions read its upper 19 bits

// Two floats to one register, the first in the lower half; rounds to nearest even.
template <class T> __device__ __forceinline__ u32 pack2(float low, float high);

template <> __device__ __forceinline__ u32 pack2<f16>(float low, float high)
{
    u32 pair;
    asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(high), "f"(low));
    return pair;
}

template <> __device__ __forceinline__ u32 pack2<bf16>(float low, float high)
{
    u32 pair;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(high), "f"(low));
    return pair;
}

template <class T> __device__ __forceinline__ float2 unpack2(u32 pair);

template <> __device__ __forceinline__ float2 unpack2<f16>(u32 pair)
{
    float2 v;
    asm("{ .reg .f16 l, h; mov.b32 {l, h}, %2; cvt.f32.f16 %0, l; cvt.f32.f16 %1, h; }" : "=f"(v.x), "=f"(v.y) : "r"(pair));
    return v;
}

template <> __device__ __forceinline__ float2 unpack2<bf16>(u32 pair)
{
    return make_float2(__uint_as_float(pair << 16), __uint_as_float(pair & 0xffff0000u));
}

// Eight consecutive elements as they lie in memory: one 16-byte access for the half types, two for those stored as floats.
template <class T> struct Eight { uint4 words[sizeof(T) / 2]; };

template <class T> __device__ __forceinline__ Eight<T> fetch8(const T* from)
{
    Eight<T> raw;
#pragma unroll
    for (int i = 0; i < static_cast<int>(sizeof(T)) / 2; ++i) raw.words[i] = reinterpret_cast<const uint4*>(from)[i];
    return raw;
}

template <class T> __device__ __forceinline__ void unpack8(float (&v)[8], const Eight<T>& raw)
{
#pragma unroll
    for (int i = 0; i < static_cast<int>(sizeof(T)) / 2; ++i)
    {
        const u32 words[4] = {raw.words[i].x, raw.words[i].y, raw.words[i].z, raw.words[i].w};
#pragma unroll
        for (int j = 0; j < 4; ++j)
            if constexpr (sizeof(T) == 2)
            {
                const float2 pair = unpack2<T>(words[j]);
                v[2 * j] = pair.x;
                v[2 * j + 1] = pair.y;
            }
            else v[4 * i + j] = __uint_as_float(words[j]);
    }
}

template <class T> __device__ __forceinline__ void load8(float (&v)[8], const T* from) { unpack8<T>(v, fetch8(from)); }

template <class T> __device__ __forceinline__ void store8(T* to, const float (&v)[8])
{
    if constexpr (sizeof(T) == 2)
    {
        *reinterpret_cast<uint4*>(to) =
            make_uint4(pack2<T>(v[0], v[1]), pack2<T>(v[2], v[3]), pack2<T>(v[4], v[5]), pack2<T>(v[6], v[7]));
    }
    else
    {
        reinterpret_cast<float4*>(to)[0] = make_float4(v[0], v[1], v[2], v[3]);
        reinterpret_cast<float4*>(to)[1] = make_float4(v[4], v[5], v[6], v[7]);
    }
}
