using System.Numerics;
using System.Runtime.Intrinsics;

namespace KernelForge.Emulation.Execution;

internal interface IVector1<T>
{
    static abstract Vector512<T> Do(Vector512<T> a);
}

internal interface IVector2<T>
{
    static abstract Vector512<T> Do(Vector512<T> a, Vector512<T> b);
}

internal interface IVector3<T>
{
    static abstract Vector512<T> Do(Vector512<T> a, Vector512<T> b, Vector512<T> c);
}

/// <summary>Instructions that compute all lanes of a vector alike.</summary>
internal static unsafe class Vectors
{
    public static void Move<T>(Warp warp, Instruction instruction, uint mask) where T : unmanaged
    {
        T* to = (T*)(warp.Registers + instruction.D);
        for (int part = 0; part < Lanes.Parts<T>(); part++) Lanes.Put(to, part, Lanes.Get<T>(warp, instruction.A, part), mask);
    }

    public static void Run1<TOp, T, TForm>(Warp warp, Instruction instruction, uint mask)
        where T : unmanaged where TOp : IVector1<T> where TForm : IForm<T>
    {
        T* to = (T*)(warp.Registers + instruction.D);
        for (int part = 0; part < Lanes.Parts<T>(); part++)
            Lanes.Put(to, part, TForm.Out(TOp.Do(TForm.In(Lanes.Get<T>(warp, instruction.A, part)))), mask);
    }

    public static void Run2<TOp, T, TForm>(Warp warp, Instruction instruction, uint mask)
        where T : unmanaged where TOp : IVector2<T> where TForm : IForm<T>
    {
        T* to = (T*)(warp.Registers + instruction.D);
        for (int part = 0; part < Lanes.Parts<T>(); part++)
        {
            Vector512<T> a = TForm.In(Lanes.Get<T>(warp, instruction.A, part));
            Vector512<T> b = TForm.In(Lanes.Get<T>(warp, instruction.B, part));
            Lanes.Put(to, part, TForm.Out(TOp.Do(a, b)), mask);
        }
    }

    public static void Run3<TOp, T, TForm>(Warp warp, Instruction instruction, uint mask)
        where T : unmanaged where TOp : IVector3<T> where TForm : IForm<T>
    {
        T* to = (T*)(warp.Registers + instruction.D);
        for (int part = 0; part < Lanes.Parts<T>(); part++)
        {
            Vector512<T> a = TForm.In(Lanes.Get<T>(warp, instruction.A, part));
            Vector512<T> b = TForm.In(Lanes.Get<T>(warp, instruction.B, part));
            Vector512<T> c = TForm.In(Lanes.Get<T>(warp, instruction.C, part));
            Lanes.Put(to, part, TForm.Out(TOp.Do(a, b, c)), mask);
        }
    }

    public static void Fma<TForm>(Warp warp, Instruction instruction, uint mask) where TForm : IForm<float>
    {
        Run3<FusedMultiplyAdd, float, TForm>(warp, instruction, mask);
        warp.Block.Grid.Statistics.MultiplyAdds += BitOperations.PopCount(mask);
    }

    /// <summary>32-bit products kept whole, plus C where it is there.</summary>
    public static void WideSigned(Warp warp, Instruction instruction, uint mask)
    {
        long* to = (long*)(warp.Registers + instruction.D);
        Vector512<long>* sums = stackalloc Vector512<long>[4];
        for (int part = 0; part < 2; part++)
        {
            (Vector512<long> a0, Vector512<long> a1) = Vector512.Widen(Lanes.Get<int>(warp, instruction.A, part));
            (Vector512<long> b0, Vector512<long> b1) = Vector512.Widen(Lanes.Get<int>(warp, instruction.B, part));
            sums[2 * part] = a0 * b0;
            sums[2 * part + 1] = a1 * b1;
        }
        for (int part = 0; part < 4; part++)
            Lanes.Put(to, part, instruction.C < 0 ? sums[part] : sums[part] + Lanes.Get<long>(warp, instruction.C, part), mask);
    }

    /// <inheritdoc cref="WideSigned"/>
    public static void WideUnsigned(Warp warp, Instruction instruction, uint mask)
    {
        ulong* to = (ulong*)(warp.Registers + instruction.D);
        Vector512<ulong>* sums = stackalloc Vector512<ulong>[4];
        for (int part = 0; part < 2; part++)
        {
            (Vector512<ulong> a0, Vector512<ulong> a1) = Vector512.Widen(Lanes.Get<uint>(warp, instruction.A, part));
            (Vector512<ulong> b0, Vector512<ulong> b1) = Vector512.Widen(Lanes.Get<uint>(warp, instruction.B, part));
            sums[2 * part] = a0 * b0;
            sums[2 * part + 1] = a1 * b1;
        }
        for (int part = 0; part < 4; part++)
            Lanes.Put(to, part, instruction.C < 0 ? sums[part] : sums[part] + Lanes.Get<ulong>(warp, instruction.C, part), mask);
    }

    public static void WidenSigned(Warp warp, Instruction instruction, uint mask)
    {
        long* to = (long*)(warp.Registers + instruction.D);
        (Vector512<long> v0, Vector512<long> v1) = Vector512.Widen(Lanes.Get<int>(warp, instruction.A, 0));
        (Vector512<long> v2, Vector512<long> v3) = Vector512.Widen(Lanes.Get<int>(warp, instruction.A, 1));
        Lanes.Put(to, 0, v0, mask);
        Lanes.Put(to, 1, v1, mask);
        Lanes.Put(to, 2, v2, mask);
        Lanes.Put(to, 3, v3, mask);
    }

    public static void WidenUnsigned(Warp warp, Instruction instruction, uint mask)
    {
        ulong* to = (ulong*)(warp.Registers + instruction.D);
        (Vector512<ulong> v0, Vector512<ulong> v1) = Vector512.Widen(Lanes.Get<uint>(warp, instruction.A, 0));
        (Vector512<ulong> v2, Vector512<ulong> v3) = Vector512.Widen(Lanes.Get<uint>(warp, instruction.A, 1));
        Lanes.Put(to, 0, v0, mask);
        Lanes.Put(to, 1, v1, mask);
        Lanes.Put(to, 2, v2, mask);
        Lanes.Put(to, 3, v3, mask);
    }

    public static void Narrow(Warp warp, Instruction instruction, uint mask)
    {
        uint* to = (uint*)(warp.Registers + instruction.D);
        for (int part = 0; part < 2; part++)
            Lanes.Put(to, part, Vector512.Narrow(
                Lanes.Get<ulong>(warp, instruction.A, 2 * part), Lanes.Get<ulong>(warp, instruction.A, 2 * part + 1)), mask);
    }

    /// <summary>A where the predicate holds, else B.</summary>
    public static void Select<T>(Warp warp, Instruction instruction, uint mask) where T : unmanaged
    {
        T* to = (T*)(warp.Registers + instruction.D);
        uint holds = Lanes.Predicate(warp, instruction.E, instruction.Negated);
        for (int part = 0; part < Lanes.Parts<T>(); part++)
        {
            Vector512<T> chosen = Lanes.Expand<T>(holds >> (part * Vector512<T>.Count));
            Lanes.Put(to, part, Vector512.ConditionalSelect(
                chosen, Lanes.Get<T>(warp, instruction.A, part), Lanes.Get<T>(warp, instruction.B, part)), mask);
        }
    }

    /// <summary>Shifts by the same count in every lane, which is below the width.</summary>
    public static void ShiftLeft<T>(Warp warp, Instruction instruction, uint mask) where T : unmanaged
    {
        T* to = (T*)(warp.Registers + instruction.D);
        for (int part = 0; part < Lanes.Parts<T>(); part++)
            Lanes.Put(to, part, Lanes.Get<T>(warp, instruction.A, part) << (int)instruction.Immediate, mask);
    }

    /// <inheritdoc cref="ShiftLeft"/>
    public static void ShiftRight<T>(Warp warp, Instruction instruction, uint mask) where T : unmanaged
    {
        T* to = (T*)(warp.Registers + instruction.D);
        for (int part = 0; part < Lanes.Parts<T>(); part++)
            Lanes.Put(to, part, Lanes.Get<T>(warp, instruction.A, part) >> (int)instruction.Immediate, mask);
    }
}

internal readonly struct Add<T> : IVector2<T>
{
    public static Vector512<T> Do(Vector512<T> a, Vector512<T> b) => a + b;
}

internal readonly struct Subtract<T> : IVector2<T>
{
    public static Vector512<T> Do(Vector512<T> a, Vector512<T> b) => a - b;
}

internal readonly struct Multiply<T> : IVector2<T>
{
    public static Vector512<T> Do(Vector512<T> a, Vector512<T> b) => a * b;
}

internal readonly struct Divide<T> : IVector2<T>
{
    public static Vector512<T> Do(Vector512<T> a, Vector512<T> b) => a / b;
}

internal readonly struct Minimum<T> : IVector2<T>
{
    public static Vector512<T> Do(Vector512<T> a, Vector512<T> b) => Vector512.Min(a, b);
}

internal readonly struct Maximum<T> : IVector2<T>
{
    public static Vector512<T> Do(Vector512<T> a, Vector512<T> b) => Vector512.Max(a, b);
}

/// <summary>Of floats: NaN gives way to a number, and -0 is less than +0.</summary>
internal readonly struct MinimumNumber<T> : IVector2<T>
{
    public static Vector512<T> Do(Vector512<T> a, Vector512<T> b) => Vector512.MinNumber(a, b);
}

/// <inheritdoc cref="MinimumNumber{T}"/>
internal readonly struct MaximumNumber<T> : IVector2<T>
{
    public static Vector512<T> Do(Vector512<T> a, Vector512<T> b) => Vector512.MaxNumber(a, b);
}

internal readonly struct And<T> : IVector2<T>
{
    public static Vector512<T> Do(Vector512<T> a, Vector512<T> b) => a & b;
}

internal readonly struct Or<T> : IVector2<T>
{
    public static Vector512<T> Do(Vector512<T> a, Vector512<T> b) => a | b;
}

internal readonly struct ExclusiveOr<T> : IVector2<T>
{
    public static Vector512<T> Do(Vector512<T> a, Vector512<T> b) => a ^ b;
}

internal readonly struct Same<T> : IVector1<T>
{
    public static Vector512<T> Do(Vector512<T> a) => a;
}

internal readonly struct Not<T> : IVector1<T>
{
    public static Vector512<T> Do(Vector512<T> a) => ~a;
}

internal readonly struct Negate<T> : IVector1<T>
{
    public static Vector512<T> Do(Vector512<T> a) => -a;
}

internal readonly struct Absolute<T> : IVector1<T>
{
    public static Vector512<T> Do(Vector512<T> a) => Vector512.Abs(a);
}

internal readonly struct SquareRoot<T> : IVector1<T>
{
    public static Vector512<T> Do(Vector512<T> a) => Vector512.Sqrt(a);
}

internal readonly struct MultiplyAdd<T> : IVector3<T>
{
    public static Vector512<T> Do(Vector512<T> a, Vector512<T> b, Vector512<T> c) => a * b + c;
}

internal readonly struct FusedMultiplyAdd : IVector3<float>
{
    public static Vector512<float> Do(Vector512<float> a, Vector512<float> b, Vector512<float> c) => Vector512.FusedMultiplyAdd(a, b, c);
}

internal readonly struct FusedMultiplyAddDouble : IVector3<double>
{
    public static Vector512<double> Do(Vector512<double> a, Vector512<double> b, Vector512<double> c) => Vector512.FusedMultiplyAdd(a, b, c);
}
