// Elementwise functions in float. Each states its error against the exact value; approximate instructions flush denormals.
// Requires nothing.

__device__ __forceinline__ float minus_infinity() { return __int_as_float(0xff800000); }

// 2^x: relative error below 2^-22.
__device__ __forceinline__ float exp2_fast(float x)
{
    float y;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}

// e^x through exp2: relative error below 2^-22 + |x| 2^-24.
__device__ __forceinline__ float exp_fast(float x) { return exp2_fast(x * 1.4426950408889634f); }

// 1 / x for 2^-126 <= |x| <= 2^126: 1 unit in the last place.
__device__ __forceinline__ float reciprocal(float x)
{
    float y;
    asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}

// 1 / sqrt(x): relative error below 2^-22.
__device__ __forceinline__ float rsqrt_fast(float x)
{
    float y;
    asm("rsqrt.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}

// erfc(x) for x >= 0 by Abramowitz and Stegun 7.1.26: absolute error below 7e-7. No cancellation: it vanishes as e^(-x^2) does.
__device__ __forceinline__ float erfc_positive(float x)
{
    const float t = reciprocal(fmaf(0.3275911f, x, 1.0f));
    float p = fmaf(1.061405429f, t, -1.453152027f);
    p = fmaf(p, t, 1.421413741f);
    p = fmaf(p, t, -0.284496736f);
    p = fmaf(p, t, 0.254829592f);
    return p * t * exp2_fast(x * x * -1.4426950408889634f);
}

// erf(x): absolute error below 8e-7.
__device__ __forceinline__ float erf_fast(float x) { return copysignf(1.0f - erfc_positive(fabsf(x)), x); }

// x Phi(x), the exact GELU: absolute error below 4e-7 |x|. The tail of negative x keeps its own magnitude.
__device__ __forceinline__ float gelu_erf(float x)
{
    const float half_tail = 0.5f * x * erfc_positive(fabsf(x) * 0.70710678118654752f);
    return x < 0.0f ? half_tail : x - half_tail;
}

// x Phi(x) for results kept in 16 bits: absolute error below 4e-6, and below 7e-6 |x|; ten instructions where gelu_erf needs sixteen.
// Phi(x) is the logistic function of a smooth odd function of x, here a polynomial fitted for the least largest error of x Phi(x).
__device__ __forceinline__ float gelu_erf_16bit(float x)
{
    const float u = x * x;
    float p = fmaf(-3.22898859e-6f, u, 8.82381282e-5f);
    p = fmaf(p, u, 3.60274542e-4f);
    p = fmaf(p, u, -1.05226688e-1f);
    p = fmaf(p, u, -2.30204535f);
    return x * reciprocal(1.0f + exp2_fast(p * x));
}

// 1 / (1 + e^-x): relative error below 2^-21 + |x| 2^-24 for x >= -87, and 0 below.
__device__ __forceinline__ float sigmoid_fast(float x) { return reciprocal(1.0f + exp_fast(-x)); }

// tanh(x): absolute error below 2^-20.
__device__ __forceinline__ float tanh_fast(float x) { return fmaf(2.0f, sigmoid_fast(2.0f * x), -1.0f); }

// GELU in its tanh form: absolute error below 2^-20 |x| against that form.
__device__ __forceinline__ float gelu_tanh(float x)
{
    return x * sigmoid_fast(1.5957691216057308f * x * fmaf(0.044715f * x, x, 1.0f));
}

// x sigmoid(x): absolute error below 2^-20 |x|.
__device__ __forceinline__ float silu(float x) { return x * sigmoid_fast(x); }

// What a layer's expression calls, as exact as its elements need: for 16-bit elements the functions above, which err less than a rounding to
// 16 bits; for float and tf32 the language's own, which err by a few units in the last place.
template <class T> constexpr bool is_16bit = sizeof(T) == 2;

__device__ __forceinline__ float square(float x) { return x * x; }
__device__ __forceinline__ float cube(float x) { return x * x * x; }

template <class T> __device__ __forceinline__ float exp_as(float x) { return is_16bit<T> ? exp_fast(x) : expf(x); }
template <class T> __device__ __forceinline__ float log_as(float x) { return is_16bit<T> ? __logf(x) : logf(x); }
template <class T> __device__ __forceinline__ float tanh_as(float x) { return is_16bit<T> ? tanh_fast(x) : tanhf(x); }
template <class T> __device__ __forceinline__ float erf_as(float x) { return is_16bit<T> ? erf_fast(x) : erff(x); }
template <class T> __device__ __forceinline__ float rsqrt_as(float x) { return is_16bit<T> ? rsqrt_fast(x) : 1.0f / sqrtf(x); }

// Of any argument: sine and cosine have no short form that holds far from zero, and powers and roots are rare.
template <class T> __device__ __forceinline__ float sin_as(float x) { return sinf(x); }
template <class T> __device__ __forceinline__ float cos_as(float x) { return cosf(x); }
template <class T> __device__ __forceinline__ float pow_as(float x, float y) { return powf(x, y); }
template <class T> __device__ __forceinline__ float sqrt_as(float x) { return sqrtf(x); }

// The activations that a configuration names; each is the function of the same name in the language.
template <class T> __device__ __forceinline__ float linear_as(float x) { return x; }
template <class T> __device__ __forceinline__ float relu_as(float x) { return fmaxf(x, 0.0f); }
template <class T> __device__ __forceinline__ float relu2_as(float x) { return square(fmaxf(x, 0.0f)); }
template <class T> __device__ __forceinline__ float relu6_as(float x) { return fminf(fmaxf(x, 0.0f), 6.0f); }
template <class T> __device__ __forceinline__ float leaky_relu_as(float x) { return fmaxf(x, 0.01f * x); }
template <class T> __device__ __forceinline__ float hard_swish_as(float x) { return x * relu6_as<T>(x + 3.0f) / 6.0f; }

template <class T> __device__ __forceinline__ float sigmoid_as(float x) { return is_16bit<T> ? sigmoid_fast(x) : 1.0f / (1.0f + expf(-x)); }
template <class T> __device__ __forceinline__ float silu_as(float x) { return is_16bit<T> ? silu(x) : x / (1.0f + expf(-x)); }
template <class T> __device__ __forceinline__ float quick_gelu_as(float x)
{
    return is_16bit<T> ? x * sigmoid_fast(1.702f * x) : x / (1.0f + expf(-1.702f * x));
}

template <class T> __device__ __forceinline__ float gelu_as(float x)
{
    return is_16bit<T> ? gelu_erf_16bit(x) : 0.5f * x * (1.0f + erff(0.70710678118654752f * x));
}

template <class T> __device__ __forceinline__ float gelu_tanh_as(float x)
{
    return is_16bit<T> ? gelu_tanh(x) : 0.5f * x * (1.0f + tanhf(0.79788456080286536f * (x + 0.044715f * x * x * x)));
}

template <class T> __device__ __forceinline__ float softplus_as(float x)
{
    return fmaxf(x, 0.0f) + (is_16bit<T> ? __logf(1.0f + exp_fast(-fabsf(x))) : log1pf(expf(-fabsf(x))));
}

template <class T> __device__ __forceinline__ float mish_as(float x) { return x * tanh_as<T>(softplus_as<T>(x)); }
