using System.Numerics;

namespace KernelForge.Emulation.Execution;

/// <summary>The steps of f32 instructions that round in a direction or flush subnormals, a lane at a time. Immediate: the rounding mode; Target: 1 flushes, 2 clamps.</summary>
internal static unsafe class Floats
{
    public static void Add(Warp warp, Instruction instruction, uint mask) =>
        Each(warp, instruction, mask, &AddOne);

    public static void Subtract(Warp warp, Instruction instruction, uint mask) =>
        Each(warp, instruction, mask, &SubtractOne);

    public static void Multiply(Warp warp, Instruction instruction, uint mask) =>
        Each(warp, instruction, mask, &MultiplyOne);

    public static void Divide(Warp warp, Instruction instruction, uint mask) =>
        Each(warp, instruction, mask, &DivideOne);

    public static void MultiplyAdd(Warp warp, Instruction instruction, uint mask)
    {
        Each(warp, instruction, mask, &MultiplyAddOne);
        warp.Block.Grid.Statistics.MultiplyAdds += BitOperations.PopCount(mask);
    }

    public static void Reciprocal(Warp warp, Instruction instruction, uint mask) =>
        Each(warp, instruction, mask, &ReciprocalOne);

    public static void SquareRoot(Warp warp, Instruction instruction, uint mask) =>
        Each(warp, instruction, mask, &SquareRootOne);

    public static void ReciprocalSquareRoot(Warp warp, Instruction instruction, uint mask) =>
        Each(warp, instruction, mask, &ReciprocalSquareRootOne);

    public static void Exp2(Warp warp, Instruction instruction, uint mask) => Each(warp, instruction, mask, &Exp2One);

    public static void Log2(Warp warp, Instruction instruction, uint mask) => Each(warp, instruction, mask, &Log2One);

    public static void Sine(Warp warp, Instruction instruction, uint mask) => Each(warp, instruction, mask, &SineOne);

    public static void Cosine(Warp warp, Instruction instruction, uint mask) => Each(warp, instruction, mask, &CosineOne);

    public static void Tangent(Warp warp, Instruction instruction, uint mask) => Each(warp, instruction, mask, &TangentOne);

    private static float AddOne(float a, float b, float c, RoundingMode mode) => Rounding.Add(a, b, mode);

    private static float SubtractOne(float a, float b, float c, RoundingMode mode) => Rounding.Add(a, -b, mode);

    private static float MultiplyOne(float a, float b, float c, RoundingMode mode) => Rounding.Multiply(a, b, mode);

    private static float DivideOne(float a, float b, float c, RoundingMode mode) => Rounding.Divide(a, b, mode);

    private static float MultiplyAddOne(float a, float b, float c, RoundingMode mode) => Rounding.MultiplyAdd(a, b, c, mode);

    private static float ReciprocalOne(float a, float b, float c, RoundingMode mode) => Rounding.Divide(1, a, mode);

    private static float SquareRootOne(float a, float b, float c, RoundingMode mode) => Rounding.SquareRoot(a, mode);

    // The approximations of hardware are within their documented error of these.
    private static float ReciprocalSquareRootOne(float a, float b, float c, RoundingMode mode) => (float)(1 / Math.Sqrt(a));

    private static float Exp2One(float a, float b, float c, RoundingMode mode) => (float)double.Exp2(a);

    private static float Log2One(float a, float b, float c, RoundingMode mode) => (float)Math.Log2(a);

    private static float SineOne(float a, float b, float c, RoundingMode mode) => (float)Math.Sin(a);

    private static float CosineOne(float a, float b, float c, RoundingMode mode) => (float)Math.Cos(a);

    private static float TangentOne(float a, float b, float c, RoundingMode mode) => (float)Math.Tanh(a);

    private static void Each(
        Warp warp, Instruction instruction, uint mask, delegate*<float, float, float, RoundingMode, float> compute)
    {
        float* d = (float*)(warp.Registers + instruction.D);
        float* a = (float*)(warp.Registers + instruction.A);
        float* b = (float*)(warp.Registers + Math.Max(instruction.B, 0));
        float* c = (float*)(warp.Registers + Math.Max(instruction.C, 0));
        var mode = (RoundingMode)instruction.Immediate;
        bool flush = (instruction.Target & 1) != 0, clamp = (instruction.Target & 2) != 0;
        for (int lane = 0; lane < 32; lane++)
        {
            if (!Lanes.Has(mask, lane)) continue;
            float value = flush
                ? Flush(compute(Flush(a[lane]), Flush(b[lane]), Flush(c[lane]), mode))
                : compute(a[lane], b[lane], c[lane], mode);
            d[lane] = clamp ? (value > 0 ? Math.Min(value, 1) : 0) : value;
        }
    }

    public static float Flush(float value) => float.IsSubnormal(value) ? MathF.CopySign(0, value) : value;
}

internal readonly struct CopySign32 : IScalar2<uint, uint, uint>
{
    public static uint Do(uint a, uint b) => (b & 0x7FFF_FFFF) | (a & 0x8000_0000);
}

internal readonly struct CopySign64 : IScalar2<ulong, ulong, ulong>
{
    public static ulong Do(ulong a, ulong b) => (b & long.MaxValue) | (a & ~(ulong)long.MaxValue);
}

internal readonly struct ReciprocalDouble : IScalar1<double, double>
{
    public static double Do(double a) => 1 / a;
}

internal readonly struct ReciprocalSquareRootDouble : IScalar1<double, double>
{
    public static double Do(double a) => 1 / Math.Sqrt(a);
}
