using System.Runtime.Intrinsics;

namespace KernelForge.Emulation.Execution;

/// <summary>How operands are read and results written: as they are, narrowed to 16 bits, with subnormals flushed, clamped to [0, 1].</summary>
internal interface IForm<T>
{
    static abstract Vector512<T> In(Vector512<T> value);

    static abstract Vector512<T> Out(Vector512<T> value);
}

internal readonly struct Plain<T> : IForm<T>
{
    public static Vector512<T> In(Vector512<T> value) => value;

    public static Vector512<T> Out(Vector512<T> value) => value;
}

/// <summary>16 bits in the low half of a lane, the upper half zero.</summary>
internal readonly struct Unsigned16 : IForm<uint>
{
    public static Vector512<uint> In(Vector512<uint> value) => value;

    public static Vector512<uint> Out(Vector512<uint> value) => value & Vector512.Create(0xFFFFu);
}

/// <summary>16 bits in the low half of a lane, the upper half zero; their sign is extended for the computation.</summary>
internal readonly struct Signed16 : IForm<int>
{
    public static Vector512<int> In(Vector512<int> value) => (value << 16) >> 16;

    public static Vector512<int> Out(Vector512<int> value) => value & Vector512.Create(0xFFFF);
}

internal readonly struct Flushed : IForm<float>
{
    public static Vector512<float> In(Vector512<float> value) => Flush(value);

    public static Vector512<float> Out(Vector512<float> value) => Flush(value);

    // A zero exponent leaves the sign alone.
    public static Vector512<float> Flush(Vector512<float> value)
    {
        Vector512<int> exponent = value.AsInt32() & Vector512.Create(0x7F80_0000);
        Vector512<float> sign = value & Vector512.Create(-0f);
        return Vector512.ConditionalSelect(Vector512.Equals(exponent, Vector512<int>.Zero).AsSingle(), sign, value);
    }
}

/// <summary>f16 in the low half of a lane, widened for a comparison.</summary>
internal readonly struct FromHalf : IForm<float>
{
    public static Vector512<float> In(Vector512<float> value)
    {
        Vector512<float> wide = value;
        for (int i = 0; i < Vector512<float>.Count; i++) wide = wide.WithElement(i, Rounding.FromHalf(value.AsUInt32()[i] & 0xFFFF));
        return wide;
    }

    public static Vector512<float> Out(Vector512<float> value) => value;
}

/// <summary>bf16 in the low half of a lane, widened for a comparison.</summary>
internal readonly struct FromBFloat : IForm<float>
{
    public static Vector512<float> In(Vector512<float> value) => (value.AsUInt32() << 16).AsSingle();

    public static Vector512<float> Out(Vector512<float> value) => value;
}

/// <summary>Results clamped to [0, 1]; NaN becomes 0.</summary>
internal readonly struct Saturated : IForm<float>
{
    public static Vector512<float> In(Vector512<float> value) => value;

    public static Vector512<float> Out(Vector512<float> value)
    {
        Vector512<float> number = Vector512.ConditionalSelect(Vector512.Equals(value, value), value, Vector512<float>.Zero);
        return Vector512.Min(Vector512.Max(number, Vector512<float>.Zero), Vector512.Create(1f));
    }
}

internal readonly struct FlushedSaturated : IForm<float>
{
    public static Vector512<float> In(Vector512<float> value) => Flushed.Flush(value);

    public static Vector512<float> Out(Vector512<float> value) => Saturated.Out(Flushed.Flush(value));
}
