using System.Numerics;

namespace KernelForge.Cuda.Tests.Language;

/// <summary>Integer arithmetic and bits as NVRTC writes them out, against .NET's.</summary>
public sealed class IntegerTests
{
    private static readonly int[] Values = [0, 1, -1, 2, 3, 7, -7, 31, 32, 100, -100, 65535, 65536, 12345678, -87654321, int.MaxValue, int.MinValue];

    private static readonly Dictionary<string, Func<int, int, int>> Functions = new()
    {
        ["y == 0 || y == -1 ? 0 : x / y"] = (x, y) => y is 0 or -1 ? 0 : x / y,
        ["y == 0 || y == -1 ? 0 : x % y"] = (x, y) => y is 0 or -1 ? 0 : x % y,
        ["y == 0 ? 0 : (int)((unsigned)x / (unsigned)y)"] = (x, y) => y == 0 ? 0 : (int)((uint)x / (uint)y),
        ["y == 0 ? 0 : (int)((unsigned)x % (unsigned)y)"] = (x, y) => y == 0 ? 0 : (int)((uint)x % (uint)y),
        ["x / 7 + x % 12"] = (x, _) => x / 7 + x % 12,
        ["(int)((unsigned)x / 10u)"] = (x, _) => (int)((uint)x / 10),
        ["(int)((long long)x * y >> 17)"] = (x, y) => (int)((long)x * y >> 17),
        ["y == 0 ? 0 : (int)(((long long)x * 1000003) / y)"] = (x, y) => y == 0 ? 0 : (int)((long)x * 1000003 / y),
        ["__mulhi(x, y)"] = (x, y) => (int)((long)x * y >> 32),
        ["(int)__umulhi(x, y)"] = (x, y) => (int)((ulong)(uint)x * (uint)y >> 32),
        ["__mul24(x, y)"] = (x, y) => (x << 8 >> 8) * (y << 8 >> 8),
        ["min(x, y) ^ max(x, y)"] = (x, y) => Math.Min(x, y) ^ Math.Max(x, y),
        ["abs(x) + y"] = (x, y) => (x < 0 ? -x : x) + y,
        ["x << (y & 31)"] = (x, y) => x << y,
        ["x >> (y & 31)"] = (x, y) => x >> y,
        ["(int)((unsigned)x >> (y & 31))"] = (x, y) => x >>> y,
        ["__popc(x) + __clz(y) + __ffs(x)"] = (x, y) => BitOperations.PopCount((uint)x) + BitOperations.LeadingZeroCount((uint)y)
            + (x == 0 ? 0 : BitOperations.TrailingZeroCount(x) + 1),
        ["__popcll((long long)x * y) + __clzll((long long)y)"] = (x, y) =>
            BitOperations.PopCount((ulong)((long)x * y)) + BitOperations.LeadingZeroCount((ulong)(long)y),
        ["(int)__brev(x)"] = (x, _) => (int)Reverse((uint)x),
        ["(int)__byte_perm(x, y, 0x3715)"] = (x, y) => (int)Permute((uint)x, (uint)y, 0x3715),
        ["(int)__funnelshift_l(x, y, 11)"] = (x, y) => (int)((uint)y << 11 | (uint)x >> 21),
        ["(int)__funnelshift_rc(x, y, y)"] = (x, y) => (int)(((ulong)(uint)y << 32 | (uint)x) >> (int)Math.Min((uint)y, 32)),
        ["(x & y) | (~x & 0x1234567)"] = (x, y) => (x & y) | (~x & 0x1234567),
        ["(x >> 5) & 0x3f"] = (x, _) => (x >> 5) & 0x3f,
        ["(x << 20) >> 25"] = (x, _) => x << 20 >> 25,
        ["(int)(signed char)x + (int)(unsigned short)y"] = (x, y) => (sbyte)x + (ushort)y,
        ["(int)(short)(x + y)"] = (x, y) => (short)(x + y),
        ["__dp4a(x, y, 3)"] = (x, y) => 3 + Enumerable.Range(0, 4).Sum(i => (sbyte)(x >> (8 * i)) * (sbyte)(y >> (8 * i))),
        ["__sad(x, y, 5u)"] = (x, y) => (int)(5u + (uint)Math.Abs((long)x - y)),
        ["(int)__float2int_rn((float)x * 1e-3f) + __float2int_rz((float)y * 0.37f)"] = (x, y) =>
            (int)MathF.Round(x * 1e-3f) + (int)(y * 0.37f),
        ["__float_as_int((float)x) ^ __double2hiint((double)y)"] = (x, y) =>
            BitConverter.SingleToInt32Bits(x) ^ (int)(BitConverter.DoubleToInt64Bits(y) >> 32),
        ["__double2loint((double)x * 1e-3)"] = (x, _) => (int)BitConverter.DoubleToInt64Bits(x * 1e-3),
        ["(int)(unsigned short)((unsigned short)x / (unsigned short)10)"] = (x, _) => (ushort)x / 10,
        ["carried(x, y)"] = (x, y) => (int)((Spread(x) + (UInt128)Spread(y) >> 64) + Math.BigMul(Spread(x), Spread(y), out _)),
        ["sat(x, y)"] = (x, y) => (int)Math.Clamp((long)x + y, int.MinValue, int.MaxValue),
        ["mode(x, y)"] = (x, y) => (int)(Permute((uint)x, (uint)y, 0x4321) ^ Permute((uint)x, (uint)y, 0x3222)),
        ["three(x, y)"] = (x, y) => y >= 0 ? x : 5,
        ["jump(x & 3, y)"] = (x, y) => (x & 3) switch { 0 => y + 1, 1 => 10 * y, _ => -y },
        ["choose(x & 15, y)"] = (x, y) => (x & 15) switch
        {
            0 => y + 1,
            1 => y * 3,
            2 => y ^ 5,
            3 => y - 9,
            4 => ~y,
            5 => y << 2,
            6 => y >> 3,
            7 => y | 8,
            8 => y & 0xff,
            9 => 17,
            _ => y,
        },
    };

    private const string Instructions = """
        __device__ int sat(int x, int y) { int r; asm("add.sat.s32 %0, %1, %2;" : "=r"(r) : "r"(x), "r"(y)); return r; }
        __device__ int carried(int x, int y)
        {
            const unsigned long long a = x * 0x9e3779b97f4a7c15ull, b = y * 0x9e3779b97f4a7c15ull;
            unsigned long long high;
            asm("{ .reg .u64 low; add.cc.u64 low, %1, %2; madc.hi.u64 %0, %1, %2, 0; }" : "=l"(high) : "l"(a), "l"(b));
            return (int)high;
        }
        __device__ int three(int x, int y) { int r; asm("slct.s32.s32 %0, %1, 5, %2;" : "=r"(r) : "r"(x), "r"(y)); return r; }
        __device__ int mode(int x, int y)
        {
            int first, second;
            asm("prmt.b32.f4e %0, %1, %2, 1;" : "=r"(first) : "r"(x), "r"(y));
            asm("prmt.b32.ecl %0, %1, %2, 2;" : "=r"(second) : "r"(x), "r"(y));
            return first ^ second;
        }
        __device__ int jump(int which, int y)
        {
            int r;
            asm("{\n"
                "targets: .branchtargets first, second, other, other;\n"
                "brx.idx %1, targets;\n"
                "first: add.s32 %0, %2, 1;\n bra done;\n"
                "second: mul.lo.s32 %0, %2, 10;\n bra done;\n"
                "other: neg.s32 %0, %2;\n"
                "done:\n}" : "=r"(r) : "r"(which), "r"(y));
            return r;
        }
        """;

    private const string Choose = """
        __device__ __noinline__ int choose(int which, int y)
        {
            switch (which) {
                case 0: return y + 1;
                case 1: return y * 3;
                case 2: return y ^ 5;
                case 3: return y - 9;
                case 4: return ~y;
                case 5: return y << 2;
                case 6: return y >> 3;
                case 7: return y | 8;
                case 8: return y & 0xff;
                case 9: return 17;
                default: return y;
            }
        }

        """;

    public static TheoryData<string> Expressions => [.. Functions.Keys];

    [Theory, MemberData(nameof(Expressions))]
    public void An_expression_gives_just_what_it_should(string expression)
    {
        int[] xs = [.. Values.SelectMany(x => Values.Select(_ => x))], ys = [.. Values.SelectMany(_ => Values)];
        int[] got = Elementwise.Run<int, int>(("int", "int"), expression, xs, ys, Choose + Instructions);
        for (int i = 0; i < xs.Length; i++)
        {
            int wanted = unchecked(Functions[expression](xs[i], ys[i]));
            Assert.True(got[i] == wanted, $"{expression} at x = {xs[i]}, y = {ys[i]} is {got[i]} and should be {wanted}");
        }
    }

    private static ulong Spread(int x) => unchecked((ulong)x * 0x9e3779b97f4a7c15);

    private static uint Reverse(uint x)
    {
        uint reversed = 0;
        for (int i = 0; i < 32; i++) reversed |= (x >> i & 1) << (31 - i);
        return reversed;
    }

    private static uint Permute(uint x, uint y, uint selector)
    {
        ulong both = (ulong)y << 32 | x;
        uint result = 0;
        for (int i = 0; i < 4; i++) result |= ((uint)(both >> (int)(8 * (selector >> (4 * i) & 7))) & 0xFF) << (8 * i);
        return result;
    }
}
