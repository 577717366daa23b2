using System.Numerics;
using KernelForge.Emulation.Memory;
using KernelForge.Emulation.Ptx;

namespace KernelForge.Emulation.Execution;

/// <summary>slct: the first where the third is not negative.</summary>
internal readonly struct SelectBySign<T, TBy> : IScalar3<T, T, TBy, T> where TBy : INumber<TBy>
{
    public static T Do(T a, T b, TBy c) => c >= TBy.Zero ? a : b;
}

/// <summary>Predicates of single values: testp and isspacep.</summary>
internal static unsafe class Properties
{
    /// <summary>What testp asks, by Immediate.</summary>
    public static readonly string[] Names = ["finite", "infinite", "number", "notanumber", "normal", "subnormal"];

    public static void Run<T>(Warp warp, Instruction instruction, uint mask) where T : unmanaged, IFloatingPointIeee754<T>
    {
        T* a = (T*)(warp.Registers + instruction.A);
        uint holds = 0;
        for (int lane = 0; lane < 32; lane++)
        {
            bool has = instruction.Immediate switch
            {
                0 => T.IsFinite(a[lane]),
                1 => T.IsInfinity(a[lane]),
                2 => !T.IsNaN(a[lane]),
                3 => T.IsNaN(a[lane]),
                4 => T.IsNormal(a[lane]),
                _ => T.IsSubnormal(a[lane]),
            };
            if (has) holds |= 1u << lane;
        }
        Lanes.SetPredicate(warp, instruction.D, holds, mask);
    }

    /// <summary>Whether a generic address lies in the window of a space.</summary>
    public static void TestSpace(Warp warp, Instruction instruction, uint mask)
    {
        ulong* a = (ulong*)(warp.Registers + instruction.A);
        uint holds = 0;
        for (int lane = 0; lane < 32; lane++)
        {
            StateSpace space = AddressSpace.IsShared(a[lane]) ? StateSpace.Shared
                : AddressSpace.IsLocal(a[lane]) ? StateSpace.Local : StateSpace.Global;
            if (space == instruction.Space) holds |= 1u << lane;
        }
        Lanes.SetPredicate(warp, instruction.D, holds, mask);
    }
}
