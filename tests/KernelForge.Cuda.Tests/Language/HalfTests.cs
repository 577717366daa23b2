namespace KernelForge.Cuda.Tests.Language;

/// <summary>16-bit floats by the instructions that a library of half types is made of, against .NET's.</summary>
public sealed class HalfTests
{
    private static readonly float[] Values = [0f, -0f, 1f, -1f, 0.5f, 3.14159f, -2.71828f, 1e-3f, 65504f, 70000f, 6e-8f, -1e-5f, 100.125f, float.NaN, float.PositiveInfinity];

    private const string Helpers = """
        __device__ unsigned short narrow(float v) { unsigned short r; asm("cvt.rn.f16.f32 %0, %1;" : "=h"(r) : "f"(v)); return r; }
        __device__ float wide(unsigned short v) { float r; asm("cvt.f32.f16 %0, %1;" : "=f"(r) : "h"(v)); return r; }
        __device__ unsigned short brain(float v) { unsigned short r; asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(r) : "f"(v)); return r; }
        __device__ float unbrain(unsigned short v) { return __uint_as_float((unsigned)v << 16); }
        template <class F> __device__ float both(float x, float y, F f) { return wide(f(narrow(x), narrow(y))); }
        #define TWO(name, op) __device__ unsigned short name(unsigned short a, unsigned short b) \
            { unsigned short r; asm(op " %0, %1, %2;" : "=h"(r) : "h"(a), "h"(b)); return r; }
        #define ONE(name, op) __device__ unsigned short name(unsigned short a) \
            { unsigned short r; asm(op " %0, %1;" : "=h"(r) : "h"(a)); return r; }
        TWO(add, "add.f16") TWO(sub, "sub.rn.f16") TWO(mul, "mul.f16") TWO(least, "min.f16") TWO(most, "max.f16")
        TWO(mostNaN, "max.NaN.f16") TWO(leastNaN, "min.NaN.bf16") TWO(addSat, "add.sat.f16") TWO(brainMost, "max.bf16")
        ONE(negate, "neg.f16") ONE(absolute, "abs.bf16") ONE(exp2h, "ex2.approx.f16") ONE(tanhh, "tanh.approx.f16")
        __device__ unsigned short fused(unsigned short a, unsigned short b, unsigned short c)
            { unsigned short r; asm("fma.rn.f16 %0, %1, %2, %3;" : "=h"(r) : "h"(a), "h"(b), "h"(c)); return r; }
        __device__ unsigned short fusedRelu(unsigned short a, unsigned short b, unsigned short c)
            { unsigned short r; asm("fma.rn.relu.bf16 %0, %1, %2, %3;" : "=h"(r) : "h"(a), "h"(b), "h"(c)); return r; }
        __device__ unsigned less(unsigned short a, unsigned short b)
            { unsigned r; asm("{ .reg .pred p; setp.lt.f16 p, %1, %2; selp.u32 %0, 1, 0, p; }" : "=r"(r) : "h"(a), "h"(b)); return r; }
        __device__ unsigned equalOrNaN(unsigned short a, unsigned short b)
            { unsigned r; asm("{ .reg .pred p; setp.equ.bf16 p, %1, %2; selp.u32 %0, 1, 0, p; }" : "=r"(r) : "h"(a), "h"(b)); return r; }
        __device__ unsigned pack(float low, float high)
            { unsigned r; asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(r) : "f"(high), "f"(low)); return r; }
        __device__ unsigned packBrain(float low, float high)
            { unsigned r; asm("cvt.rn.relu.bf16x2.f32 %0, %1, %2;" : "=r"(r) : "f"(high), "f"(low)); return r; }
        __device__ unsigned addTwo(unsigned a, unsigned b) { unsigned r; asm("add.f16x2 %0, %1, %2;" : "=r"(r) : "r"(a), "r"(b)); return r; }
        __device__ unsigned fuseTwo(unsigned a, unsigned b, unsigned c)
            { unsigned r; asm("fma.rn.bf16x2 %0, %1, %2, %3;" : "=r"(r) : "r"(a), "r"(b), "r"(c)); return r; }
        __device__ float tensor(float v) { unsigned r; asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(r) : "f"(v)); return __uint_as_float(r); }
        """;

    private static readonly Dictionary<string, Func<float, float, float>> Functions = new()
    {
        ["wide(narrow(x))"] = (x, _) => Half(x),
        ["unbrain(brain(x))"] = (x, _) => Brain(x),
        ["wide(add(narrow(x), narrow(y)))"] = (x, y) => Half(Half(x) + Half(y)),
        ["wide(sub(narrow(x), narrow(y)))"] = (x, y) => Half(Half(x) - Half(y)),
        ["wide(mul(narrow(x), narrow(y)))"] = (x, y) => Half(Half(x) * Half(y)),
        ["wide(fused(narrow(x), narrow(y), narrow(x)))"] = (x, y) => (float)(System.Half)((double)Half(x) * Half(y) + Half(x)),
        ["wide(least(narrow(x), narrow(y)))"] = (x, y) => float.MinNumber(Half(x), Half(y)),
        ["wide(most(narrow(x), narrow(y)))"] = (x, y) => float.MaxNumber(Half(x), Half(y)),
        ["wide(mostNaN(narrow(x), narrow(y)))"] = (x, y) => MathF.Max(Half(x), Half(y)),
        ["unbrain(leastNaN(brain(x), brain(y)))"] = (x, y) => MathF.Min(Brain(x), Brain(y)),
        ["unbrain(brainMost(brain(x), brain(y)))"] = (x, y) => float.MaxNumber(Brain(x), Brain(y)),
        ["wide(addSat(narrow(x), narrow(y)))"] = (x, y) => Half(x) + Half(y) is var sum && sum > 0 ? Half(Math.Min(sum, 1)) : 0,
        ["unbrain(fusedRelu(brain(x), brain(y), brain(x)))"] = (x, y) =>
            Brain(Brain(x) * Brain(y) + Brain(x)) is var v && float.IsNaN(v) ? v : Math.Max(v, 0),
        ["wide(negate(narrow(x)))"] = (x, _) => -Half(x),
        ["unbrain(absolute(brain(x)))"] = (x, _) => Math.Abs(Brain(x)),
        ["(float)less(narrow(x), narrow(y))"] = (x, y) => Half(x) < Half(y) ? 1 : 0,
        ["(float)equalOrNaN(brain(x), brain(y))"] = (x, y) => Brain(x) < Brain(y) || Brain(x) > Brain(y) ? 0 : 1,
        ["wide((unsigned short)(pack(x, y) >> 16))"] = (_, y) => Half(y),
        ["unbrain((unsigned short)packBrain(x, y))"] = (x, _) => float.IsNaN(x) ? x : Math.Max(Brain(x), 0),
        ["wide((unsigned short)(addTwo(pack(x, y), pack(1.0f, 2.0f)) >> 16))"] = (_, y) => Half(Half(y) + 2),
        ["unbrain((unsigned short)fuseTwo(brain(x), brain(y), 0x3f80u))"] = (x, y) => Brain(Brain(x) * Brain(y) + 1),
        ["tensor(x)"] = (x, _) => float.IsFinite(x) ? BitConverter.UInt32BitsToSingle((BitConverter.SingleToUInt32Bits(x) + 0x1000) & ~0x1FFFu) : x,
    };

    public static TheoryData<string> Expressions => [.. Functions.Keys];

    [Theory, MemberData(nameof(Expressions))]
    public void An_expression_is_rounded_once(string expression)
    {
        float[] xs = [.. Values.SelectMany(x => Values.Select(_ => x))], ys = [.. Values.SelectMany(_ => Values)];
        float[] got = Elementwise.Run<float, float>(("float", "float"), expression, xs, ys, Helpers);
        for (int i = 0; i < xs.Length; i++)
        {
            float wanted = Functions[expression](xs[i], ys[i]);
            bool same = float.IsNaN(wanted) ? float.IsNaN(got[i]) : got[i] == wanted;
            Assert.True(same, $"{expression} at x = {xs[i]:R}, y = {ys[i]:R} is {got[i]:R} and should be {wanted:R}");
        }
    }

    [Theory, InlineData("exp2h"), InlineData("tanhh")]
    public void An_approximation_is_right_to_about_ten_bits(string function)
    {
        float[] xs = [-3f, -1f, -0.25f, 0f, 0.125f, 1f, 2.5f];
        float[] got = Elementwise.Run<float, float>(("float", "float"), $"wide({function}(narrow(x)))", xs, xs, Helpers);
        foreach ((float x, float value) in xs.Zip(got))
        {
            double wanted = function == "exp2h" ? Math.Pow(2, x) : Math.Tanh(x);
            Assert.True(Math.Abs(value - wanted) <= Math.Abs(wanted) / 1024, $"{function}({x}) is {value} and should be {wanted}");
        }
    }

    private static float Half(float value) => (float)(System.Half)value;

    private static float Brain(float value)
    {
        if (float.IsNaN(value)) return value;
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return BitConverter.UInt32BitsToSingle((bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000);
    }
}
