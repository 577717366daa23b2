using System.Runtime.Intrinsics;
using KernelForge.Emulation.Ptx;

namespace KernelForge.Emulation.Execution;

/// <summary>
/// mma: D = A · B + C. Sums of floats are one chain of fused multiply-adds over ascending k; hardware adds several products at a time and
/// drops low bits on the way, so results agree within its error and not to the bit.
/// </summary>
internal static unsafe class MatrixProducts
{
    public static void Floats(Warp warp, Instruction instruction, uint mask)
    {
        MatrixShape shape = instruction.Product!;
        float* a = stackalloc float[16 * 32];
        float* b = stackalloc float[32 * 8];
        float* c = stackalloc float[16 * 8];
        for (int half = 0; half < shape.RowHalves; half++)
            for (int step = 0; step < shape.Steps; step++)
                Spread(warp, shape, A(instruction, half, step), step, a + 8 * half * shape.Depth, shape.Depth, 1);
        for (int step = 0; step < shape.Steps; step++) Spread(warp, shape, B(instruction, step), step, b, 1, 8);
        GatherSums(warp, instruction, c);
        for (int row = 0; row < shape.Rows; row += 4) MultiplyRows(a + row * shape.Depth, b, c + 8 * row, shape.Depth);
        PutSums(warp, instruction, c);
        Count(warp, shape);
    }

    public static void Doubles(Warp warp, Instruction instruction, uint mask)
    {
        MatrixShape shape = instruction.Product!;
        double* a = (double*)(warp.Registers + A(instruction, 0, 0));
        double* b = (double*)(warp.Registers + B(instruction, 0));
        double* results = stackalloc double[64];
        for (int lane = 0; lane < 32; lane++)
        {
            for (int column = 0; column < 2; column++)
            {
                double sum = ((double*)(warp.Registers + C(instruction, column)))[lane];
                for (int k = 0; k < 4; k++) sum = Math.FusedMultiplyAdd(a[4 * (lane / 4) + k], b[4 * (2 * (lane % 4) + column) + k], sum);
                results[2 * lane + column] = sum;
            }
        }
        for (int lane = 0; lane < 32; lane++)
            for (int column = 0; column < 2; column++)
                ((double*)(warp.Registers + instruction.Registers[column]))[lane] = results[2 * lane + column];
        Count(warp, shape);
    }

    public static void Integers(Warp warp, Instruction instruction, uint mask)
    {
        MatrixShape shape = instruction.Product!;
        int* a = stackalloc int[16 * 32];
        int* b = stackalloc int[32 * 8];
        for (int half = 0; half < shape.RowHalves; half++)
            for (int step = 0; step < shape.Steps; step++)
                SpreadBytes(warp, A(instruction, half, step), step, a + 8 * half * shape.Depth, shape.Depth, 1, shape.Factor);
        for (int step = 0; step < shape.Steps; step++) SpreadBytes(warp, B(instruction, step), step, b, 1, 8, shape.FactorB);
        for (int lane = 0; lane < 32; lane++)
        {
            for (int i = 0; i < shape.SumRegisters; i++)
            {
                int row = lane / 4 + 8 * (i / 2), column = 2 * (lane % 4) + i % 2;
                long sum = ((int*)(warp.Registers + C(instruction, i)))[lane];
                for (int k = 0; k < shape.Depth; k++) sum += (long)a[row * shape.Depth + k] * b[8 * k + column];
                ((int*)(warp.Registers + instruction.Registers[i]))[lane] =
                    shape.Saturates ? (int)Math.Clamp(sum, int.MinValue, int.MaxValue) : (int)sum;
            }
        }
        Count(warp, shape);
    }

    // Four rows at a time, so that their chains of additions run side by side.
    private static void MultiplyRows(float* a, float* b, float* c, int depth)
    {
        Vector256<float> c0 = Vector256.Load(c), c1 = Vector256.Load(c + 8), c2 = Vector256.Load(c + 16), c3 = Vector256.Load(c + 24);
        for (int k = 0; k < depth; k++)
        {
            Vector256<float> column = Vector256.Load(b + 8 * k);
            c0 = Vector256.FusedMultiplyAdd(Vector256.Create(a[k]), column, c0);
            c1 = Vector256.FusedMultiplyAdd(Vector256.Create(a[depth + k]), column, c1);
            c2 = Vector256.FusedMultiplyAdd(Vector256.Create(a[2 * depth + k]), column, c2);
            c3 = Vector256.FusedMultiplyAdd(Vector256.Create(a[3 * depth + k]), column, c3);
        }
        c0.Store(c);
        c1.Store(c + 8);
        c2.Store(c + 16);
        c3.Store(c + 24);
    }

    private static int A(Instruction instruction, int half, int step) =>
        instruction.Registers[instruction.Product!.SumRegisters + half + instruction.Product.RowHalves * step];

    private static int B(Instruction instruction, int step) =>
        instruction.Registers[instruction.Product!.SumRegisters + instruction.Product.RowHalves * instruction.Product.Steps + step];

    private static int C(Instruction instruction, int index) =>
        instruction.Registers[instruction.Product!.RegisterCount - instruction.Product.SumRegisters + index];

    // Element k of line g goes to to[g * lineStride + k * depthStride].
    private static void Spread(Warp warp, MatrixShape shape, int register, int step, float* to, int lineStride, int depthStride)
    {
        float* low = stackalloc float[32], high = stackalloc float[32];
        for (int part = 0; part < 2; part++)
        {
            Vector512<uint> bits = Lanes.Get<uint>(warp, register, part);
            (Vector512<float> even, Vector512<float> odd) = shape.Factor switch
            {
                ScalarType.F16 => (WidenHalf(bits & Vector512.Create(0xFFFFu)), WidenHalf(bits >> 16)),
                ScalarType.BF16 => ((bits << 16).AsSingle(), (bits & Vector512.Create(0xFFFF_0000u)).AsSingle()),
                // The low 13 bits of a tf32 factor do not count.
                _ => ((bits & Vector512.Create(0xFFFF_E000u)).AsSingle(), Vector512<float>.Zero),
            };
            even.Store(low + 16 * part);
            odd.Store(high + 16 * part);
        }
        for (int line = 0; line < 8; line++)
        {
            float* at = to + line * lineStride + 4 * step * shape.PerRegister * depthStride;
            for (int t = 0; t < 4; t++, at += shape.PerRegister * depthStride)
            {
                at[0] = low[4 * line + t];
                if (shape.PerRegister == 2) at[depthStride] = high[4 * line + t];
            }
        }
    }

    // Shifted into a float's place, a half is too small by 2^112, subnormals too; infinity and NaN need their exponent back.
    private static Vector512<float> WidenHalf(Vector512<uint> half)
    {
        Vector512<uint> exponent = Vector512.Create(0x7C00u);
        Vector512<float> scaled = ((half & Vector512.Create(0x7FFFu)) << 13).AsSingle() * Vector512.Create(BitConverter.UInt32BitsToSingle(0x7780_0000));
        Vector512<uint> special = Vector512.Equals(half & exponent, exponent) & Vector512.Create(0x7F80_0000u);
        return (scaled.AsUInt32() | special | ((half & Vector512.Create(0x8000u)) << 16)).AsSingle();
    }

    private static void SpreadBytes(Warp warp, int register, int step, int* to, int lineStride, int depthStride, ScalarType type)
    {
        uint* bits = (uint*)(warp.Registers + register);
        for (int lane = 0; lane < 32; lane++)
        {
            for (int i = 0; i < 4; i++)
            {
                byte value = (byte)(bits[lane] >> (8 * i));
                to[lane / 4 * lineStride + (4 * (lane % 4 + 4 * step) + i) * depthStride] = type == ScalarType.S8 ? (sbyte)value : value;
            }
        }
    }

    // The sums of eight rows lie in memory in the order of the lanes, two to each.
    private static void GatherSums(Warp warp, Instruction instruction, float* c)
    {
        MatrixShape shape = instruction.Product!;
        for (int half = 0; half < shape.RowHalves; half++, c += 64)
        {
            if (shape.Sum == ScalarType.F16)
            {
                uint* both = (uint*)(warp.Registers + C(instruction, half));
                for (int lane = 0; lane < 32; lane++)
                    (c[2 * lane], c[2 * lane + 1]) = (Rounding.FromHalf(both[lane] & 0xFFFF), Rounding.FromHalf(both[lane] >> 16));
                continue;
            }
            float* even = (float*)(warp.Registers + C(instruction, 2 * half)), odd = (float*)(warp.Registers + C(instruction, 2 * half + 1));
            for (int lane = 0; lane < 32; lane++)
            {
                c[2 * lane] = even[lane];
                c[2 * lane + 1] = odd[lane];
            }
        }
    }

    private static void PutSums(Warp warp, Instruction instruction, float* c)
    {
        MatrixShape shape = instruction.Product!;
        int[] d = instruction.Registers;
        for (int half = 0; half < shape.RowHalves; half++, c += 64)
        {
            if (shape.Sum == ScalarType.F16)
            {
                uint* both = (uint*)(warp.Registers + d[half]);
                for (int lane = 0; lane < 32; lane++)
                    both[lane] = BitConverter.HalfToUInt16Bits((Half)c[2 * lane]) | (uint)BitConverter.HalfToUInt16Bits((Half)c[2 * lane + 1]) << 16;
                continue;
            }
            float* even = (float*)(warp.Registers + d[2 * half]), odd = (float*)(warp.Registers + d[2 * half + 1]);
            for (int lane = 0; lane < 32; lane++)
            {
                even[lane] = c[2 * lane];
                odd[lane] = c[2 * lane + 1];
            }
        }
    }

    private static void Count(Warp warp, MatrixShape shape) => warp.Block.Grid.Statistics.MultiplyAdds += 8L * shape.Rows * shape.Depth;
}
