using System.Numerics;

namespace KernelForge.Emulation.Execution;

// Division by zero gives what hardware gives: all ones; the remainder is then the dividend.
internal readonly struct DivideSigned32 : IScalar2<int, int, int>
{
    public static int Do(int a, int b) => b == 0 ? -1 : b == -1 ? -a : a / b;
}

internal readonly struct DivideUnsigned32 : IScalar2<uint, uint, uint>
{
    public static uint Do(uint a, uint b) => b == 0 ? uint.MaxValue : a / b;
}

internal readonly struct DivideSigned64 : IScalar2<long, long, long>
{
    public static long Do(long a, long b) => b == 0 ? -1 : b == -1 ? -a : a / b;
}

internal readonly struct DivideUnsigned64 : IScalar2<ulong, ulong, ulong>
{
    public static ulong Do(ulong a, ulong b) => b == 0 ? ulong.MaxValue : a / b;
}

internal readonly struct RemainderSigned32 : IScalar2<int, int, int>
{
    public static int Do(int a, int b) => b == 0 ? a : b == -1 ? 0 : a % b;
}

internal readonly struct RemainderUnsigned32 : IScalar2<uint, uint, uint>
{
    public static uint Do(uint a, uint b) => b == 0 ? a : a % b;
}

internal readonly struct RemainderSigned64 : IScalar2<long, long, long>
{
    public static long Do(long a, long b) => b == 0 ? a : b == -1 ? 0 : a % b;
}

internal readonly struct RemainderUnsigned64 : IScalar2<ulong, ulong, ulong>
{
    public static ulong Do(ulong a, ulong b) => b == 0 ? a : a % b;
}

internal readonly struct DivideSigned16 : IScalar2<uint, uint, uint>
{
    public static uint Do(uint a, uint b) => (ushort)DivideSigned32.Do((short)a, (short)b);
}

internal readonly struct DivideUnsigned16 : IScalar2<uint, uint, uint>
{
    public static uint Do(uint a, uint b) => (ushort)DivideUnsigned32.Do(a, b);
}

internal readonly struct RemainderSigned16 : IScalar2<uint, uint, uint>
{
    public static uint Do(uint a, uint b) => (ushort)RemainderSigned32.Do((short)a, (short)b);
}

internal readonly struct RemainderUnsigned16 : IScalar2<uint, uint, uint>
{
    public static uint Do(uint a, uint b) => (ushort)RemainderUnsigned32.Do(a, b);
}

internal readonly struct HighSigned32 : IScalar2<int, int, int>
{
    public static int Do(int a, int b) => (int)((long)a * b >> 32);
}

internal readonly struct HighUnsigned32 : IScalar2<uint, uint, uint>
{
    public static uint Do(uint a, uint b) => (uint)((ulong)a * b >> 32);
}

internal readonly struct HighSigned64 : IScalar2<long, long, long>
{
    public static long Do(long a, long b) => Math.BigMul(a, b, out _);
}

internal readonly struct HighUnsigned64 : IScalar2<ulong, ulong, ulong>
{
    public static ulong Do(ulong a, ulong b) => Math.BigMul(a, b, out _);
}

internal readonly struct HighAdd<TOp, T> : IScalar3<T, T, T, T> where TOp : IScalar2<T, T, T> where T : IAdditionOperators<T, T, T>
{
    public static T Do(T a, T b, T c) => unchecked(TOp.Do(a, b) + c);
}

internal readonly struct WideSigned16 : IScalar2<uint, uint, int>
{
    public static int Do(uint a, uint b) => (short)a * (short)b;
}

internal readonly struct WideUnsigned16 : IScalar2<uint, uint, uint>
{
    public static uint Do(uint a, uint b) => (ushort)a * (uint)(ushort)b;
}

internal readonly struct ShiftLeft32 : IScalar2<uint, uint, uint>
{
    public static uint Do(uint a, uint b) => b > 31 ? 0 : a << (int)b;
}

internal readonly struct ShiftLeft64 : IScalar2<ulong, uint, ulong>
{
    public static ulong Do(ulong a, uint b) => b > 63 ? 0 : a << (int)b;
}

internal readonly struct ShiftLeft16 : IScalar2<uint, uint, uint>
{
    public static uint Do(uint a, uint b) => b > 15 ? 0 : a << (int)b & 0xFFFF;
}

internal readonly struct ShiftRight32 : IScalar2<uint, uint, uint>
{
    public static uint Do(uint a, uint b) => b > 31 ? 0 : a >> (int)b;
}

internal readonly struct ShiftRight64 : IScalar2<ulong, uint, ulong>
{
    public static ulong Do(ulong a, uint b) => b > 63 ? 0 : a >> (int)b;
}

internal readonly struct ShiftRight16 : IScalar2<uint, uint, uint>
{
    public static uint Do(uint a, uint b) => b > 15 ? 0 : a >> (int)b;
}

internal readonly struct ShiftRightSigned32 : IScalar2<int, uint, int>
{
    public static int Do(int a, uint b) => a >> (int)Math.Min(b, 31);
}

internal readonly struct ShiftRightSigned64 : IScalar2<long, uint, long>
{
    public static long Do(long a, uint b) => a >> (int)Math.Min(b, 63);
}

internal readonly struct ShiftRightSigned16 : IScalar2<uint, uint, uint>
{
    public static uint Do(uint a, uint b) => (ushort)((short)a >> (int)Math.Min(b, 15));
}

internal readonly struct HighSigned16 : IScalar2<uint, uint, uint>
{
    public static uint Do(uint a, uint b) => (ushort)((short)a * (short)b >> 16);
}

internal readonly struct HighUnsigned16 : IScalar2<uint, uint, uint>
{
    public static uint Do(uint a, uint b) => (ushort)a * (uint)(ushort)b >> 16;
}

internal readonly struct WideAdd<TOp, T> : IScalar3<uint, uint, T, T> where TOp : IScalar2<uint, uint, T> where T : System.Numerics.INumber<T>
{
    public static T Do(uint a, uint b, T c) => unchecked(TOp.Do(a, b) + c);
}

/// <summary>The low 24 bits of two numbers: the low half of their product, or the 32 bits from bit 16 on.</summary>
internal readonly struct Low24Signed : IScalar2<int, int, int>
{
    public static int Do(int a, int b) => (a << 8 >> 8) * (b << 8 >> 8);
}

/// <inheritdoc cref="Low24Signed"/>
internal readonly struct Low24Unsigned : IScalar2<uint, uint, uint>
{
    public static uint Do(uint a, uint b) => (a & 0xFF_FFFF) * (b & 0xFF_FFFF);
}

/// <inheritdoc cref="Low24Signed"/>
internal readonly struct High24Signed : IScalar2<int, int, int>
{
    public static int Do(int a, int b) => (int)((long)(a << 8 >> 8) * (b << 8 >> 8) >> 16);
}

/// <inheritdoc cref="Low24Signed"/>
internal readonly struct High24Unsigned : IScalar2<uint, uint, uint>
{
    public static uint Do(uint a, uint b) => (uint)((ulong)(a & 0xFF_FFFF) * (b & 0xFF_FFFF) >> 16);
}

internal readonly struct AddSaturated : IScalar2<int, int, int>
{
    public static int Do(int a, int b) => (int)Math.Clamp((long)a + b, int.MinValue, int.MaxValue);
}

internal readonly struct SubtractSaturated : IScalar2<int, int, int>
{
    public static int Do(int a, int b) => (int)Math.Clamp((long)a - b, int.MinValue, int.MaxValue);
}

internal readonly struct DifferenceSigned : IScalar3<int, int, int, int>
{
    public static int Do(int a, int b, int c) => c + (int)Math.Abs((long)a - b);
}

internal readonly struct DifferenceUnsigned : IScalar3<uint, uint, uint, uint>
{
    public static uint Do(uint a, uint b, uint c) => c + (a < b ? b - a : a - b);
}
