// Element types as bit patterns, so that a kernel needs no header of the CUDA toolkit. Arithmetic is always in float.
// Requires nothing. ELEMENT (-D) names the type of a kernel's buffers.

using u16 = unsigned short;
using u32 = unsigned int;
using u64 = unsigned long long;

struct f16 { u16 bits; };    // IEEE half: 11 bits of precision, largest finite value 65504
struct bf16 { u16 bits; };   // the upper half of a float: 8 bits of precision
struct tf32 { float value; };  // stored as a float; matrix instructions read its upper 19 bits

#ifdef ELEMENT
using Element = ELEMENT;
#endif

// The stride of a buffer with so many columns: its rows begin at multiples of 16 bytes. Whoever writes a buffer's last columns writes zeros
// to the padding behind them.
__host__ __device__ constexpr int padded(int columns) { return (columns + 7) / 8 * 8; }

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

template <class T> __device__ __forceinline__ float to_float(T x)
{
    if constexpr (sizeof(T) == 2) return unpack2<T>(x.bits).x;
    else return reinterpret_cast<const float&>(x);
}

template <class T> __device__ __forceinline__ u32 bits_of(T x)
{
    if constexpr (sizeof(T) == 2) return x.bits;
    else return reinterpret_cast<const u32&>(x);
}

// Rounds to nearest even; what is stored as a float stays as it is.
template <class T> __device__ __forceinline__ T from_float(float x)
{
    if constexpr (sizeof(T) == 2) return T{static_cast<u16>(pack2<T>(x, 0.0f))};
    else return T{x};
}

// Consecutive elements as they lie in memory. A kernel fetches for several places before it stores to any: a load behind a store that might
// alias it waits for its turn.
template <class T, int Count> struct Vector { u32 words[Count * sizeof(T) / 4]; };
template <class T> using Eight = Vector<T, 8>;
template <class T> using Four = Vector<T, 4>;

// 16 bytes an access, or 8 where the vector has no more; `from` is aligned to that.
template <int Count, class T> __device__ __forceinline__ Vector<T, Count> fetch(const T* from)
{
    Vector<T, Count> raw;
    if constexpr (sizeof(raw) == 8)
    {
        const uint2 words = *reinterpret_cast<const uint2*>(from);
        raw.words[0] = words.x;
        raw.words[1] = words.y;
    }
    else
#pragma unroll
        for (int i = 0; i < static_cast<int>(sizeof(raw)) / 16; ++i)
        {
            const uint4 words = reinterpret_cast<const uint4*>(from)[i];
            raw.words[4 * i] = words.x;
            raw.words[4 * i + 1] = words.y;
            raw.words[4 * i + 2] = words.z;
            raw.words[4 * i + 3] = words.w;
        }
    return raw;
}

// The first `count` of so many elements, one by one and so from any address; zeros in place of the others, which are not read.
template <int Count, class T> __device__ __forceinline__ Vector<T, Count> fetch_first(const T* from, int count)
{
    constexpr int held = 4 / sizeof(T);  // by a word
    Vector<T, Count> raw = {};
#pragma unroll
    for (int i = 0; i < Count; ++i)
        if (i < count) raw.words[i / held] |= bits_of(from[i]) << (i % held * 16);
    return raw;
}

template <class T, int Count> __device__ __forceinline__ void unpack(float (&v)[Count], const Vector<T, Count>& raw)
{
#pragma unroll
    for (int i = 0; i < Count; i += 2)
        if constexpr (sizeof(T) == 2)
        {
            const float2 pair = unpack2<T>(raw.words[i / 2]);
            v[i] = pair.x;
            v[i + 1] = pair.y;
        }
        else
        {
            v[i] = __uint_as_float(raw.words[i]);
            v[i + 1] = __uint_as_float(raw.words[i + 1]);
        }
}

template <class T, int Count> __device__ __forceinline__ Vector<T, Count> pack(const float (&v)[Count])
{
    Vector<T, Count> raw;
#pragma unroll
    for (int i = 0; i < Count; i += 2)
        if constexpr (sizeof(T) == 2) raw.words[i / 2] = pack2<T>(v[i], v[i + 1]);
        else
        {
            raw.words[i] = __float_as_uint(v[i]);
            raw.words[i + 1] = __float_as_uint(v[i + 1]);
        }
    return raw;
}

// As fetch.
template <class T, int Count> __device__ __forceinline__ void store(T* to, const Vector<T, Count>& raw)
{
    if constexpr (sizeof(raw) == 8) *reinterpret_cast<uint2*>(to) = make_uint2(raw.words[0], raw.words[1]);
    else
#pragma unroll
        for (int i = 0; i < static_cast<int>(sizeof(raw)) / 16; ++i)
            reinterpret_cast<uint4*>(to)[i] =
                make_uint4(raw.words[4 * i], raw.words[4 * i + 1], raw.words[4 * i + 2], raw.words[4 * i + 3]);
}

template <class T> __device__ __forceinline__ Eight<T> fetch8(const T* from) { return fetch<8>(from); }
template <class T> __device__ __forceinline__ void unpack8(float (&v)[8], const Eight<T>& raw) { unpack(v, raw); }
template <class T> __device__ __forceinline__ void unpack4(float (&v)[4], const Four<T>& raw) { unpack(v, raw); }
template <class T> __device__ __forceinline__ void load8(float (&v)[8], const T* from) { unpack8(v, fetch8(from)); }
template <class T> __device__ __forceinline__ void store8(T* to, const float (&v)[8]) { store(to, pack<T>(v)); }
