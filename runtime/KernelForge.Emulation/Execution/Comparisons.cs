using System.Runtime.Intrinsics;

namespace KernelForge.Emulation.Execution;

internal interface IComparison<T>
{
    static abstract Vector512<T> Test(Vector512<T> a, Vector512<T> b);
}

/// <summary>setp and set: comparisons into predicates, combined with another predicate where there is one.</summary>
internal static unsafe class Comparisons
{
    /// <summary>D: predicate; Target: its opposite's offset or -1; E: the other predicate, combined as Immediate says (0 none, 1 and, 2 or, 3 xor).</summary>
    public static void SetPredicate<TComparison, T, TForm>(Warp warp, Instruction instruction, uint mask)
        where T : unmanaged where TComparison : IComparison<T> where TForm : IForm<T>
    {
        uint holds = Test<TComparison, T, TForm>(warp, instruction);
        uint opposite = ~holds;
        if (instruction.Immediate != 0)
        {
            uint other = Lanes.Predicate(warp, instruction.E, instruction.Negated);
            holds = Combine(holds, other, instruction.Immediate);
            opposite = Combine(opposite, other, instruction.Immediate);
        }
        Lanes.SetPredicate(warp, instruction.D, holds, mask);
        if (instruction.Target >= 0) Lanes.SetPredicate(warp, instruction.Target, opposite, mask);
    }

    /// <summary>D: a 32-bit register that becomes all ones, or 1.0 where Immediate is 1.</summary>
    public static void Set<TComparison, T, TForm>(Warp warp, Instruction instruction, uint mask)
        where T : unmanaged where TComparison : IComparison<T> where TForm : IForm<T>
    {
        uint holds = Test<TComparison, T, TForm>(warp, instruction);
        uint one = instruction.Immediate == 1 ? 0x3F80_0000 : uint.MaxValue;
        uint* to = (uint*)(warp.Registers + instruction.D);
        for (int part = 0; part < 2; part++)
            Lanes.Put(to, part, Lanes.Expand<uint>(holds >> (16 * part)) & Vector512.Create(one), mask);
    }

    private static uint Test<TComparison, T, TForm>(Warp warp, Instruction instruction)
        where T : unmanaged where TComparison : IComparison<T> where TForm : IForm<T>
    {
        ulong holds = 0;
        for (int part = 0; part < Lanes.Parts<T>(); part++)
        {
            Vector512<T> a = TForm.In(Lanes.Get<T>(warp, instruction.A, part));
            Vector512<T> b = TForm.In(Lanes.Get<T>(warp, instruction.B, part));
            holds |= TComparison.Test(a, b).ExtractMostSignificantBits() << (part * Vector512<T>.Count);
        }
        return (uint)holds;
    }

    private static uint Combine(uint holds, uint other, long how) => how switch
    {
        1 => holds & other,
        2 => holds | other,
        _ => holds ^ other,
    };
}

// Of floats, the ordered comparisons fail and the unordered ones hold where an operand is NaN.
internal readonly struct Equal<T> : IComparison<T>
{
    public static Vector512<T> Test(Vector512<T> a, Vector512<T> b) => Vector512.Equals(a, b);
}

internal readonly struct NotEqual<T> : IComparison<T>
{
    public static Vector512<T> Test(Vector512<T> a, Vector512<T> b) => Vector512.LessThan(a, b) | Vector512.GreaterThan(a, b);
}

internal readonly struct Less<T> : IComparison<T>
{
    public static Vector512<T> Test(Vector512<T> a, Vector512<T> b) => Vector512.LessThan(a, b);
}

internal readonly struct LessOrEqual<T> : IComparison<T>
{
    public static Vector512<T> Test(Vector512<T> a, Vector512<T> b) => Vector512.LessThanOrEqual(a, b);
}

internal readonly struct Greater<T> : IComparison<T>
{
    public static Vector512<T> Test(Vector512<T> a, Vector512<T> b) => Vector512.GreaterThan(a, b);
}

internal readonly struct GreaterOrEqual<T> : IComparison<T>
{
    public static Vector512<T> Test(Vector512<T> a, Vector512<T> b) => Vector512.GreaterThanOrEqual(a, b);
}

/// <summary>Neither operand is NaN.</summary>
internal readonly struct Numbers<T> : IComparison<T>
{
    public static Vector512<T> Test(Vector512<T> a, Vector512<T> b) => Vector512.Equals(a, a) & Vector512.Equals(b, b);
}

internal readonly struct Opposite<TComparison, T> : IComparison<T> where TComparison : IComparison<T>
{
    public static Vector512<T> Test(Vector512<T> a, Vector512<T> b) => ~TComparison.Test(a, b);
}
