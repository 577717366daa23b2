using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace KernelForge.Emulation.Execution;

/// <summary>Writing to the lanes of a mask, a vector at a time.</summary>
internal static unsafe class Lanes
{
    private static readonly Vector512<uint> Bits32 = Vector512.Create(
        1u, 1u << 1, 1u << 2, 1u << 3, 1u << 4, 1u << 5, 1u << 6, 1u << 7,
        1u << 8, 1u << 9, 1u << 10, 1u << 11, 1u << 12, 1u << 13, 1u << 14, 1u << 15);

    private static readonly Vector512<ulong> Bits64 = Vector512.Create(1ul, 2ul, 4ul, 8ul, 16ul, 32ul, 64ul, 128ul);

    /// <summary>Writes one vector of a register where the mask, which covers all 32 lanes, has ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put<T>(T* register, int part, Vector512<T> value, uint mask) where T : unmanaged
    {
        T* at = register + part * Vector512<T>.Count;
        if (mask != Warp.All) value = Vector512.ConditionalSelect(Expand<T>(mask >> (part * Vector512<T>.Count)), value, Vector512.Load(at));
        value.Store(at);
    }

    /// <summary>All ones where a bit is one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Expand<T>(uint bits) where T : unmanaged => sizeof(T) == 4
        ? Vector512.Equals(Vector512.Create(bits) & Bits32, Bits32).As<uint, T>()
        : Vector512.Equals(Vector512.Create((ulong)bits) & Bits64, Bits64).As<ulong, T>();

    /// <summary>Vectors in a register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Parts<T>() where T : unmanaged => 32 / Vector512<T>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Get<T>(Warp warp, int offset, int part) where T : unmanaged =>
        Vector512.Load((T*)(warp.Registers + offset) + part * Vector512<T>.Count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Has(uint mask, int lane) => (mask >> lane & 1) != 0;

    public static void SetPredicate(Warp warp, int offset, uint holds, uint mask)
    {
        uint* predicate = (uint*)(warp.Registers + offset);
        *predicate = (*predicate & ~mask) | (holds & mask);
    }

    public static uint Predicate(Warp warp, int offset, bool negated)
    {
        uint holds = *(uint*)(warp.Registers + offset);
        return negated ? ~holds : holds;
    }
}
