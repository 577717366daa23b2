using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using KernelForge.Runtime.Cuda.Interop;
using KernelForge.Runtime.Cuda.Memory;

namespace KernelForge.Runtime.Cuda.Execution;

/// <summary>
/// Lays out the arguments of a launch, each at a multiple of its own alignment. Reused from launch to launch it allocates nothing.
/// </summary>
public sealed unsafe class ArgumentBuffer
{
    private const int Capacity = 4096; // what every architecture takes

    private readonly byte[] room = GC.AllocateUninitializedArray<byte>(Capacity + TensorMap.Alignment, pinned: true);
    private readonly List<int> offsets = [];
    private readonly int start;
    private int length;

    public ArgumentBuffer()
    {
        // A tensor map is passed from an address that is a multiple of its alignment.
        nint address = (nint)Unsafe.AsPointer(ref room[0]);
        start = (int)(-address & (TensorMap.Alignment - 1));
    }

    public KernelArguments Arguments =>
        new(room.AsSpan(start, length), CollectionsMarshal.AsSpan(offsets));

    public ArgumentBuffer Clear()
    {
        offsets.Clear();
        length = 0;
        return this;
    }

    /// <summary>The next argument: a number, or an address of the device.</summary>
    /// <exception cref="ArgumentException">There is no room for more, or the type is no number or address.</exception>
    public ArgumentBuffer Add<T>(T value)
        where T : unmanaged
    {
        int size = sizeof(T);
        if (size > 8 || !BitOperations.IsPow2(size))
            throw new ArgumentException($"{typeof(T)} of {size} bytes is no number or address; its alignment is not known");
        Unsafe.WriteUnaligned(ref Reserve(size, size), value);
        return this;
    }

    /// <summary>The next argument: where a buffer begins.</summary>
    public ArgumentBuffer Add(DeviceBuffer buffer)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        return Add(buffer.Pointer);
    }

    /// <summary>The next argument: a tensor map, by value.</summary>
    public ArgumentBuffer Add(in TensorMap map)
    {
        Unsafe.WriteUnaligned(ref Reserve(TensorMap.Size, TensorMap.Alignment), map);
        return this;
    }

    private ref byte Reserve(int size, int alignment)
    {
        int offset = (length + alignment - 1) & -alignment;
        if (offset + size > Capacity) throw new ArgumentException($"the arguments of a kernel have at most {Capacity} bytes");
        room.AsSpan(start + length, offset - length).Clear();
        offsets.Add(offset);
        length = offset + size;
        return ref room[start + offset];
    }
}
