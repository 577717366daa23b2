using System.Runtime.InteropServices;

namespace KernelForge.Emulation;

/// <summary>The arguments of a launch, in the order of the kernel's parameters.</summary>
public sealed class LaunchArguments
{
    private readonly List<byte[]> values = [];

    /// <summary>A pointer, number or structure by value.</summary>
    public LaunchArguments Add<T>(T value) where T : unmanaged
    {
        values.Add(MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(ref value, 1)).ToArray());
        return this;
    }

    /// <summary>A structure by value, as its bytes.</summary>
    public LaunchArguments AddBytes(ReadOnlySpan<byte> value)
    {
        values.Add(value.ToArray());
        return this;
    }

    internal IReadOnlyList<byte[]> Values => values;
}
